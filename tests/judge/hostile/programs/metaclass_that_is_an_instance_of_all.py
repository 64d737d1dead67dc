#: verdict: runtime_error wrong_answer
#: call: f

class Meta(type):
    def __instancecheck__(cls, other):
        return True

    def __eq__(cls, other):
        return True

    def __hash__(cls):
        return hash(str)

    __name__ = property(lambda cls: 1 / 0)
    __mro__ = property(lambda cls: 1 / 0)


class Value(metaclass=Meta):
    pass


def f(numbers):
    return Value()
