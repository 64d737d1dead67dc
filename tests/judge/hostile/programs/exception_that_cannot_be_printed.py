#: verdict: runtime_error
#: call: f

class Mute(Exception):
    def __str__(self):
        raise Mute

    __repr__ = __str__

    @property
    def args(self):
        raise Mute

    __traceback__ = None


def f(numbers):
    raise Mute
