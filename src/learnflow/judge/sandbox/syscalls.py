"""The system calls that a student's process may make: a seccomp allow-list, compiled here and handed over as bytes.

Whatever is not on the list answers EPERM, which student code sees as a PermissionError with a line number: the
clearest answer a learner can get. Calls through another ABI (32 bit, x32) end the process with SIGSYS.

Not on the list on purpose: exec, fork, sockets to anywhere (only `socketpair`, which asyncio needs), sending and
receiving file descriptors, memfd (memory that no limit counts), making device nodes and FIFOs, ptrace and its like,
mounts and namespaces, keys, bpf, io_uring, raising limits, and of fcntl(2) what sends signals to others, makes pipes
larger or locks others' files.

In `reduced`, without namespaces, other processes and files are in sight. There, further, no call that changes a file
(Landlock does not know all of them), and none that reaches a process other than the caller; what only tells
something (stat, readlink, access, chdir, sched_getaffinity) stays, since Python can't do without.
"""

import contextlib
import errno
import functools
import os
from typing import Any

ALLOWED = """
read write readv writev pread64 pwrite64 lseek close close_range
open openat access faccessat faccessat2 stat fstat lstat newfstatat statx statfs fstatfs
getdents getdents64 readlink readlinkat getcwd chdir fchdir umask utimensat
truncate ftruncate fallocate fsync fdatasync flock sendfile copy_file_range
mkdir mkdirat rmdir unlink unlinkat rename renameat renameat2 link linkat symlink symlinkat chmod fchmod fchmodat
dup dup2 dup3 pipe pipe2 poll ppoll select pselect6 eventfd2 epoll_create1 epoll_ctl epoll_wait epoll_pwait
socketpair recvfrom shutdown getsockname getpeername getsockopt
mmap munmap mprotect mremap madvise mincore brk membarrier
futex set_robust_list get_robust_list rseq set_tid_address arch_prctl sched_yield
sched_getaffinity sched_get_priority_max sched_get_priority_min
rt_sigaction rt_sigprocmask rt_sigreturn rt_sigpending rt_sigsuspend rt_sigtimedwait sigaltstack pause
alarm getitimer setitimer nanosleep clock_nanosleep clock_gettime clock_getres gettimeofday time times
getrandom getrusage getrlimit sysinfo uname wait4 waitid restart_syscall exit exit_group
getpid gettid getppid getuid geteuid getgid getegid getresuid getresgid getgroups getpgrp
"""

CHANGES_FILES = """
utimensat truncate ftruncate fallocate fsync fdatasync flock copy_file_range
mkdir mkdirat rmdir unlink unlinkat rename renameat renameat2 link linkat symlink symlinkat chmod fchmod fchmodat
"""

# Their first argument names a process or, tgkill's, a group of threads. Without namespaces: the caller's own, or 0.
OF_A_PROCESS = "sched_getparam sched_getscheduler getpgid getsid"

# Requests of ioctl(2) that CPython itself makes: TCGETS, TIOCGWINSZ, FIOCLEX, FIONCLEX, FIONBIO, FIONREAD.
ALLOWED_IOCTLS = (0x5401, 0x5413, 0x5451, 0x5450, 0x5421, 0x541B)
CLONE_OF_A_THREAD = 0x00010000 | 0x00000100  # CLONE_THREAD | CLONE_VM

# Commands of fcntl(2): F_DUPFD, F_GETFD, F_SETFD, F_GETFL, F_SETFL, F_GETOWN, F_GETSIG, F_GETOWN_EX, F_DUPFD_CLOEXEC,
# F_GETPIPE_SZ, F_GET_SEALS; where there are files of one's own also F_GETLK, F_SETLK, F_SETLKW and their F_OFD_ kin.
ALLOWED_FCNTLS = (0, 1, 2, 3, 4, 9, 11, 16, 1030, 1032, 1034)
FCNTLS_OF_LOCKS = (5, 6, 7, 36, 37, 38)
TRUNCATES = os.O_TRUNC
OWN_PID = 0x5EED0000  # as in inside/reduced.py: where a process number belongs that is not known yet


