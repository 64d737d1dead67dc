"""Run a command as in a container: `masked.py [OPTIONS] COMMAND...`, started by root.

By default with what Docker gives by default: its capabilities, so no CAP_SYS_ADMIN, and a system call filter by which
namespaces can't be made or entered and clone3 is not known. With --no-more-namespaces in a user namespace that has all
capabilities but allows no further one.
"""

import argparse
import ctypes
import errno
import os
import struct
from pathlib import Path

import pyseccomp

NEW_NAMESPACES = (0x20000, 0x2000000, 0x4000000, 0x8000000, 0x10000000, 0x20000000, 0x40000000)
# chown, dac_override, fowner, fsetid, kill, setgid, setuid, setpcap, net_bind_service, net_raw, sys_chroot, mknod,
# audit_write, setfcap
KEPT = sum(1 << number for number in (0, 1, 3, 4, 5, 6, 7, 8, 10, 13, 18, 27, 29, 31))
DROP_FROM_BOUNDING_SET, LAST_CAPABILITY = 24, 40
NEW_USER = 0x10000000

libc = ctypes.CDLL(None, use_errno=True)


def check(result: int) -> None:
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def filter_out(denied: list[str]) -> None:
    rules = pyseccomp.SyscallFilter(pyseccomp.ALLOW)
    rules.set_attr(pyseccomp.Attr.CTL_NNP, 0)
    for name in denied:
        rules.add_rule(pyseccomp.ERRNO(errno.ENOSYS), name)
    rules.load()


def filter_as_docker_does() -> None:
    rules = pyseccomp.SyscallFilter(pyseccomp.ALLOW)
    rules.set_attr(pyseccomp.Attr.CTL_NNP, 0)
    for name in ("unshare", "setns", "mount", "umount2", "pivot_root", "open_tree", "move_mount", "fsopen"):
        rules.add_rule(pyseccomp.ERRNO(errno.EPERM), name)
    for flag in NEW_NAMESPACES:
        masked = pyseccomp.Arg(0, pyseccomp.MASKED_EQ, flag, flag)
        rules.add_rule(pyseccomp.ERRNO(errno.EPERM), "clone", masked)
    rules.add_rule(pyseccomp.ERRNO(errno.ENOSYS), "clone3")
    rules.load()


def drop_capabilities(kept: int) -> None:
    for number in range(LAST_CAPABILITY + 1):
        if not kept >> number & 1:
            check(libc.prctl(DROP_FROM_BOUNDING_SET, ctypes.c_ulong(number), 0, 0, 0))
    low, high = kept & 0xFFFFFFFF, kept >> 32
    sets = struct.pack("6I", low, low, 0, high, high, 0)
    check(libc.capset(struct.pack("Ii", 0x20080522, 0), sets))


def enter_the_last_namespace() -> None:
    """Every user of the machine is mapped, by a process that stayed outside."""
    ready, mapped = os.pipe(), os.pipe()
    inside = os.getpid()
    if os.fork() == 0:
        os.read(ready[0], 1)
        for kind in ("uid_map", "gid_map"):
            Path(f"/proc/{inside}/{kind}").write_text("0 0 100000\n")
        os.write(mapped[1], b"x")
        os._exit(0)
    check(libc.unshare(NEW_USER))
    os.write(ready[1], b"x")
    os.read(mapped[0], 1)
    os.wait()
    os.setresgid(0, 0, 0)
    os.setresuid(0, 0, 0)
    Path("/proc/sys/user/max_user_namespaces").write_text("0")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--user", type=int)
    parser.add_argument("--without", type=int, help="a further capability to take away, by its number")
    parser.add_argument("--deny", action="append", default=[], help="a system call that is not known either")
    parser.add_argument("--keep-rights", action="store_true", help="deny these calls and nothing else")
    parser.add_argument("--no-more-namespaces", action="store_true")
    parser.add_argument("command", nargs=argparse.REMAINDER)
    wanted = parser.parse_args()
    if wanted.keep_rights:
        filter_out(wanted.deny)
    elif wanted.no_more_namespaces:
        enter_the_last_namespace()
    else:
        filter_as_docker_does()
        if wanted.deny:
            filter_out(wanted.deny)
        drop_capabilities(KEPT if wanted.without is None else KEPT & ~(1 << wanted.without))
    if wanted.user is not None:
        os.setgroups([])
        os.setresgid(wanted.user, wanted.user, wanted.user)
        os.setresuid(wanted.user, wanted.user, wanted.user)
    os.execvp(wanted.command[0], wanted.command)  # noqa: S606  # a program of the caller's


if __name__ == "__main__":
    main()
