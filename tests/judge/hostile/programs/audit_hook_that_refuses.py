#: verdict: wrong_answer
#: call: f

import sys


def refuse(event, arguments):
    raise RuntimeError("the judge may not " + event)


def f(numbers):
    sys.addaudithook(refuse)
    return "forged"