@functools.cache
def compiled_filter(*, reduced: bool = False, truncates: bool = True) -> bytes:
    """The filter as a BPF program for this architecture. Raises SyscallFilterUnavailable without libseccomp.

    `reduced`: for a child without namespaces, with OWN_PID where its process number belongs. Without `truncates` a file
    can't be opened to be emptied: Landlock before version 3 does not see to that.
    """
    try:
        import pyseccomp  # here, because it loads libseccomp, which not every machine has
    except (ImportError, RuntimeError, OSError) as problem:
        raise SyscallFilterUnavailable(str(problem)) from problem
    try:
        return _compiled(pyseccomp, reduced=reduced, truncates=truncates)
    except (OSError, RuntimeError, ValueError) as problem:  # an old library, or a kernel that lacks what it needs
        raise SyscallFilterUnavailable(str(problem)) from problem


def _compiled(pyseccomp: Any, *, reduced: bool, truncates: bool) -> bytes:
    rules = pyseccomp.SyscallFilter(pyseccomp.ERRNO(errno.EPERM))
    rules.set_attr(pyseccomp.Attr.ACT_BADARCH, pyseccomp.KILL_PROCESS)
    _as_a_tree(rules, pyseccomp)
    opens = set() if truncates else {"open", "openat"}
    _allow(rules, pyseccomp, set(ALLOWED.split()) - (set(CHANGES_FILES.split()) if reduced else set()) - opens)
    argument = pyseccomp.Arg
    rules.add_rule(pyseccomp.ALLOW, "clone", argument(0, pyseccomp.MASKED_EQ, CLONE_OF_A_THREAD, CLONE_OF_A_THREAD))
    rules.add_rule(pyseccomp.ERRNO(errno.ENOSYS), "clone3")  # its flags are behind a pointer; glibc falls back to clone
    rules.add_rule(  # reading one's own limits, not setting them
        pyseccomp.ALLOW, "prlimit64", argument(0, pyseccomp.EQ, 0), argument(2, pyseccomp.EQ, 0)
    )
    rules.add_rule(pyseccomp.ALLOW, "kill", argument(0, pyseccomp.EQ, OWN_PID if reduced else 1))  # itself
    if reduced:
        for name in ("tgkill", *OF_A_PROCESS.split()):
            for process in (OWN_PID,) if name == "tgkill" else (OWN_PID, 0):
                rules.add_rule(pyseccomp.ALLOW, name, argument(0, pyseccomp.EQ, process))
    else:
        _allow(rules, pyseccomp, {"tgkill", *OF_A_PROCESS.split()})
    for command in (*ALLOWED_FCNTLS, *(() if reduced else FCNTLS_OF_LOCKS)):
        rules.add_rule(pyseccomp.ALLOW, "fcntl", argument(1, pyseccomp.EQ, command))
    _allow(rules, pyseccomp, opens & {"open"}, argument(1, pyseccomp.MASKED_EQ, TRUNCATES, 0))
    _allow(rules, pyseccomp, opens & {"openat"}, argument(2, pyseccomp.MASKED_EQ, TRUNCATES, 0))
    rules.add_rule(pyseccomp.ALLOW, "sendto", argument(4, pyseccomp.EQ, 0))  # to its own socketpair, to no address
    for request in ALLOWED_IOCTLS:
        rules.add_rule(pyseccomp.ALLOW, "ioctl", argument(1, pyseccomp.EQ, request))
    with os.fdopen(os.memfd_create("syscalls"), "r+b", buffering=0) as program:
        rules.export_bpf(program)
        program.seek(0)
        return program.read()


def _allow(rules: Any, pyseccomp: Any, names: set[str], *conditions: Any) -> None:
    for name in sorted(names):
        number = pyseccomp.resolve_syscall(pyseccomp.Arch.NATIVE, name)
        if number >= 0:  # negative: this architecture has no such call (aarch64 has no `open`)
            rules.add_rule(pyseccomp.ALLOW, number, *conditions)


def _as_a_tree(rules: Any, pyseccomp: Any) -> None:
    """A decision tree instead of a list of comparisons: the kernel is done with it sooner, for each job and call."""
    with contextlib.suppress(AttributeError, ValueError, RuntimeError, OSError):  # libseccomp before 2.5
        rules.set_attr(pyseccomp.Attr.CTL_OPTIMIZE, 2)


class SyscallFilterUnavailable(Exception):
    """The filter can't be compiled here; the message says why."""
