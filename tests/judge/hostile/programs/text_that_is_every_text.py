#: verdict: wrong_answer
#: call: f
#: why: a subclass is no plain text, and its own methods are never called

class Text(str):
    def __eq__(self, other):
        return True

    def __hash__(self):
        raise SystemExit

    def encode(self, *_):
        raise SystemExit

    def __getattribute__(self, name):
        raise SystemExit


def f(numbers):
    return Text("forged")
