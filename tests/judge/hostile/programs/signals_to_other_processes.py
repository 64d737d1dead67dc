#: verdict: passed
#: expect: nothing
#: why: without a process namespace the forker, its other children and the service can be named

import ctypes
import fcntl
import os
import platform
import resource
import signal

libc = ctypes.CDLL(None, use_errno=True)
own, parent = os.getpid(), os.getppid()
near = {*range(parent - 3, parent + 30), *range(own - 30, own + 30)}
others = [number for number in near if number > 1 and number != own]
x86 = platform.machine() == "x86_64"
reached = set()
for other in others:
    for name, act in (
        ("kill", lambda: os.kill(other, 0)),
        ("kill its group", lambda: os.killpg(other, 0)),
        ("own", lambda: fcntl.fcntl(1, fcntl.F_SETOWN, other)),
        ("own its group", lambda: fcntl.fcntl(1, fcntl.F_SETOWN, -other)),
        ("own by F_SETOWN_EX", lambda: fcntl.fcntl(1, 15, (ctypes.c_int * 2)(1, other))),
        ("limits", lambda: resource.prlimit(other, resource.RLIMIT_NOFILE)),
        ("set limits", lambda: resource.prlimit(other, resource.RLIMIT_CPU, (0, 0))),
        ("priority", lambda: os.getpriority(os.PRIO_PROCESS, other)),
        ("set priority", lambda: os.setpriority(os.PRIO_PROCESS, other, 19)),
        ("processors", lambda: os.sched_setaffinity(other, {0})),
        ("group", lambda: os.getpgid(other)),
        ("session", lambda: os.getsid(other)),
        ("policy", lambda: os.sched_getscheduler(other)),
        ("pidfd", lambda: os.pidfd_open(other)),
    ):
        try:
            act()
            reached.add(name)
        except OSError:
            pass
    for name, call in {
        "tkill": (200, other, 0),
        "tgkill": (234, other, other, 0),
        "tgkill by the low half": (234, other | (1 << 32), other, 0),
        "sigqueue": (129, other, 0, bytes(128)),
        "tgsigqueue": (297, other, other, 0, bytes(128)),
        "ptrace": (101, 16, other, 0, 0),
        "robust list": (274, other, bytes(8), bytes(8)),
        "read memory": (310, other, bytes(16), 1, bytes(16), 1, 0),
        "move pages": (256, other, 64, bytes(8), bytes(8)),
        "io priority": (252, 1, other),
        "kcmp": (312, own, other, 0, 0, 0),
    }.items():
        if x86 and libc.syscall(*map(lambda a: ctypes.c_long(a) if isinstance(a, int) else a, call)) >= 0:
            reached.add(name)
for number in (signal.SIGKILL, signal.SIGSTOP):
    for target in (-1, 0, -own, parent):
        try:
            os.kill(target, number)
            reached.add(f"kill {target}")
        except OSError:
            pass
print(sorted(reached) or "nothing")
