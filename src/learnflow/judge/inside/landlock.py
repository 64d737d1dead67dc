"""Landlock: which files a child may open, whatever else it sees."""

import ctypes
import os
import struct
from typing import Any

RULESET = 501  # descriptor, out of the way of a child's
CREATE, ADD, RESTRICT = 444, 445, 446  # system calls, the same on every architecture

libc = ctypes.PyDLL(None, use_errno=True)


def call(what: str, number: int, *arguments: Any) -> int:
    wide = [ctypes.c_ulong(a) if isinstance(a, int) else a for a in arguments]
    result: int = libc.syscall(ctypes.c_long(number), *wide)
    if result < 0:
        raise OSError(ctypes.get_errno(), f"{what}: {os.strerror(ctypes.get_errno())}")
    return result


def make_ruleset(readable: list[str], home: str, *, writable: bool) -> int:
    """A ruleset as RULESET: read and run what is `readable`; below `home` read or, where it is `writable`, anything but
    run. Returns the kernel's version of Landlock, 0 without it."""
    version: int = libc.syscall(ctypes.c_long(CREATE), None, ctypes.c_ulong(0), ctypes.c_ulong(1))
    if version < 1:
        return 0
    files = {1: 0x1FFF, 2: 0x3FFF, 3: 0x7FFF, 4: 0x7FFF}.get(version, 0xFFFF)
    execute, write, read, list_directory, make_nodes = 0x1, 0x2, 0x4, 0x8, 0x40 | 0x200 | 0x400 | 0x800
    tcp, abstract_sockets_and_signals = 0x3, 0x3
    attributes = struct.pack("QQQ", files, tcp if version >= 4 else 0, abstract_sockets_and_signals)
    attributes = attributes[: 24 if version >= 6 else 16 if version >= 4 else 8]
    ruleset = call("landlock_create_ruleset", CREATE, attributes, len(attributes), 0)
    only_files = files & (execute | write | read | 0x4000)
    rules = [(path, execute | read | list_directory) for path in readable]
    rules += [(home, files & ~execute & ~make_nodes if writable else read | list_directory)]
    rules += [("/dev/null", read | write), ("/dev/urandom", read)]
    for path, access in rules:
        descriptor = os.open(path, os.O_PATH)
        access &= files if os.path.isdir(path) else only_files
        rule = struct.pack("<Qi", access, descriptor)
        call(f"landlock_add_rule {path}", ADD, ruleset, 1, rule, 0)
        os.close(descriptor)
    os.dup2(ruleset, RULESET)
    os.close(ruleset)
    return version
