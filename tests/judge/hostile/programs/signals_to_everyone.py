#: verdict: passed
#: reduced: memory_limit
#: why: without a process namespace it can kill itself, and the kernel does not say that it was its own doing
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
