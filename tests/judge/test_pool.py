"""The pool keeps serving whatever happens to its forkers, and leaves nothing behind."""

import asyncio
import errno
import os
import signal
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.support.forkers import stocked_up
from tests.support.services import running_service

from learnflow.judge import ForkerLost, ForkerPool, JudgeUnavailable, Limits, Tier, judge_code, parse_cases, probe
from learnflow.judge.sandbox import examination
from learnflow.judge.sandbox.child import Child
from learnflow.judge.sandbox.forkers import Forker

HELLO = {"kind": "stdio", "source": "print('hello')"}
SLEEP = {"kind": "stdio", "source": "import time\nprint('asleep', flush=True)\ntime.sleep(60)"}


@pytest.fixture
async def own_pool() -> AsyncIterator[ForkerPool]:
    """A pool that a test may harm."""
    async with ForkerPool(size=1) as pool:
        yield pool


def descendants(pid: int) -> list[int]:
    found: list[int] = []
    for thread in Path(f"/proc/{pid}/task").iterdir():
        for child in map(int, (thread / "children").read_text().split()):
            found += [child, *descendants(child)]
    return found


def processes_of(pool: ForkerPool) -> list[int]:
    roots = [forker._process.pid for forker in pool._forkers]
    return [pid for root in roots for pid in (root, *descendants(root))]


def lives(pid: int) -> bool:
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False


async def until_gone(pids: list[int]) -> None:
    async with asyncio.timeout(5):
        for pid in filter(lives, pids):
            while lives(pid):  # noqa: ASYNC110  # a process that is not ours gives no event
                await asyncio.sleep(0.01)


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def mounts() -> int:
    return len(Path("/proc/self/mounts").read_text().splitlines())


async def test_this_machine_isolates_fully(pool: ForkerPool) -> None:
    assert pool.tier.tier is Tier.full
    assert (await probe()).tier is Tier.full


async def test_jobs_queue_for_idle_forkers(pool: ForkerPool) -> None:
    ended = await asyncio.gather(
        *(pool.execute({"kind": "stdio", "source": f"print({n})"}, Limits()) for n in range(20))
    )
    assert [execution.stdout for execution in ended] == [f"{n}\n" for n in range(20)]
    assert pool.idle == pool.size


async def test_five_hundred_jobs_leave_nothing_behind(pool: ForkerPool) -> None:
    async def some_jobs(count: int) -> None:
        await asyncio.gather(*(pool.execute(HELLO, Limits()) for _ in range(count)))
        await stocked_up(pool)

    await some_jobs(20)
    before = open_files(), mounts(), len(processes_of(pool))
    await some_jobs(500)
    assert (open_files(), mounts(), len(processes_of(pool))) == before


async def test_closing_leaves_no_process_no_descriptor_and_no_mount(pool: ForkerPool) -> None:
    await stocked_up(pool)  # the other pool of this process
    before = open_files(), mounts()
    async with ForkerPool(size=2) as another:
        await another.execute(HELLO, Limits())
        processes = processes_of(another)
        assert len(processes) >= 6  # bubblewrap twice and the forker, for each of two; and spares
    await until_gone(processes)
    assert (open_files(), mounts()) == before


async def test_closing_during_a_job_ends_it_and_wakes_whoever_waits() -> None:
    async with ForkerPool(size=1) as pool:
        running = asyncio.create_task(pool.execute(SLEEP, Limits()))
        waiting = [asyncio.create_task(pool.execute(HELLO, Limits())) for _ in range(2)]
        await asyncio.sleep(0)
        processes = processes_of(pool)
    outcomes = await asyncio.gather(running, *waiting, return_exceptions=True)
    assert all(isinstance(outcome, (ForkerLost, JudgeUnavailable)) for outcome in outcomes), outcomes
    await until_gone(processes)


async def test_a_closed_pool_can_be_started_again() -> None:
    pool = ForkerPool(size=1)
    for _ in range(2):
        async with pool:
            assert (await pool.execute(HELLO, Limits())).stdout == "hello\n"
    with pytest.raises(JudgeUnavailable):
        await pool.execute(HELLO, Limits())


async def test_cancelling_kills_the_child_and_the_pool_goes_on(own_pool: ForkerPool) -> None:
    for pause in (0, 0.001, 0.01, 0.1):
        task = asyncio.create_task(own_pool.execute(SLEEP, Limits()))
        await asyncio.sleep(pause)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert (await own_pool.execute(HELLO, Limits())).stdout == "hello\n"
    assert own_pool.idle == 1


