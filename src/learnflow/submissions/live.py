"""What happens in this process, told at once: wake-ups for graders, provisional cases and the end for who waits.

Only hints. A grader may be another process, so whoever waits here also looks into the database now and then; the
queue row is what guarantees that work is done, the final transaction what counts.
"""

import asyncio
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal

WorkKey = tuple[Literal["submission", "execution"], int]
"""A piece of work by its kind and row id."""


@dataclass(frozen=True, slots=True)
class Started:
    attempt: int


@dataclass(frozen=True, slots=True)
class CaseEnded:
    """`case` has the columns of `CaseOutcome`; it is provisional until the attempt is recorded."""

    attempt: int
    case: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Finished:
    """The outcome is in the database."""


Notice = Started | CaseEnded | Finished


class Watch:
    """One waiter's notices about one piece of work."""

    def __init__(self) -> None:
        self._notices: asyncio.Queue[Notice] = asyncio.Queue()

    def put(self, notice: Notice) -> None:
        self._notices.put_nowait(notice)

    async def next(self, seconds: float) -> Notice | None:
        """The next notice; None when none came within `seconds`."""
        try:
            async with asyncio.timeout(seconds):
                return await self._notices.get()
        except TimeoutError:
            return None


class Live:
    """The hub of one process, kept by `entry` as `app.state.live`."""

    def __init__(self) -> None:
        self._watches: dict[WorkKey, list[Watch]] = {}
        self._idle: deque[asyncio.Future[None]] = deque()
        self._unheard = False

    @contextmanager
    def watch(self, key: WorkKey) -> Iterator[Watch]:
        """Collect notices about `key` from now on. Begin before the work can start, so that none is missed."""
        watch = Watch()
        self._watches.setdefault(key, []).append(watch)
        try:
            yield watch
        finally:
            self._watches[key].remove(watch)
            if not self._watches[key]:
                del self._watches[key]

    def tell(self, key: WorkKey, notice: Notice) -> None:
        for watch in self._watches.get(key, ()):
            watch.put(notice)

    def work_arrived(self) -> None:
        """Wake one idle grader, or the next one that becomes idle."""
        while self._idle:
            waiter = self._idle.popleft()
            if not waiter.done():
                waiter.set_result(None)
                return
        self._unheard = True

    async def work(self) -> None:
        """Return when work has arrived; somebody else may have taken it by then."""
        if self._unheard:
            self._unheard = False
            return
        waiter = asyncio.get_running_loop().create_future()
        self._idle.append(waiter)
        await waiter
