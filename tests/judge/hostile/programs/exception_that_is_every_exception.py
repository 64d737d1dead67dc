#: verdict: runtime_error
#: call: f
#: raises: ValueError

class Every(ValueError, KeyError, TypeError, ZeroDivisionError, RuntimeError):
    pass


def f(numbers):
    raise Every("negative")