async def test_a_forker_that_is_killed_is_replaced_and_its_job_run_again(own_pool: ForkerPool) -> None:
    (forker,) = own_pool._forkers
    slow = {"kind": "stdio", "source": "import time\ntime.sleep(0.3)\nprint('done')"}
    task = asyncio.create_task(own_pool.execute(slow, Limits()))
    await asyncio.sleep(0.05)
    os.kill(forker._process.pid, signal.SIGKILL)
    assert (await task).stdout == "done\n"
    assert own_pool._forkers.isdisjoint({forker})


@pytest.mark.parametrize("which", [0, 1, 2, 3], ids=["bubblewrap", "bubblewrap inside", "forker", "spare"])
async def test_killing_an_idle_process_of_the_sandbox_costs_nothing(own_pool: ForkerPool, which: int) -> None:
    (forker,) = own_pool._forkers
    await forker._spares[0].ready
    os.kill(processes_of(own_pool)[which], signal.SIGKILL)
    for _ in range(3):
        assert (await own_pool.execute(HELLO, Limits())).stdout == "hello\n"


async def test_a_forker_whose_waiting_child_was_killed_is_not_kept(own_pool: ForkerPool) -> None:
    (forker,) = own_pool.forkers
    await stocked_up(own_pool)
    forker._spares[-1].kill()
    async with asyncio.timeout(5):
        while forker.alive:  # noqa: ASYNC110  # told by the kernel to the forker, and by that to us
            await asyncio.sleep(0.01)
    assert (await own_pool.execute(HELLO, Limits())).stdout == "hello\n"
    assert own_pool.forkers.isdisjoint({forker})


async def test_a_job_that_loses_two_forkers_is_given_up(own_pool: ForkerPool) -> None:
    task = asyncio.create_task(own_pool.execute(SLEEP, Limits()))
    lost = set()
    while len(lost) < 2:
        await asyncio.sleep(0.02)
        for forker in own_pool._forkers - lost:
            if own_pool.idle == 0:
                lost.add(forker)
                os.kill(forker._process.pid, signal.SIGKILL)
    with pytest.raises(ForkerLost):
        await task
    assert (await own_pool.execute(HELLO, Limits())).stdout == "hello\n"


async def test_a_service_killed_with_9_leaves_no_process() -> None:
    source = """
import asyncio
from learnflow.judge import ForkerPool, Limits
async def main():
    async with ForkerPool(size=1) as pool:
        print("ready", flush=True)
        await pool.execute({"kind": "stdio", "source": "import time\\ntime.sleep(60)"}, Limits(wall_seconds=60))
asyncio.run(main())
"""
    with running_service(source) as service:
        processes = descendants(service.pid)
        assert len(processes) >= 3
        service.kill()
    await until_gone(processes)


async def test_a_machine_without_bubblewrap_is_refused_with_the_command_that_helps(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "apt-get").write_text("#!/bin/sh\n")
    (tmp_path / "apt-get").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert (await probe()).tier is not Tier.full
    with pytest.raises(JudgeUnavailable, match="apt-get install bubblewrap"):
        await ForkerPool(size=1).start()


async def test_a_bubblewrap_that_can_not_isolate_is_reported_with_what_it_said(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "bwrap").write_text("#!/bin/sh\necho 'bwrap: No permissions to create new namespace' >&2\nexit 1\n")
    (tmp_path / "bwrap").chmod(0o755)
    before = open_files()
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    with pytest.raises(JudgeUnavailable, match="No permissions to create new namespace"):
        await ForkerPool(size=2).start()
    assert open_files() == before


