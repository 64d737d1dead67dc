"""The system calls that a student's process may make: a seccomp allow-list, compiled here and handed over as bytes.

Whatever is not on the list answers EPERM, which student code sees as a PermissionError with a line number: the
clearest answer a learner can get. Calls through another ABI (32 bit, x32) end the process with SIGSYS.

Not on the list on purpose: exec, fork, sockets to anywhere (only `socketpair`, which asyncio needs), sending and
receiving file descriptors, memfd (memory that no limit counts), making device nodes and FIFOs, ptrace and its like,
mounts and namespaces, keys, bpf, io_uring, raising limits.
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
fcntl dup dup2 dup3 pipe pipe2 poll ppoll select pselect6 eventfd2 epoll_create1 epoll_ctl epoll_wait epoll_pwait
socketpair recvfrom shutdown getsockname getpeername getsockopt
mmap munmap mprotect mremap madvise mincore brk membarrier
futex set_robust_list get_robust_list rseq set_tid_address arch_prctl sched_yield
sched_getaffinity sched_getparam sched_getscheduler sched_get_priority_max sched_get_priority_min
rt_sigaction rt_sigprocmask rt_sigreturn rt_sigpending rt_sigsuspend rt_sigtimedwait sigaltstack tgkill pause
alarm getitimer setitimer nanosleep clock_nanosleep clock_gettime clock_getres gettimeofday time times
getrandom getrusage getrlimit sysinfo uname wait4 waitid restart_syscall exit exit_group
getpid gettid getppid getuid geteuid getgid getegid getresuid getresgid getgroups getpgrp getpgid getsid
"""

# Requests of ioctl(2) that CPython itself makes: TCGETS, TIOCGWINSZ, FIOCLEX, FIONCLEX, FIONBIO, FIONREAD.
ALLOWED_IOCTLS = (0x5401, 0x5413, 0x5451, 0x5450, 0x5421, 0x541B)
CLONE_OF_A_THREAD = 0x00010000 | 0x00000100  # CLONE_THREAD | CLONE_VM


@functools.cache
def compiled_filter() -> bytes:
    """The filter as a BPF program for this architecture. Raises SyscallFilterUnavailable without libseccomp."""
    try:
        import pyseccomp  # here, because it loads libseccomp, which not every machine has
    except (ImportError, RuntimeError, OSError) as problem:
        raise SyscallFilterUnavailable(str(problem)) from problem
    rules = pyseccomp.SyscallFilter(pyseccomp.ERRNO(errno.EPERM))
    rules.set_attr(pyseccomp.Attr.ACT_BADARCH, pyseccomp.KILL_PROCESS)
    _as_a_tree(rules, pyseccomp)
    for name in ALLOWED.split():
        number = pyseccomp.resolve_syscall(pyseccomp.Arch.NATIVE, name)
        if number >= 0:  # negative: this architecture has no such call (aarch64 has no `open`)
            rules.add_rule(pyseccomp.ALLOW, number)
    argument = pyseccomp.Arg
    rules.add_rule(pyseccomp.ALLOW, "clone", argument(0, pyseccomp.MASKED_EQ, CLONE_OF_A_THREAD, CLONE_OF_A_THREAD))
    rules.add_rule(pyseccomp.ERRNO(errno.ENOSYS), "clone3")  # its flags are behind a pointer; glibc falls back to clone
    rules.add_rule(pyseccomp.ALLOW, "prlimit64", argument(2, pyseccomp.EQ, 0))  # reading limits, not setting them
    rules.add_rule(pyseccomp.ALLOW, "kill", argument(0, pyseccomp.EQ, 1))  # itself: the job is pid 1 of its namespace
    rules.add_rule(pyseccomp.ALLOW, "sendto", argument(4, pyseccomp.EQ, 0))  # to its own socketpair, to no address
    for request in ALLOWED_IOCTLS:
        rules.add_rule(pyseccomp.ALLOW, "ioctl", argument(1, pyseccomp.EQ, request))
    with os.fdopen(os.memfd_create("syscalls"), "r+b", buffering=0) as program:
        rules.export_bpf(program)
        program.seek(0)
        return program.read()


def _as_a_tree(rules: Any, pyseccomp: Any) -> None:
    """A decision tree instead of a list of comparisons: the kernel is done with it sooner, for each job and call."""
    with contextlib.suppress(AttributeError, ValueError, RuntimeError, OSError):  # libseccomp before 2.5
        rules.set_attr(pyseccomp.Attr.CTL_OPTIMIZE, 2)


class SyscallFilterUnavailable(Exception):
    """The filter can't be compiled here; the message says why."""
