#: verdict: wrong_answer
#: call: f

class Anything(dict):
    def __getitem__(self, key):
        return self

    def items(self):
        while True:
            yield self, self

    def __iter__(self):
        return iter(int, 1)

    def __len__(self):
        return 1 << 62


def f(numbers):
    return [Anything(), {Anything: Anything()}]