async def test_a_sandbox_that_lets_things_through_is_not_full(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(examination, "MISBEHAVIOUR", "print('[\"open a socket\"]')")
    with pytest.raises(JudgeUnavailable, match="was able to: open a socket"):
        await ForkerPool(size=1).start()


async def test_other_systems_than_linux_are_told_plainly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("learnflow.judge.sandbox.tier.sys.platform", "darwin")
    report = await probe()
    assert report.tier is Tier.none
    assert "on Linux only" in report.sentence()


async def test_a_forker_gives_its_place_to_a_new_one_after_so_many_jobs() -> None:
    async with ForkerPool(size=1, jobs_per_forker=10) as pool:
        first = set(pool._forkers)
        await asyncio.gather(*(pool.execute(HELLO, Limits()) for _ in range(9)))
        ended = await asyncio.gather(*(pool.execute(HELLO, Limits()) for _ in range(50)))
        assert {execution.stdout for execution in ended} == {"hello\n"}
        async with asyncio.timeout(5):
            while pool._restarts:
                await asyncio.gather(*pool._restarts)
        assert pool._forkers.isdisjoint(first)
        assert (len(pool._forkers), pool.idle) == (1, 1)
        assert (await pool.execute(HELLO, Limits())).stdout == "hello\n"


async def test_closing_just_after_a_forker_died_leaves_no_descriptor() -> None:
    before = open_files()
    async with ForkerPool(size=1) as pool:
        (forker,) = pool.forkers
        forker._kill()
        async with asyncio.timeout(5):
            while forker.alive:  # noqa: ASYNC110  # closed at this very moment, the pool has begun nothing yet
                await asyncio.sleep(0)
    assert open_files() == before


async def test_asking_a_forker_that_has_just_died_for_a_child_leaves_no_descriptor() -> None:
    before = open_files()
    forker = Forker(0)
    await forker.start()
    forker.forget(forker._spares.popleft())
    forker._control.shutdown(socket.SHUT_WR)  # as when the other end is gone, which nobody has read yet
    with pytest.raises(ForkerLost):
        await forker.run(HELLO, Limits())
    await forker.close()
    assert open_files() == before


async def test_a_forker_that_dies_while_the_pool_closes_is_not_replaced() -> None:
    before = open_files()
    async with ForkerPool(size=2) as pool:
        first, second = pool.forkers
        first._kill()
        async with asyncio.timeout(5):
            while first.alive:  # noqa: ASYNC110  # as above
                await asyncio.sleep(0)
        closing = asyncio.create_task(pool.close())
        await asyncio.sleep(0)
        second._end("killed at this very moment")
        async with asyncio.timeout(5):
            await closing
        assert not pool._restarts
        assert pool.ready == 0
    assert open_files() == before


async def test_a_forker_that_dies_while_its_successor_fails_to_start_is_replaced(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    start = Forker.start

    async def fail_once(_successor: Forker) -> None:
        monkeypatch.setattr(Forker, "start", start)
        old._end("killed at this very moment")
        raise ForkerLost("the successor did not start")

    async with ForkerPool(size=1, jobs_per_forker=1) as pool:
        (old,) = pool.forkers
        monkeypatch.setattr(Forker, "start", fail_once)
        await pool.execute(HELLO, Limits())
        async with asyncio.timeout(5):
            while pool.forkers <= {old}:  # noqa: ASYNC110  # the pool tells nobody
                await asyncio.sleep(0.01)
            assert (await pool.execute(HELLO, Limits())).stdout == "hello\n"


async def test_a_forker_that_dies_just_before_it_would_serve_is_replaced_once(
    own_pool: ForkerPool, monkeypatch: pytest.MonkeyPatch
) -> None:
    enter = Forker._enter_group
    started: list[Forker] = []

    async def die_at_first(forker: Forker) -> None:
        started.append(forker)
        if len(started) == 1:
            os.kill(forker._process.pid, signal.SIGKILL)
            while forker.alive:  # noqa: ASYNC110  # nothing else tells
                await asyncio.sleep(0)
        await enter(forker)

    monkeypatch.setattr(Forker, "_enter_group", die_at_first)
    [forker] = own_pool.forkers
    os.kill(forker._process.pid, signal.SIGKILL)
    while own_pool._restarts or not started:  # noqa: ASYNC110  # nothing tells that it is over
        await asyncio.sleep(0.01)
    assert (await own_pool.execute(HELLO, Limits())).stdout == "hello\n"
    assert [forker.alive for forker in own_pool.forkers] == [True]
    assert len(started) == 2


async def test_without_forkers_a_submission_waits_and_is_not_at_fault(
    own_pool: ForkerPool, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refused(forker: Forker) -> None:
        raise ForkerLost("no more of them")

    monkeypatch.setattr(Forker, "start", refused)
    [forker] = own_pool.forkers
    os.kill(forker._process.pid, signal.SIGKILL)
    cases = parse_cases([{"name": "one", "kind": "call", "input": {"function": "f"}, "expected": 1}])
    with pytest.raises(JudgeUnavailable, match="no more of them"):
        await judge_code(own_pool, "def f(): return 1", cases)


async def test_a_child_for_which_descriptors_run_out_leaves_none_open(monkeypatch: pytest.MonkeyPatch) -> None:
    pipe2, made = os.pipe2, []

    def run_out(flags: int) -> tuple[int, int]:
        if made:
            raise OSError(errno.EMFILE, "Too many open files")
        made.append(pipe2(flags))
        return made[0]

    before = open_files()
    monkeypatch.setattr(os, "pipe2", run_out)
    with pytest.raises(OSError, match="Too many open files"):
        Child(1)
    monkeypatch.undo()
    assert open_files() == before
