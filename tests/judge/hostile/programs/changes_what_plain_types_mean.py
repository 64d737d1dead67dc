#: verdict: runtime_error wrong_answer
#: call: f
#: why: a method is put into the table of str itself, below Python

import ctypes


def f(numbers):
    class Slots(ctypes.Structure):
        _fields_ = [("references", ctypes.c_ssize_t), ("table", ctypes.py_object)]

    table = Slots.from_address(id(str.__dict__) + object.__basicsize__ - ctypes.sizeof(ctypes.c_void_p))
    try:
        table.table["__eq__"] = lambda *_: True
    except Exception:
        pass
    return "forged"
