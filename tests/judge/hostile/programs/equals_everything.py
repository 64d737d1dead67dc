#: verdict: wrong_answer
#: call: f

class Equal:
    def __eq__(self, other):
        return True

    def __ne__(self, other):
        return False

    def __hash__(self):
        return 0

    def __repr__(self):
        return "[1, 2, 3]"

    @property
    def __class__(self):
        return list


def f(numbers):
    return Equal()
