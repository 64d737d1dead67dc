#: verdict: time_limit
#: limits: wall_seconds=1

import os
import signal
import time

os.kill(os.getpid(), signal.SIGSTOP)
time.sleep(60)
