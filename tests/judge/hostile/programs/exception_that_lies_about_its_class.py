#: verdict: runtime_error
#: call: f
#: raises: ValueError

class Liar(Exception):
    @property
    def __class__(self):
        return ValueError


def f(numbers):
    raise Liar
