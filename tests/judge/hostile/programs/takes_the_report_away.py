#: verdict: runtime_error
#: call: f

import os


def f(numbers):
    os.dup2(os.open("/dev/null", os.O_RDWR), 3)
    return numbers
