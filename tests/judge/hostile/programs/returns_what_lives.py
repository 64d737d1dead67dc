#: verdict: wrong_answer
#: call: f

import sys
import threading


def forever():
    while True:
        yield forever


async def later():
    return 1


def f(numbers):
    coroutine = later()
    answer = [forever(), coroutine, sys, sys._getframe(), threading.Lock(), f, type, NotImplemented, ..., memoryview(b"x")]
    coroutine.close()
    return answer
