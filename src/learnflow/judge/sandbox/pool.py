"""The warm forkers of one process, and the queue in front of them."""

import asyncio
import os
from collections.abc import Coroutine, Hashable, Sequence
from types import TracebackType
from typing import Any, Self

from learnflow.judge.limits import Limits
from learnflow.judge.sandbox import cgroups, reduced
from learnflow.judge.sandbox import tier as tiers
from learnflow.judge.sandbox.bubblewrap import real_interpreter
from learnflow.judge.sandbox.child import ForkerLost
from learnflow.judge.sandbox.examination import examine
from learnflow.judge.sandbox.forkers import Forker
from learnflow.judge.sandbox.module_pools import ModulePools
from learnflow.judge.sandbox.modules import Module, ModulesUnavailable, below_full
from learnflow.judge.sandbox.plain import PlainForker
from learnflow.judge.sandbox.shares import Shares
from learnflow.judge.sandbox.stock import Stock
from learnflow.judge.sandbox.tier import JudgeUnavailable, Tier, TierReport, TierState
from learnflow.judge.verdicts import Execution

SECONDS_BETWEEN_RESTARTS = 1.0  # after a forker that did not even start
OTHER_USERS = 250  # a forker's successor has its user's number so much higher or lower
JOBS_PER_FORKER = 5000  # what a forker gathers in the course of many jobs goes with it

AnyForker = Forker | PlainForker


