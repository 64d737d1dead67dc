#: verdict: runtime_error
#: call: f

class Strange(BaseException):
    pass


def f(numbers):
    raise Strange("passed")
