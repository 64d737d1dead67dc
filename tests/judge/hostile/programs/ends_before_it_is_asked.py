#: verdict: runtime_error
#: call: f

import sys

sys.exit()


def f(numbers):
    return None
