#: verdict: passed
#: expect: done

import os
import signal

for target in (-1, 0, 1, 2, os.getppid(), os.getpid()):
    for number in (signal.SIGKILL, signal.SIGTERM, signal.SIGSTOP):
        try:
            os.kill(target, number)
        except OSError:
            pass
try:
    os.killpg(0, signal.SIGKILL)
except OSError:
    pass
print("done")
