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


@dataclass(frozen=True, slots=True)
class Closing:
    """This process stops: whoever waits answers with what is known, and the client asks again elsewhere."""


Notice = Started | CaseEnded | Finished | Closing


class Watch:
    """One waiter's notices about one piece of work."""

    def __init__(self, *, end_only: bool) -> None:
        self.end_only = end_only
        self._notices: asyncio.Queue[Notice] = asyncio.Queue()

    def put(self, notice: Notice) -> None:
        if not self.end_only or isinstance(notice, Finished | Closing):
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
        self._unheard = 0
        self._closing = False

    @contextmanager
    def watch(self, key: WorkKey, *, end_only: bool = False) -> Iterator[Watch]:
        """Collect notices about `key` from now on. Begin before the work can start, so that none is missed."""
        watch = Watch(end_only=end_only)
        self._watches.setdefault(key, []).append(watch)
        if self._closing:
            watch.put(Closing())
        try:
            yield watch
        finally:
            self._watches[key].remove(watch)
            if not self._watches[key]:
                del self._watches[key]

    def tell(self, key: WorkKey, notice: Notice) -> None:
        for watch in self._watches.get(key, ()):
            watch.put(notice)

    def close(self) -> None:
        """Tell everybody who waits, now and from now on, that this process stops."""
        self._closing = True
        for watches in self._watches.values():
            for watch in watches:
                watch.put(Closing())

    def is_followed(self, key: WorkKey) -> bool:
        """Whether somebody wants to hear more than the end."""
        return any(not watch.end_only for watch in self._watches.get(key, ()))

    def work_arrived(self) -> None:
        """A piece of work was queued: wake one idle grader, or let the next one that becomes idle have it."""
        while self._idle:
            waiter = self._idle.popleft()
            if not waiter.done():
                waiter.set_result(None)
                return
        self._unheard += 1

    async def work(self) -> None:
        """Return when a piece of work has arrived that nobody was woken for; another may have taken it by then."""
        if self._unheard:
            self._unheard -= 1
            return
        waiter = asyncio.get_running_loop().create_future()
        self._idle.append(waiter)
        await waiter
