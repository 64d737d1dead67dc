#: verdict: passed
#: expect: nothing
#: why: without a process namespace /proc is there

import os

reached = []
for pid in ("self", "thread-self", "1", str(os.getpid()), str(os.getppid()), str(os.getppid() - 1)):
    for name in ("environ", "cmdline", "maps", "mem", "status", "stat", "fd", "task", "oom_score_adj", "root/etc/passwd"):
        path = f"/proc/{pid}/{name}"
        for act in (lambda: os.open(path, os.O_RDONLY), lambda: os.open(path, os.O_WRONLY), lambda: os.listdir(path)):
            try:
                act()
                reached.append(path)
            except OSError:
                pass
    if pid.isdecimal() and pid != str(os.getpid()):
        for name in ("exe", "cwd", "root", "fd/0", "fd/3", "fd/500", "ns/pid"):
            try:
                reached.append(os.readlink(f"/proc/{pid}/{name}"))
            except OSError:
                pass
print(reached or "nothing")
