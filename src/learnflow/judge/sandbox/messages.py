"""What a forker says on its control socket (inside/forker.py lists the messages), read with nothing taken on trust.

The forker never touches a student's byte, but what comes out of the sandbox is read as if it did: a message that makes
no sense ends the forker, never the service, and no descriptor that came with one stays open.
"""

import json
import math
import os
import socket
import struct
from dataclasses import dataclass

LONGEST_MESSAGE = 8192
_MADE = struct.Struct("<i")  # as in inside/forker.py
_EXIT = struct.Struct("<iidq")  # as in inside/forker.py
_CREDENTIALS = struct.Struct("3i")
ANCILLARY_SPACE = (  # no forker is spoken to on Windows, where it can't be computed
    socket.CMSG_SPACE(_CREDENTIALS.size) + socket.CMSG_SPACE(4) if hasattr(socket, "CMSG_SPACE") else 0
)

Ancillary = list[tuple[int, int, bytes]]


class Nonsense(ValueError):
    """A message that no forker of ours sends."""


@dataclass(frozen=True, slots=True)
class MapUsers:
    """It is in a new user namespace; `pid` as seen from here."""

    pid: int


@dataclass(frozen=True, slots=True)
class Ready:
    """It serves. `landlock` is the kernel's version of it, 0 without."""

    pid: int
    landlock: int


@dataclass(frozen=True, slots=True)
class Made:
    """A child is there; the pidfd is the receiver's to close."""

    number: int
    pidfd: int


@dataclass(frozen=True, slots=True)
class Ended:
    """A child has ended."""

    number: int
    status: int
    cpu_ms: float
    memory_kb: int


@dataclass(frozen=True, slots=True)
class Failed:
    """It gives up; an empty reason is the end of the socket."""

    reason: str


Message = MapUsers | Ready | Made | Ended | Failed


def read_message(data: bytes, ancillary: Ancillary) -> Message:
    """Raises Nonsense. Closes every descriptor that it does not return."""
    descriptors = [
        descriptor
        for level, kind, sent in ancillary
        if (level, kind) == (socket.SOL_SOCKET, socket.SCM_RIGHTS)
        for (descriptor,) in struct.iter_unpack("i", sent[: len(sent) // 4 * 4])
    ]
    message: Message | None = None
    try:
        message = _read(data[:1], data[1:], ancillary, descriptors)
    except (struct.error, ValueError, RecursionError) as problem:
        raise Nonsense(f"the forker said {data[:40]!r}: {problem}") from problem
    finally:
        kept = message.pidfd if isinstance(message, Made) else None
        for descriptor in descriptors:
            if descriptor != kept:
                os.close(descriptor)
    return message


def _read(tag: bytes, rest: bytes, ancillary: Ancillary, descriptors: list[int]) -> Message:
    if tag == b"X":
        return _checked(Ended(*_EXIT.unpack(rest)))
    if tag == b"C":
        if len(descriptors) != 1:
            raise ValueError(f"{len(descriptors)} descriptors")
        (number,) = _MADE.unpack(rest)
        return Made(number, descriptors[0])
    if tag == b"N":
        return MapUsers(_pid(ancillary))
    if tag == b"R":
        facts = json.loads(rest)
        landlock = facts.get("landlock") if isinstance(facts, dict) else None
        if not isinstance(landlock, int):
            raise ValueError("no version of Landlock")
        return Ready(_pid(ancillary), landlock)
    if tag in (b"E", b""):
        return Failed(rest.decode("utf-8", "replace"))
    raise ValueError("unknown tag")


def _checked(ended: Ended) -> Ended:
    os.waitstatus_to_exitcode(ended.status)
    if not (math.isfinite(ended.cpu_ms) and ended.cpu_ms >= 0 and ended.memory_kb >= 0):
        raise ValueError("impossible use of time or memory")
    return ended


def _pid(ancillary: Ancillary) -> int:
    for level, kind, sent in ancillary:
        if (level, kind) == (socket.SOL_SOCKET, socket.SCM_CREDENTIALS):
            pid: int = _CREDENTIALS.unpack(sent)[0]
            return pid
    raise ValueError("no credentials")
