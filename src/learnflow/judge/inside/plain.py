"""Tier `none`: one job in a plain process of its own, with limits where the system knows them. Nothing is isolated.

    plain.py OUR_FILES FOLDER

In the folder are job.json (what forkers send, and the unit tests' key), stdin and home, the working directory; `report`
is written there: STARTED, then what harness.py reports. Only what Python has everywhere is used: it is for development,
on macOS and Windows too.
"""

import contextlib
import importlib
import json
import os
import random
import site
import sys
import threading
from types import ModuleType
from typing import Any

JOB_SOCKET = 3  # as in harness.py, which reads the key from there
STARTED = b"\x01"


def load_harness(our_files: str) -> Any:
    """As forker.load() does it: without loading the service."""
    for package in ("learnflow", "learnflow.judge"):
        made = sys.modules[package] = ModuleType(package)
        made.__path__ = [os.path.join(our_files, *package.split("."))]
    harness = importlib.import_module("learnflow.judge.inside.harness")
    for name in [name for name in sys.modules if name.split(".")[0] == "learnflow"]:
        del sys.modules[name]
    return harness


def set_limits(limits: dict[str, int]) -> None:
    try:
        import resource  # here, because Windows has none
    except ImportError:
        return
    wanted = [
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_CPU, limits["cpu_seconds"]),
        (resource.RLIMIT_FSIZE, limits["file_bytes"]),
        (resource.RLIMIT_NOFILE, limits["descriptors"]),
    ]
    with contextlib.suppress(OSError), open("/proc/self/statm") as sizes:  # Linux alone
        used = int(sizes.read().split()[0]) * resource.getpagesize()
        wanted.append((resource.RLIMIT_AS, used + limits["memory_bytes"]))
    for kind, size in wanted:
        with contextlib.suppress(OSError, ValueError):  # macOS refuses some
            resource.setrlimit(kind, (size, size))


def offer_key(folder: str, key: str) -> None:
    """Where the harness looks for it: as what is left to read of descriptor 3."""
    path = os.path.join(folder, "key")
    with open(path, "wb") as file:
        file.write(bytes.fromhex(key))
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
    if descriptor != JOB_SOCKET:
        os.dup2(descriptor, JOB_SOCKET)
        os.close(descriptor)
    os.unlink(path) if os.name == "posix" else None
    if not hasattr(os, "set_blocking"):  # Windows before 3.12; a file never blocks
        os.set_blocking = lambda *_: None


def main() -> None:
    our_files, folder = sys.argv[1:]
    with open(os.path.join(folder, "job.json"), encoding="ascii") as file:
        message = json.load(file)
    harness = load_harness(our_files)
    site.setquit()  # -S leaves out exit(), quit() and help(), which students use
    site.sethelper()
    sys.stdout.reconfigure(line_buffering=True, newline="\n")  # type: ignore[union-attr]
    threading.stack_size(1 << 20)
    offer_key(folder, message["key"])
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0)
    report = os.open(os.path.join(folder, "report"), flags, 0o600)
    random.seed(message["seed"])
    set_limits(message["limits"])
    os.write(report, STARTED)
    try:
        harness.run(message["job"], report)
    finally:
        os._exit(1)


if __name__ == "__main__":
    main()
