"""Who is served next: whoever had the least time, and nobody is overtaken for ever."""

import asyncio
from collections.abc import Callable

import pytest

from learnflow.judge.sandbox import shares
from learnflow.judge.sandbox.shares import Shares


class Clock:
    """A time that only passes when somebody uses it up."""

    def __init__(self) -> None:
        self.at = 0.0

    def monotonic(self) -> float:
        return self.at


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(shares, "time", clock)
    return clock


def use(places: Shares, clock: Clock, served: list[str]) -> Callable[[str, float], asyncio.Task[None]]:
    """Start a job of an owner that lasts some seconds of the clock."""

    async def job(owner: str, seconds: float) -> None:
        async with places.place(owner):
            served.append(owner)
            clock.at += seconds
            await asyncio.sleep(0)

    return lambda owner, seconds: asyncio.create_task(job(owner, seconds))


async def test_quick_jobs_of_one_are_not_held_up_by_slow_jobs_of_another(clock: Clock) -> None:
    served: list[str] = []
    start = use(Shares(1), clock, served)
    slow = [start("slow", 2) for _ in range(20)]
    quick = [start("quick", 0.01) for _ in range(10)]
    await asyncio.gather(*slow, *quick)
    assert served[:11] == ["slow", *["quick"] * 10]


async def test_two_who_are_equally_slow_take_turns(clock: Clock) -> None:
    served: list[str] = []
    start = use(Shares(1), clock, served)
    await asyncio.gather(*[start("one", 2) for _ in range(5)], *[start("other", 2) for _ in range(5)])
    assert served[1:] == ["other", "one"] * 4 + ["other"]


async def test_newcomers_without_end_do_not_starve_who_was_slow(clock: Clock) -> None:
    served: list[str] = []
    places = Shares(1)
    start = use(places, clock, served)
    slow = [start("slow", 2) for _ in range(3)]
    others = [start(f"newcomer {number}", 0.1) for number in range(2)]
    for number in range(2, 300):
        await others[-2]
        others.append(start(f"newcomer {number}", 0.1))
        if all(task.done() for task in slow):
            break
    assert all(task.done() for task in slow), served
    await asyncio.gather(*slow, *others)
    assert (places._free, places._clocks, places._present, places._waiting) == (1, {}, {}, {})


async def test_who_gives_up_waiting_takes_no_place_with_him(clock: Clock) -> None:
    places = Shares(2)
    for moment in range(6):
        holders = [asyncio.create_task(_hold(places, steps)) for steps in (1, 2, 3, 4)]
        for _ in range(moment):
            await asyncio.sleep(0)
        for holder in holders:
            holder.cancel()
        await asyncio.gather(*holders, return_exceptions=True)
        assert (places._free, places._present, places._waiting) == (2, {}, {}), moment


async def _hold(places: Shares, steps: int) -> None:
    async with places.place(steps):
        for _ in range(steps):
            await asyncio.sleep(0)
