"""Forkers that have modules preloaded: when they are started and closed, and what happens to those who wait."""

import asyncio
from pathlib import Path

import pytest
from tests.judge.test_pool import open_files, processes_of, until_gone
from tests.judge.with_modules import NUMPY, run

from learnflow.judge import (
    ForkerPool,
    JudgeUnavailable,
    Limits,
    ModulesUnavailable,
)
from learnflow.judge.sandbox.module_pools import MOST_LISTS


async def test_a_forker_with_modules_that_is_killed_is_replaced(numpy_pool: ForkerPool) -> None:
    await numpy_pool.prepare(NUMPY)
    (kept,) = numpy_pool._with_modules._kept.values()
    next(iter(kept.pool.forkers))._kill()
    ended = await asyncio.gather(*(run(numpy_pool, "import numpy\nprint(1)") for _ in range(4)))
    assert [execution.stdout for execution in ended] == ["1\n"] * 4
    async with asyncio.timeout(5):
        while kept.pool._restarts:
            await asyncio.gather(*kept.pool._restarts)


async def test_forkers_with_modules_are_started_when_they_are_needed_and_not_too_many(
    folder: Path, files_before: int
) -> None:
    (folder / "greeting.py").write_text("WORD = 'hello'\n")
    async with ForkerPool(size=2, modules=["greeting"]) as pool:
        assert pool._with_modules.lists == ()
        source = "import greeting\nprint(greeting.WORD)"
        assert (await run(pool, source, ("greeting",))).stdout == "hello\n"
        (kept,) = pool._with_modules._kept.values()
        assert kept.pool.ready == 1
        ended = await asyncio.gather(*(run(pool, source, ("greeting",)) for _ in range(6)))
        assert {execution.stdout for execution in ended} == {"hello\n"}
        assert kept.pool.ready == 2
        processes = processes_of(pool) + processes_of(kept.pool)
    await until_gone(processes)
    assert open_files() == files_before


async def test_the_list_not_used_for_longest_makes_room(folder: Path) -> None:
    names = [f"part{number}" for number in range(MOST_LISTS + 2)]
    for name in names:
        (folder / f"{name}.py").write_text("")
    async with ForkerPool(size=1, modules=names) as pool:
        for name in (*names[:MOST_LISTS], names[0]):
            await pool.prepare([name])
        first = pool._with_modules._kept[(names[1],)].pool
        processes = processes_of(first)
        await pool.prepare([names[MOST_LISTS]])
        assert (names[0],) in pool._with_modules.lists
        assert (names[1],) not in pool._with_modules.lists
        await until_gone(processes)
        slots = {forker.slot for kept in pool._with_modules._kept.values() for forker in kept.pool.forkers}
        assert len(slots) == MOST_LISTS
        # More lists at once than there may be: each gets its turn, in whatever order.
        ended = await asyncio.gather(*(run(pool, f"import {name}\nprint(1)", (name,)) for name in names * 3))
        assert {execution.stdout for execution in ended} == {"1\n"}
        assert len(pool._with_modules.lists) <= MOST_LISTS


async def test_who_needs_no_module_does_not_wait_for_one_to_be_loaded(folder: Path) -> None:
    (folder / "heavy.py").write_text("import time\ntime.sleep(1)\n")
    async with ForkerPool(size=1, modules=["heavy"]) as pool:
        slow = asyncio.create_task(run(pool, "import heavy\nprint('heavy')", ("heavy",)))
        await asyncio.sleep(0.1)
        for _ in range(5):
            assert (await run(pool, "print('light')", ())).stdout == "light\n"
        assert not slow.done()
        assert (await slow).stdout == "heavy\n"


async def test_one_students_many_programs_with_modules_do_not_hold_up_anothers(folder: Path) -> None:
    (folder / "greeting.py").write_text("")
    async with ForkerPool(size=1, modules=["greeting"]) as pool:
        slow = {"kind": "stdio", "source": "import greeting, time\ntime.sleep(0.2)"}
        many = [pool.execute(slow, Limits(), owner="many", modules=["greeting"]) for _ in range(5)]
        tasks = [asyncio.create_task(one) for one in many]
        await tasks[0]
        job = {"kind": "stdio", "source": "print(1)"}
        await pool.execute(job, Limits(), owner="other", modules=["greeting"])
        await pool.execute(job, Limits(), owner="other")
        assert sum(task.done() for task in tasks) <= 3
        await asyncio.gather(*tasks)


async def test_a_module_that_fails_to_load_is_told_and_tried_again(folder: Path) -> None:
    broken = folder / "broken.py"
    broken.write_text("import shutil\nraise ValueError('no\\nsuch   thing')\n")
    async with ForkerPool(size=1, modules=["broken"]) as pool:
        for _ in range(2):
            with pytest.raises(ModulesUnavailable, match=r"broken can't be loaded .* ValueError: no such thing"):
                await run(pool, "print(1)", ("broken",))
        assert pool._with_modules.lists == ()
        assert (await run(pool, "print(1)", ())).stdout == "1\n"
        broken.write_text("")
        assert (await run(pool, "import broken\nprint(1)", ("broken",))).stdout == "1\n"


@pytest.mark.parametrize("source", ["import os\nos._exit(0)", "import sys\nsys.exit(0)", "import os\nos.abort()"])
async def test_a_module_that_ends_the_forker_ends_nothing_else(folder: Path, source: str) -> None:
    (folder / "fatal.py").write_text(source)
    async with ForkerPool(size=1, modules=["fatal"]) as pool:
        with pytest.raises(Exception, match=r"fatal|forker"):
            await run(pool, "print(1)", ("fatal",))
        assert (await run(pool, "print(1)", ())).stdout == "1\n"


async def test_cancelling_while_a_module_is_loaded_leaves_it_to_the_next(folder: Path) -> None:
    (folder / "heavy.py").write_text("import time\ntime.sleep(0.3)\n")
    async with ForkerPool(size=1, modules=["heavy"]) as pool:
        for pause in (0, 0.05):
            task = asyncio.create_task(run(pool, "print(1)", ("heavy",)))
            await asyncio.sleep(pause)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
        assert (await run(pool, "import heavy\nprint(1)", ("heavy",))).stdout == "1\n"


async def test_a_pool_that_is_closed_meanwhile_leaves_nothing_open(folder: Path, files_before: int) -> None:
    (folder / "heavy.py").write_text("import time\ntime.sleep(5)\n")
    async with ForkerPool(size=2, modules=["heavy", "none"]) as pool:
        waiting = [asyncio.create_task(run(pool, "print(1)", ("heavy",))) for _ in range(3)]
        await asyncio.sleep(0.2)
    outcomes = await asyncio.gather(*waiting, return_exceptions=True)
    assert all(isinstance(outcome, Exception) for outcome in outcomes), outcomes
    assert open_files() == files_before
    with pytest.raises(JudgeUnavailable):
        await run(pool, "print(1)", ("heavy",))


async def test_two_who_ask_for_a_broken_module_at_once_are_both_told(folder: Path) -> None:
    (folder / "broken.py").write_text("raise ValueError")
    async with ForkerPool(size=2, modules=["broken"]) as pool:
        for _ in range(5):
            asked = [asyncio.create_task(run(pool, "print(1)", ("broken",))) for _ in range(2)]
            for pause in (0.02, 0.03, 0.05):
                await asyncio.sleep(pause)
                asked.append(asyncio.create_task(run(pool, "print(1)", ("broken",))))
            outcomes = await asyncio.gather(*asked, return_exceptions=True)
            assert {type(outcome) for outcome in outcomes} == {ModulesUnavailable}
