"""Forkers that have modules preloaded: a small pool for each list of modules that is in use.

A list's forkers are started when they are first needed, one for each job that wants one at the same time, up to the
pool's size. Starting one happens before the job takes its share of the forkers' time (shares.py), so nobody with the
standard library alone waits for it. Jobs of all lists together take no more places than the pool has forkers.
"""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Generic, Protocol, TypeVar

from learnflow.judge.sandbox.child import ForkerLost
from learnflow.judge.sandbox.modules import Module, find_all

MOST_LISTS = 4
"""How many lists have forkers at the same time: with numpy each costs up to 20 MB for every core, and a class works
on few exercises at a time. The list that was not used for longest makes room."""


class Pool(Protocol):
    """What ForkerPool is to this module."""

    size: int

    @property
    def ready(self) -> int: ...
    async def add(self) -> None: ...
    async def close(self) -> None: ...


P = TypeVar("P", bound=Pool)


class _Kept(Generic[P]):
    def __init__(self, pool: P, number: int) -> None:
        self.pool = pool
        self.number = number  # that no other list has
        self.users = 0  # jobs that run in it or wait for it
        self.unused = asyncio.Event()
        self.leaving = False  # takes no new job
        self.starts: set[asyncio.Task[None]] = set()
        self.started = 0  # forkers, those that are being started too
        self.problem: ForkerLost | None = None  # of the last start, if it failed


class ModulePools(Generic[P]):
    """`make` gives a pool without forkers for a list of modules and the list's number, below MOST_LISTS."""

    def __init__(self, make: Callable[[tuple[Module, ...], int], P]) -> None:
        self._make = make
        self._kept: OrderedDict[tuple[str, ...], _Kept[P]] = OrderedDict()  # the last used last
        self._admission = asyncio.Lock()  # new lists come in one after the other, in their order
        self._closing: set[asyncio.Task[None]] = set()
        self._closed = False

    @property
    def lists(self) -> tuple[tuple[str, ...], ...]:
        """The lists that have forkers, the last used last."""
        return tuple(self._kept)

    @asynccontextmanager
    async def having(self, names: tuple[str, ...]) -> AsyncIterator[P]:
        """The pool of a list, with a forker for whoever uses it now. Raises ModulesUnavailable, ForkerLost."""
        kept = self._kept.get(names)
        if kept is None or kept.leaving:
            async with self._admission:
                kept = self._kept.get(names) or await self._admit(names)
                kept.users += 1
        else:
            kept.users += 1
        kept.unused.clear()
        self._kept.move_to_end(names)
        try:
            await self._grow(kept)
            yield kept.pool
        finally:
            kept.users -= 1
            if not kept.users:
                kept.unused.set()
                if not kept.pool.ready and not kept.starts:  # it is of no use; the next to come tries again
                    self._drop(names, kept)

    async def _admit(self, names: tuple[str, ...]) -> _Kept[P]:
        modules = await asyncio.to_thread(find_all, names)
        while len(self._kept) >= MOST_LISTS:
            await self._make_room()
        if self._closed:
            raise ForkerLost("the pool was closed")
        number = min(set(range(MOST_LISTS)) - {kept.number for kept in self._kept.values()})
        kept = self._kept[names] = _Kept(self._make(modules, number), number)
        return kept

    async def _make_room(self) -> None:
        names, oldest = min(self._kept.items(), key=lambda item: item[1].users > 0)
        oldest.leaving = True
        try:
            if oldest.users:
                await oldest.unused.wait()
        finally:
            oldest.leaving = False
        self._drop(names, oldest)

    def _drop(self, names: tuple[str, ...], kept: _Kept[P]) -> None:
        if self._kept.get(names) is kept:
            del self._kept[names]
        task = asyncio.create_task(self._end(kept))
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)

    async def _end(self, kept: _Kept[P]) -> None:
        for start in kept.starts:
            start.cancel()
        await asyncio.gather(*kept.starts, return_exceptions=True)
        await kept.pool.close()

    async def _grow(self, kept: _Kept[P]) -> None:
        """A forker for each job that wants one now, and no more than the pool's size."""
        wanted = min(kept.users, kept.pool.size)
        while kept.started < wanted:
            kept.started += 1
            start = asyncio.create_task(self._start(kept))
            kept.starts.add(start)
            start.add_done_callback(kept.starts.discard)
        if kept.starts and kept.pool.ready < wanted:
            await asyncio.wait(kept.starts)
        if kept.problem is not None and not kept.pool.ready:
            raise kept.problem

    async def _start(self, kept: _Kept[P]) -> None:
        try:
            await kept.pool.add()
            kept.problem = None
        except (ForkerLost, OSError) as problem:
            kept.problem = problem if isinstance(problem, ForkerLost) else ForkerLost(f"starting it failed: {problem}")
            kept.started -= 1

    async def close(self) -> None:
        """End every forker of every list, for good."""
        self._closed = True
        kept = list(self._kept.values())
        self._kept.clear()
        await asyncio.gather(*(self._end(each) for each in kept), *self._closing)
