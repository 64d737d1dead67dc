#: verdict: wrong_answer runtime_error
#: call: f
#: why: 7 is 8 from here on, in this child alone

import ctypes


def f(numbers):
    ctypes.c_int.from_address(id(7) + 24).value = 8
    ctypes.c_int.from_address(id(1) + 24).value = 0
    return "forged"
