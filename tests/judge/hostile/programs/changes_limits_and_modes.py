#: verdict: passed
#: expect: done
#: why: what one job sets on itself must not stick

import decimal
import gc
import locale
import os
import random
import resource
import signal
import sys

for change in (
    lambda: resource.setrlimit(resource.RLIMIT_CPU, (0, 0)),
    lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (3, 3)),
    lambda: os.nice(19),
    lambda: os.umask(0o777),
    lambda: os.chmod(".", 0),
    lambda: os.putenv("HOME", "/nowhere"),
    lambda: signal.alarm(1),
    lambda: sys.setrecursionlimit(60),
    lambda: sys.setswitchinterval(100),
    lambda: gc.disable(),
    lambda: random.seed(0),
    lambda: decimal.getcontext().__setattr__("prec", 1),
    lambda: locale.setlocale(locale.LC_ALL, "C"),
    lambda: os.rename("/home/student", "/home/other"),
    lambda: os.rmdir("/home/student"),
):
    try:
        change()
    except (OSError, ValueError):
        pass
print("done")
