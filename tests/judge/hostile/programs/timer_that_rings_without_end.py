#: verdict: time_limit passed
#: expect: done

import signal

signal.signal(signal.SIGALRM, lambda *_: None)
try:
    signal.setitimer(signal.ITIMER_REAL, 1e-6, 1e-6)
except OSError:
    pass
for _ in range(100_000):
    pass
print("done")
