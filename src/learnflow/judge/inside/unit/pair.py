"""Makes two processes of a unit job's child: the student's, and beside it the tests'. Standard library only.

It happens before the system call filter is installed, after which nobody forks. The student's process has of the
other's descriptors none: not the job's socket, in which the key of the sealed tests is still to be read and into which
the report is written, nor the job's memfd. It has an empty stdin, two pipes as stdout and stderr, and its end of the
channel. It is killed when the tests' process ends, in the namespaces of its own as well as without.
"""

import ctypes
import os
import random
import signal
import socket
import sys
from collections.abc import Callable
from typing import Any, NamedTuple

from learnflow.judge.inside.unit import arrays

CHANNEL = 62  # the student's end: below the limit on descriptors and out of the way of those that programs open
SET_DEATH_SIGNAL = 1


class Ends(NamedTuple):
    """What the tests' process has of the pair."""

    channel: int
    outputs: tuple[int, int]
    student: int  # process


def part(close_off: Callable[[], None], serve: Callable[[int], Any]) -> Ends:
    """Returns in the tests' process alone; the other closes itself off and serves until it ends."""
    if "numpy" in sys.modules:
        arrays.know(sys.modules["numpy"])
    ours, theirs = (end.detach() for end in socket.socketpair())
    stdout, stdout_inside = os.pipe()
    stderr, stderr_inside = os.pipe()
    chance = random.getstate()
    process = os.fork()
    if process:
        for descriptor in (theirs, stdout_inside, stderr_inside):
            os.close(descriptor)
        os.set_blocking(stdout, False)
        os.set_blocking(stderr, False)
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # pid 1 of a namespace feels only what it handles
        return Ends(ours, (stdout, stderr), process)
    try:
        random.setstate(chance)  # fork(2) as Python does it seeds `random` anew
        if sys.platform == "linux":
            ctypes.PyDLL(None).prctl(SET_DEATH_SIGNAL, ctypes.c_ulong(signal.SIGKILL), *(ctypes.c_ulong(0),) * 3)
        for descriptor, place in (
            (os.open("/dev/null", os.O_RDONLY), 0),
            (stdout_inside, 1),
            (stderr_inside, 2),
            (theirs, CHANNEL),
        ):
            os.dup2(descriptor, place)
        os.closerange(3, CHANNEL)
        os.closerange(CHANNEL + 1, 1 << 16)
        close_off()
        serve(CHANNEL)
    finally:
        os._exit(1)


def status_of(ends: Ends) -> dict[str, int | None]:
    """How the student's process ended, once it has: {"signal", "code"}."""
    code = os.waitstatus_to_exitcode(os.waitpid(ends.student, 0)[1])
    return {"signal": -code if code < 0 else None, "code": code if code >= 0 else None}
