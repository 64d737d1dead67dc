#: verdict: time_limit
#: call: f

class Long(Exception):
    def __str__(self):
        while True:
            pass


def f(numbers):
    raise Long
