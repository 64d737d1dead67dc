"""Messages between the two processes of a unit job: JSON, each with its length before it. Standard library only."""

import json
import os
import struct
from collections.abc import Callable
from typing import Any

LENGTH = struct.Struct("<I")
MAX_MESSAGE = 4 * 2**20  # bytes; both ends refuse more
TOO_LARGE = "This value is too large, or nested too deeply, to be handed from the tests to the program or back."
BROKEN_OFF = "a test broke off a call"  # what Malformed says then: the next answer would be that of another question

_to_json = json.JSONEncoder().encode
_from_json = json.JSONDecoder().decode
_read, _write = os.read, os.write


class OtherEnded(BaseException):
    """The process at the other end is gone. No test may catch it as an ordinary error."""


class Malformed(BaseException):
    """The other end sent what the protocol does not know. No test may catch it as an ordinary error."""


class TooLarge(ValueError):
    """A value that is more than a message may hold."""


def packed(message: Any) -> bytes:
    """The message as `send` writes it. Raises TooLarge."""
    data = _to_json(message).encode("ascii")
    if len(data) > MAX_MESSAGE:
        raise TooLarge(TOO_LARGE)
    return LENGTH.pack(len(data)) + data


def send(descriptor: int, data: bytes) -> None:
    """Write what `packed` made. Raises OtherEnded when nobody reads."""
    rest = memoryview(data)
    try:
        while rest:
            rest = rest[_write(descriptor, rest) :]
    except OSError as problem:
        raise OtherEnded from problem


def receive(descriptor: int, wait: Callable[[], None] = lambda: None) -> Any:
    """The next message. `wait` is called before each read. Raises OtherEnded, or Malformed for what is no message."""
    (length,) = LENGTH.unpack(_exactly(descriptor, LENGTH.size, wait))
    if length > MAX_MESSAGE:
        raise Malformed(f"a message of {length} bytes")
    data = _exactly(descriptor, length, wait)
    try:
        return _from_json(data.decode("ascii"))
    except (ValueError, RecursionError) as problem:
        raise Malformed("no JSON") from problem


def _exactly(descriptor: int, count: int, wait: Callable[[], None]) -> bytes:
    parts = []
    while count:
        wait()
        try:
            part = _read(descriptor, min(count, 1 << 18))
        except OSError as problem:
            raise OtherEnded from problem
        if not part:
            raise OtherEnded
        parts.append(part)
        count -= len(part)
    return b"".join(parts)
