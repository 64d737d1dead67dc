"""A warm forker as the service sees it: how it is started, given one job after the other, watched and ended.

What inside/forker.py says about its messages is not repeated here. Everything is driven by the event loop: one reader
per forker for its control socket, a timer per running job; no thread and no waiting call.
"""

import asyncio
import json
import math
import os
import secrets
import signal
import socket
import time
from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from learnflow.judge.limits import Limits
from learnflow.judge.sandbox import bubblewrap, cgroups
from learnflow.judge.sandbox.child import Child, ForkerLost, Output
from learnflow.judge.sandbox.launch import Launch, address_space, offer_oom_score
from learnflow.judge.sandbox.messages import (
    ANCILLARY_SPACE,
    LONGEST_MESSAGE,
    Ended,
    Failed,
    Made,
    MapUsers,
    Nonsense,
    Ready,
    read_message,
)
from learnflow.judge.sandbox.modules import Module, lost
from learnflow.judge.sandbox.reduced import Place
from learnflow.judge.verdicts import MAX_REPORT_BYTES, Execution
from learnflow.judge.wire import read_report

SECONDS_TO_START = 20.0
SECONDS_TO_DIE = 5.0  # what a killed child or a closed forker may take before its whole sandbox is killed
SECONDS_BETWEEN_LOOKS = 0.01  # at what a running job has written
SECONDS_BETWEEN_BUSY_LOOKS = 0.001  # when it writes more than a few bytes
SPARES = 4  # children kept ready, about 2.5 MB each (stock.py)
THREADS = 32 + SPARES  # processes of the forker's user: the forker, its children, and the threads of the student
DESCRIPTORS = 64
OUR_MEMORY = 5 * 2**20  # beside a job's, in its cgroup: what the forker touches, page tables
SPARE_MEMORY = 3 * 2**20  # of each spare

_NOT_STARTED = b"\x00"

# What introductory courses import. A module that is not listed is imported when a program asks for it, only slower.
# Shared libraries that a module brings with it make every child dearer: asyncio, hashlib and tempfile by a twentieth.
PRELOADED = """
math cmath random statistics decimal fractions numbers datetime calendar time string re textwrap json csv io os sys
collections collections.abc itertools functools operator heapq bisect array copy enum dataclasses typing types abc
contextlib pprint inspect traceback warnings pathlib glob base64 struct
threading queue unittest ast keyword logging argparse html urllib.parse unicodedata locale graphlib
"""


