"""One child of a forker as the service sees it: its descriptors, what it writes, its end."""

import asyncio
import contextlib
import os
import signal
import socket
from collections.abc import Callable

READ_BYTES = 1 << 16


class ForkerLost(Exception):
    """A forker or its child ended in the middle of a job, which is not the fault of the job."""


class Output:
    """What a child writes to one descriptor, up to a number of bytes; past it, `stop("output")` is called."""

    def __init__(self, descriptor: int, limit: int, stop: Callable[[str], None]) -> None:
        self.descriptor = descriptor
        self.data = bytearray()
        self.full = False
        self._limit = limit
        self._stop = stop

    def read_rest(self) -> None:
        """Take all that is there. Never waits."""
        while self.read():
            continue

    def read(self) -> bool:
        """Take what is there, at most READ_BYTES. Whether there was anything and there may be more. Never waits."""
        if self.full:
            return False
        try:
            data = os.read(self.descriptor, READ_BYTES)
        except BlockingIOError:
            return False
        except ConnectionResetError:  # killed before it read its job: the other end of what is the end of a file
            return False
        room = self._limit - len(self.data)
        self.data += data[:room]
        self.full = len(data) > room
        if self.full:
            self._stop("output")
        return bool(data) and not self.full

    def text(self) -> str:
        return self.data.decode("utf-8", "replace")


class Child:
    """One child of a forker, from the request for it to its end. `exit` gives (wait status, CPU ms, KiB of memory)."""

    def __init__(self, number: int) -> None:
        loop = asyncio.get_running_loop()
        self.number = number
        self.ready: asyncio.Future[None] = loop.create_future()
        self.exit: asyncio.Future[tuple[int, float, int]] = loop.create_future()
        self.pidfd = -1
        self.job, self._job_inside = socket.socketpair()
        self.job.setblocking(False)
        pipes: list[int] = []
        try:
            for _ in range(2):
                pipes += os.pipe2(os.O_CLOEXEC)
        except OSError:  # no descriptor is left
            self.job.close()
            self._job_inside.close()
            for descriptor in pipes:
                os.close(descriptor)
            raise
        self.stdout, self._stdout_inside, self.stderr, self._stderr_inside = pipes
        os.set_blocking(self.stdout, False)
        os.set_blocking(self.stderr, False)

    def hand_over(self, control: socket.socket, *, in_a_hurry: bool = False) -> None:
        """Send the child's ends to the forker and forget them here. Raises OSError when the forker is gone."""
        try:
            request = b"H" if in_a_hurry else b"F"
            socket.send_fds(control, [request], [self._job_inside.fileno(), self._stdout_inside, self._stderr_inside])
        finally:
            self._job_inside.close()
            os.close(self._stdout_inside)
            os.close(self._stderr_inside)

    def said(self) -> str:
        """What it wrote to stderr so far, if it is still to be read."""
        with contextlib.suppress(BlockingIOError):
            return os.read(self.stderr, READ_BYTES).decode("utf-8", "replace")
        return ""

    def kill(self) -> None:
        if self.pidfd >= 0:
            with contextlib.suppress(OSError):  # it has ended, or what the forker sent is no pidfd
                signal.pidfd_send_signal(self.pidfd, signal.SIGKILL)

    def close(self) -> None:
        if not self.exit.done():
            self.kill()
            self.exit.cancel()
        self.ready.cancel()
        self.job.close()
        os.close(self.stdout)
        os.close(self.stderr)
        if self.pidfd >= 0:
            os.close(self.pidfd)
            self.pidfd = -1

    def fail(self, problem: ForkerLost) -> None:
        for future in (self.ready, self.exit):
            if not future.done():
                future.set_exception(problem)
                future.exception()  # seen: nobody may be waiting for a spare