class ForkerPool:
    """`size` warm forkers (one more than cores by default), each with spare children ready.

    async with ForkerPool() as pool:
        execution = await pool.execute({"kind": "stdio", "source": "print(1)"}, Limits())

    Start it from the main thread: the sandbox dies with the thread that started it, so that killing the service leaves
    nothing behind. A forker that dies is replaced. It judges in the strongest tier that the machine offers, which is in
    `tier`; where that is below `lowest`, start() raises JudgeUnavailable. `only` is the one tier to try. `private` are
    files of the service, which a program must not be able to read for a tier to be given. After `jobs_per_forker` jobs
    a forker gives its place to a new one, which starts while the old one still serves. Jobs may ask for `modules`
    beside the standard library, of those given here; they run on other forkers (module_pools.py), in tier full alone.
    """

    def __init__(
        self,
        size: int | None = None,
        *,
        lowest: Tier = Tier.full,
        only: Tier | None = None,
        private: Sequence[str] = (),
        jobs_per_forker: int = JOBS_PER_FORKER,
        modules: Sequence[str] = (),
    ) -> None:
        self.size = size or (os.cpu_count() or 1) + 1  # ADR 12
        self.lowest = lowest if only is None else only
        self.jobs_per_forker = jobs_per_forker
        self.modules = tuple(modules)
        self.preloaded: tuple[Module, ...] = ()  # in the forkers of this very pool
        self._first_slot = 0
        self._added = 0
        self._with_modules = ModulePools(self._with)
        self._candidates = tuple(Tier) if only is None else (only,)
        self._private = private
        self._groups: cgroups.Parents | None = None
        self._place: reduced.Place | None = None
        self._relieved: set[AnyForker] = set()  # serve until their successors do
        self._leaving: set[AnyForker] = set()  # serve one job more
        self._ended: set[AnyForker] = set()  # to be closed, perhaps by a task that does not get to it
        self._closing = False
        self.tier = TierReport(Tier.none)
        self._starting = Tier.none  # what _add() makes
        self.interpreter = real_interpreter().name
        self._forkers: set[AnyForker] = set()
        self._shares = Shares(self.size)
        self._stock = Stock(lambda: self.forkers)
        # The last used first, for its caches are warm; None wakes those who wait in vain.
        self._idle: asyncio.LifoQueue[AnyForker | None] = asyncio.LifoQueue()
        self._restarts: set[asyncio.Task[None]] = set()
        self._trouble: str | None = None  # why the last restart failed, until one succeeds

    @property
    def idle(self) -> int:
        """How many forkers have nothing to do."""
        return self._idle.qsize()

    @property
    def forkers(self) -> frozenset[Forker]:
        """Those that serve, for whoever measures them; none in tier `none`."""
        return frozenset(forker for forker in self._forkers if isinstance(forker, Forker))

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.close()

    async def start(self) -> None:
        """Start every forker and examine one of them. Raises JudgeUnavailable, with nothing left running."""
        self._closing = False
        self._with_modules = ModulePools(self._with)
        states: list[TierState] = []
        for tier in self._candidates:
            state = await self._try(tier)
            states.append(state)
            if state.offered and tier.strength >= self.lowest.strength:
                self.tier = TierReport.of(states, tier, self.lowest)
                return
        self.tier = TierReport.of(states, None, self.lowest)
        raise JudgeUnavailable(self.tier.advice())

    async def _try(self, tier: Tier) -> TierState:
        """Start every forker in this tier. One below what may be judged with is only looked at from outside."""
        missing = tiers.lacking(tier)
        if missing or tier.strength < self.lowest.strength:
            return TierState(tier, not missing, missing)
        try:
            state = await self._start_all(tier)
        except (ForkerLost, reduced.NoPlace, OSError) as problem:
            state = TierState(tier, False, (tiers.refused(tier, str(problem)),))
        except BaseException:
            await self.close()
            raise
        if not state.offered:
            await self.close()
            self._closing = False
        return state

    async def _start_all(self, tier: Tier) -> TierState:
        self._starting = tier
        findings: tuple[tiers.Finding, ...] = ()
        if tier is not Tier.none:
            self._groups, findings = tiers.groups()
        if tier is Tier.reduced:
            self._place = await asyncio.to_thread(_new_place)
        started = await asyncio.gather(*(self._add(slot) for slot in range(self.size)), return_exceptions=True)
        for result in started:
            if isinstance(result, BaseException):
                raise result
        forker = await self._idle_forker()
        try:
            return await examine(tier, forker, findings, self._private, self._place)
        finally:
            self._idle.put_nowait(forker)

    async def execute(
        self,
        job: dict[str, Any],
        limits: Limits,
        *,
        owner: Hashable = None,
        modules: Sequence[str] = (),
        followed: bool = False,
    ) -> Execution:
        """Run one job in a child of its own, when a forker is free. Cancelling it kills the child.

        `owner` is whose job it is: while others wait each owner gets the same share of the forkers' time. `modules`
        can be imported by it. `followed` is whether the caller has another job that it will send at once when this one
        has ended.

        Raises ForkerLost when two forkers in a row died of it, JudgeUnavailable when none can be started,
        ModulesUnavailable.
        """
        if not modules:
            async with self._shares.place(owner):
                return await self.execute_here(job, limits, followed)
        async with self._with_modules.having(self._offered(modules)) as pool, self._shares.place(owner):
            return await pool.execute_here(job, limits, followed)

    async def prepare(self, modules: Sequence[str]) -> dict[str, str]:
        """Have a forker with these modules ready; their versions. Raises ModulesUnavailable, JudgeUnavailable."""
        if not modules:
            return {}
        async with self._with_modules.having(self._offered(modules)) as pool:
            return {module.name: module.version for module in pool.preloaded}

    def _offered(self, modules: Sequence[str]) -> tuple[str, ...]:
        for name in modules:
            if name not in self.modules:
                raise ModulesUnavailable(name, "is not offered here (LEARNFLOW_JUDGE_MODULES).")
        if self._closing or not (self._forkers or self._restarts):
            raise JudgeUnavailable(self._trouble or f"The judge is not running. {self.tier.sentence()}")
        if self.tier.tier is not Tier.full:
            raise below_full(modules[0], self.tier.tier)
        return tuple(sorted(modules))

    def _with(self, modules: tuple[Module, ...], number: int) -> "ForkerPool":
        """A pool without forkers that is to have these modules."""
        pool = ForkerPool(self.size, jobs_per_forker=self.jobs_per_forker)
        pool.tier, pool._starting, pool._groups, pool.preloaded = self.tier, self._starting, self._groups, modules
        pool._first_slot = self.size * (number + 1)
        return pool

    @property
    def ready(self) -> int:
        """How many forkers serve, busy or not."""
        return len(self._forkers)

    async def add(self) -> None:
        """Start one forker more. Raises ForkerLost."""
        slot = self._first_slot + self._added % self.size
        self._added += 1
        await self._add(slot % OTHER_USERS)

    async def execute_here(self, job: dict[str, Any], limits: Limits, followed: bool) -> Execution:
        """Run one job on a forker of this very pool, without asking whose turn it is."""
        with self._stock.job():
            try:
                return await self._execute_once(job, limits, followed)
            except ForkerLost:
                return await self._execute_once(job, limits, followed)

    async def _execute_once(self, job: dict[str, Any], limits: Limits, followed: bool) -> Execution:
        forker = await self._idle_forker()
        try:
            return await forker.run(job, limits, followed=followed or self._shares.waiting)
        finally:
            if forker in self._leaving:
                self._leaving.discard(forker)
                self._ended.add(forker)
                self._in_background(self._close(forker))
            elif forker.alive:
                self._idle.put_nowait(forker)
                if forker.served >= self.jobs_per_forker and forker not in self._relieved and not self._closing:
                    self._relieved.add(forker)
                    self._in_background(self._relieve(forker))

    async def _idle_forker(self) -> AnyForker:
        while True:
            if self._closing or (not self._forkers and (self._trouble or not self._restarts)):
                self._idle.put_nowait(None)  # whoever else waits learns it too
                raise JudgeUnavailable(self._trouble or f"The judge is not running. {self.tier.sentence()}")
            forker = await self._idle.get()
            if forker is not None and forker.alive:
                return forker

    async def _add(self, slot: int) -> None:
        forker: AnyForker
        if self._starting is Tier.none:
            forker = PlainForker(slot)
        else:
            forker = Forker(
                slot,
                lost=lambda: self._replace(forker),
                groups=self._groups,
                place=self._place,
                modules=self.preloaded,
            )
        await forker.start()
        if not forker.alive:  # it died at the last moment, and _replace() knows
            return
        self._forkers.add(forker)
        self._idle.put_nowait(forker)
        self._stock.wait_for_quiet()

    async def _relieve(self, forker: AnyForker) -> None:
        """Start a forker and then end the old one, when it has no job. If none starts, the old one goes on."""
        try:
            await self._add((forker.slot + OTHER_USERS) % (2 * OTHER_USERS))  # nothing is counted with the old one's
        except ForkerLost:
            forker.served = 0
            self._relieved.discard(forker)
            if not forker.alive:
                await self._restart(forker)
            return
        self._forkers.discard(forker)
        self._relieved.discard(forker)
        if self._take_from_queue(forker):
            await forker.close()
        elif forker.alive:  # until its job has ended
            self._leaving.add(forker)

    def _take_from_queue(self, forker: AnyForker) -> bool:
        waiting = [self._idle.get_nowait() for _ in range(self._idle.qsize())]
        for other in reversed(waiting):
            if other is not None and other is not forker:
                self._idle.put_nowait(other)
        return forker in waiting

    def _replace(self, forker: AnyForker) -> None:
        self._forkers.discard(forker)
        self._ended.add(forker)
        if self._closing:  # close() closes it, and nobody takes its place
            return
        self._take_from_queue(forker)
        if forker in self._relieved | self._leaving:  # its successor is there or on its way
            self._in_background(self._close(forker))
        else:
            self._in_background(self._restart(forker))

    def _in_background(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._restarts.add(task)
        task.add_done_callback(self._restarts.discard)

    async def _restart(self, forker: AnyForker) -> None:
        await self._close(forker)
        while True:
            try:
                await self._add(forker.slot)
            except ForkerLost as problem:
                self._trouble = str(problem)
                self._idle.put_nowait(None)
                await asyncio.sleep(SECONDS_BETWEEN_RESTARTS)
            else:
                self._trouble = None
                return

    async def _close(self, forker: AnyForker) -> None:
        await forker.close()
        self._ended.discard(forker)

    async def close(self) -> None:
        """End every forker. Returns when no process of the pool is left. Jobs that run raise ForkerLost."""
        self._closing = True
        self._stock.stop()
        await self._with_modules.close()
        for task in tuple(self._restarts):
            task.cancel()
        await asyncio.gather(*self._restarts, return_exceptions=True)
        forkers = self._forkers | self._leaving | self._ended
        self._forkers, self._leaving, self._relieved, self._ended = set(), set(), set(), set()
        await asyncio.gather(*(forker.close() for forker in forkers))
        while not self._idle.empty():
            self._idle.get_nowait()
        self._idle.put_nowait(None)
        place, self._place = self._place, None
        if place is not None:
            await asyncio.to_thread(place.remove)


def _new_place() -> reduced.Place:
    reduced.tidy()
    try:
        return reduced.Place()
    except OSError as problem:
        raise reduced.NoPlace(str(problem)) from problem