class Forker:
    """One forker process. `run` serves one job at a time. `lost` is called once when it ends without being closed."""

    def __init__(
        self,
        slot: int,
        lost: Callable[[], None] = lambda: None,
        groups: cgroups.Parents | None = None,
        place: Place | None = None,
        modules: Sequence[Module] = (),
    ) -> None:
        """With a `place` it runs without bubblewrap: tier `reduced`."""
        self.slot = slot
        self.modules = tuple(modules)  # beside the standard library, preloaded
        self.landlock = 0
        self.served = 0  # jobs
        self._groups = groups
        self._group: cgroups.Group | None = None
        self._place = place
        self.pid = 0  # of the forker itself, inside bubblewrap, as seen from here
        self.alive = False
        self._closing = asyncio.Lock()
        self._lost = lost
        self._died_of: str | None = None  # while it was being started
        self._serves = False
        self._asked = 0
        self._spares: deque[Child] = deque()
        self._children: dict[int, Child] = {}
        self._process_end = -1  # pidfd of bubblewrap; -1 when there is no process
        self._empty_size = 0  # bytes of address space that a child has before it does anything

    async def start(self) -> None:
        """Start the process and wait until it serves. Raises ForkerLost with what bubblewrap or the forker said."""
        loop = asyncio.get_running_loop()
        self._ready: asyncio.Future[Ready] = loop.create_future()
        self._launch = Launch(self._place, self.modules)
        options = self._launch.options | {"preload": PRELOADED.split(), "modules": self._launch.preload}
        self._control, self._messages, self._process, self._process_end = self._launch.start()
        self.alive = True
        loop.add_reader(self._control.fileno(), self._on_message)
        try:
            self._control.send(json.dumps(options).encode())
            async with asyncio.timeout(SECONDS_TO_START):
                facts = await self._ready
        except (OSError, TimeoutError) as problem:
            reason = self._said() or f"no answer from it ({problem!r})"
            await self.close()
            raise ForkerLost(reason) from problem
        except BaseException:
            self._kill()  # it may be busy loading a module
            await self.close()
            raise
        self.landlock = facts.landlock
        self._control.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 0)
        try:
            await self._enter_group()
            offer_oom_score(self._control, self.pid)
            self.add_spare()
            if self._died_of is not None:
                raise ForkerLost(self._died_of)
            self._serves = True
        except BaseException as problem:
            await self.close()
            if isinstance(problem, OSError):
                raise ForkerLost(f"making its cgroup or its first child failed: {problem}") from problem
            raise

    async def _enter_group(self) -> None:
        if self._groups is not None:
            self._group = cgroups.Group(self._groups)
            await asyncio.to_thread(self._group.enter, self.pid, THREADS)

    async def run(self, job: dict[str, Any], limits: Limits, *, followed: bool = False) -> Execution:
        """Run one job in a child of its own. Raises ForkerLost when the sandbox, not the job, failed.

        `followed` is whether another job will come at once: its child is then made while this job runs.
        """
        if not self.alive:
            raise ForkerLost("the forker has ended")
        child = self._spares.popleft() if self._spares else self.make_child(in_a_hurry=True)
        try:
            if not self.alive:
                raise ForkerLost("the forker has just ended")
            self.served += 1
            await self._is_there(child)
            return await self.run_in(child, job, limits, followed=followed)
        finally:
            self.forget(child)
            asyncio.get_running_loop().call_soon(self._after_job)  # once whoever waits for this verdict has it

    def _after_job(self) -> None:
        if self.alive and not self._spares:
            self.add_spare()

    @property
    def spares(self) -> int:
        """How many children are there or on their way without a job."""
        return len(self._spares)

    def add_spare(self, *, in_a_hurry: bool = False) -> None:
        child = self.make_child(in_a_hurry=in_a_hurry)
        if self.alive:
            self._spares.append(child)
        else:
            self.forget(child)

    async def _is_there(self, child: Child) -> None:
        """Usually it has been there for long, as the spare."""
        if not child.ready.done():
            timer = asyncio.get_running_loop().call_later(SECONDS_TO_START, self._end, "no child came")
            try:
                await asyncio.shield(child.ready)
            finally:
                timer.cancel()
        else:
            child.ready.result()

    def forget(self, child: Child) -> None:
        """Done with it; it is killed if it still runs."""
        self._children.pop(child.number, None)
        child.close()

    async def run_in(self, child: Child, job: dict[str, Any], limits: Limits, *, followed: bool = False) -> Execution:
        """Run one job in a child that is ready."""
        loop = asyncio.get_running_loop()
        stopped: list[str] = []

        def stop(why: str) -> None:
            if not stopped:
                stopped.append(why)
                child.kill()
                timers.append(loop.call_later(SECONDS_TO_DIE, self._kill))

        outputs = [
            Output(child.stdout, limits.output_bytes, stop),
            Output(child.stderr, limits.output_bytes, stop),
            Output(child.job.fileno(), MAX_REPORT_BYTES, stop),
        ]

        def look() -> None:
            """Most jobs end before the first look: their few bytes fit into the pipes and are read when they ended."""
            more = [output.read() for output in outputs]
            timers[0] = loop.call_later(SECONDS_BETWEEN_BUSY_LOOKS if any(more) else SECONDS_BETWEEN_LOOKS, look)

        memfd = os.memfd_create("job")
        timers = [
            loop.call_later(SECONDS_BETWEEN_LOOKS, look),
            loop.call_later(limits.wall_seconds, stop, "wall"),
        ]
        try:
            if self._group is not None:
                spares = max(len(self._spares), 1)
                self._group.limit(limits.memory_bytes + OUR_MEMORY + spares * SPARE_MEMORY)
            _write_all(memfd, _NOT_STARTED + self._message(job, limits))
            began = time.perf_counter()
            socket.send_fds(child.job, [b"J", bytes.fromhex(job.get("key", ""))], [memfd])
            if followed and not self._spares:
                self.add_spare(in_a_hurry=True)
            status, cpu_ms, memory_kb = await child.exit
            wall_ms = (time.perf_counter() - began) * 1e3
            for output in outputs:
                output.read_rest()
            if os.pread(memfd, 1, 0) == _NOT_STARTED and not stopped:
                raise ForkerLost(f"the child could not set itself up: {outputs[1].text() or status}")
            code = os.waitstatus_to_exitcode(status)
            killed = code == -signal.SIGKILL or job.get("kind") == "unit"  # there it may be one of two processes
            out_of_memory = killed and self._group is not None and self._group.has_killed()
        except OSError as problem:
            # Most likely the whole sandbox is dying and the control socket has not told yet: its next job must not be
            # this one's second try.
            self._end(f"a child is gone: {problem}")
            raise ForkerLost(f"the child is gone: {problem}") from problem
        finally:
            for timer in timers:
                timer.cancel()
            os.close(memfd)
        return Execution(
            exit_code=code if code >= 0 else None,
            signal=-code if code < 0 else None,
            stopped="output" if "output" in stopped else "wall" if stopped else None,
            stdout=outputs[0].text(),
            stderr=outputs[1].text(),
            stdout_truncated=outputs[0].full,
            report=read_report(bytes(outputs[2].data)),  # of one that is cut the lines before
            wall_ms=wall_ms,
            cpu_ms=cpu_ms,
            memory_kb=memory_kb,
            out_of_memory=out_of_memory,
        )

    def _message(self, job: dict[str, Any], limits: Limits) -> bytes:
        seed = job.get("seed")
        message = {
            "job": {name: part for name, part in job.items() if name != "key"},  # it is read when the child may
            "seed": secrets.randbits(32) if seed is None else seed,
            "limits": {
                "address_space": self._empty_size + limits.memory_bytes,
                "cpu_seconds": math.ceil(limits.cpu_seconds),
                "file_bytes": limits.file_bytes,
                "descriptors": DESCRIPTORS,
                "threads": THREADS,
            },
        }
        return json.dumps(message).encode("ascii")

    def make_child(self, *, in_a_hurry: bool = False) -> Child:
        """Ask for a child; its `ready` tells when it is there. forget() it in the end.

        One made in a hurry leaves out what only pays when it is done before anybody waits."""
        self._asked += 1
        child = Child(self._asked)
        self._children[child.number] = child
        try:
            child.hand_over(self._control, in_a_hurry=in_a_hurry)
        except OSError as problem:
            self._end(f"asking for a child failed: {problem}")
        return child

    def _on_message(self) -> None:
        try:
            data, ancillary, _, _ = self._control.recvmsg(LONGEST_MESSAGE, ANCILLARY_SPACE, socket.MSG_CMSG_CLOEXEC)
            message = read_message(data, ancillary)
        except BlockingIOError:
            return
        except (OSError, Nonsense) as problem:
            self._end(self._said() or str(problem))
            return
        if isinstance(message, Ended):
            self._child_ended(message)
        elif isinstance(message, Made):
            self._child_made(message)
        elif isinstance(message, MapUsers):
            self._map_users(message.pid)
        elif isinstance(message, Failed) or self._ready.done():
            reason = message.reason if isinstance(message, Failed) else "the forker was ready twice"
            self._end(reason or self._said() or "the forker ended")
        else:
            self._set_ready(message)

    def _set_ready(self, message: Ready) -> None:
        try:
            self._empty_size = address_space(message.pid)
        except OSError as problem:
            self._end(f"it ended at once: {problem}")
            return
        self.pid = message.pid
        self._ready.set_result(message)

    def _child_made(self, made: Made) -> None:
        child = self._children.get(made.number)
        if child is None or child.pidfd >= 0:
            os.close(made.pidfd)  # nobody wants it any more; its job socket is closed, so it ends by itself
            return
        child.pidfd = made.pidfd
        if not child.ready.done():
            child.ready.set_result(None)

    def _child_ended(self, ended: Ended) -> None:
        child = self._children.get(ended.number)
        if child is None:
            return
        if not child.exit.done():
            child.exit.set_result((ended.status, ended.cpu_ms, ended.memory_kb))
        if child in self._spares or not child.ready.done():
            self._end(f"a child without a job ended: {child.said()}")

    def _map_users(self, pid: int) -> None:
        """Give the forker's new user namespace its one user and group: nobody inside, a user of its own outside."""
        outside = bubblewrap.FIRST_USER + self.slot % bubblewrap.USERS
        try:
            for kind in ("uid_map", "gid_map"):
                Path(f"/proc/{pid}/{kind}").write_text(f"{bubblewrap.NOBODY} {outside} 1\n")
            self._control.send(b"M")
        except OSError as problem:
            self._end(f"mapping the user namespace failed: {problem}")

    def _said(self) -> str:
        """What bubblewrap or the forker wrote to its stderr."""
        return os.pread(self._messages, 4096, 0).decode("utf-8", "replace").strip()

    def _kill(self) -> None:
        """Kill bubblewrap and with it everything inside. The control socket's end tells the rest."""
        if self._process.returncode is None:
            self._process.kill()

    def _end(self, reason: str) -> None:
        """The forker is of no more use: whoever waits for it learns why."""
        if not self.alive:
            return
        self._release(reason)
        self._kill()
        if self._serves:
            self._lost()
        elif self._ready.done():  # start() tells it: who waits for that must not hear of it twice
            self._died_of = reason
        else:
            self._ready.set_exception(lost(reason))

    def _release(self, reason: str) -> None:
        self.alive = False
        asyncio.get_running_loop().remove_reader(self._control.fileno())
        self._control.close()
        for child in self._children.values():
            child.fail(ForkerLost(reason))
        while self._spares:
            self.forget(self._spares.pop())

    async def close(self) -> None:
        """End the forker and everything in it. Returns when its process is gone; safe to call twice, at once too."""
        if self.alive:
            self._release("the pool was closed")
        async with self._closing:  # a second reader for the process's end would take the place of the first
            if self._process_end < 0:
                return
            loop = asyncio.get_running_loop()
            ended = asyncio.Event()
            loop.add_reader(self._process_end, ended.set)
            timer = loop.call_later(SECONDS_TO_DIE, self._kill)
            try:
                await ended.wait()
            finally:
                timer.cancel()
                self._kill()  # at once when we are being cancelled; nothing to kill otherwise
                loop.remove_reader(self._process_end)
                self._process.wait()
                os.close(self._process_end)
                os.close(self._messages)
                self._process_end = -1
                group, self._group = self._group, None
                await self._launch.give_back(group)


def _write_all(descriptor: int, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(descriptor, rest) :]
