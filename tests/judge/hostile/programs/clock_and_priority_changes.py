#: verdict: passed
#: expect: nothing

import os
import time

changed = []
for change in (
    lambda: time.clock_settime(time.CLOCK_REALTIME, 0),
    lambda: os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(50)),
    lambda: os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(1)),
    lambda: os.setpriority(os.PRIO_PROCESS, 0, -20),
    lambda: os.setpriority(os.PRIO_USER, 0, -20),
    lambda: os.sethostname("owned"),
    lambda: os.chroot("."),
    lambda: os.setuid(0),
    lambda: os.setns(3, 0),
):
    try:
        change()
        changed.append(change)
    except (OSError, AttributeError):
        pass
print(len(changed) or "nothing")
