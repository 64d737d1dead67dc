"""All memory of a job counts, whatever it is used for; groups are reused, and none outlives the service."""

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.support.machine import lacks
from tests.support.services import running_service

from learnflow.judge import ForkerPool, Limits, Tier, Verdict, probe, run_code
from learnflow.judge.sandbox import cgroups
from learnflow.judge.sandbox.cgroups import CgroupsUnavailable, Parents

MEBIBYTE = 2**20


@pytest.fixture
def parents() -> Parents:
    try:
        return cgroups.parents()
    except CgroupsUnavailable as problem:
        lacks(str(problem))  # a container often has none; the tier says so there, which a test below proves


@pytest.fixture
async def own_pool(parents: Parents) -> AsyncIterator[ForkerPool]:
    async with ForkerPool(size=1) as pool:
        yield pool


def groups(parents: Parents, owner: int | None = None) -> set[str]:
    prefix = f"{cgroups.PREFIX}{os.getpid() if owner is None else owner}-"
    folders = (parents.memory, parents.pids)
    return {str(folder) for parent in folders for folder in parent.glob(f"{prefix}*")}


def processes(group: str) -> str:
    return Path(group, "cgroup.procs").read_text()


FILES_AND_MEMORY = """
kept = bytearray(112 * 2**20)
for number in range(15):
    with open(f"{number}", "wb") as file:
        file.write(bytes(2**20))
print("survived", flush=True)
more = bytearray(12 * 2**20)
"""


async def test_files_count_as_memory(own_pool: ForkerPool) -> None:
    result = await run_code(own_pool, FILES_AND_MEMORY)
    assert result.verdict is Verdict.memory_limit
    assert (await run_code(own_pool, "print(1)")).stdout == "1\n"


async def test_two_threads_that_fill_memory_are_one_memory_limit(own_pool: ForkerPool) -> None:
    source = """
import threading
kept = []
def fill():
    for _ in range(200):
        kept.append(bytearray(2**20))
threads = [threading.Thread(target=fill) for _ in range(2)]
for thread in threads: thread.start()
for thread in threads: thread.join()
kept.append(bytearray(64 * 2**20))
"""
    result = await run_code(own_pool, source)
    assert result.verdict is Verdict.memory_limit


async def test_a_job_may_use_all_that_it_was_promised(own_pool: ForkerPool) -> None:
    for size in (120, 24, 240, 120):
        limits = Limits(memory_bytes=(size + 8) * MEBIBYTE)
        result = await run_code(own_pool, f"x = bytearray({size - 2} * 2**20)\nprint(len(x))", limits=limits)
        assert result.verdict is Verdict.passed, result


async def test_three_hundred_jobs_use_the_same_groups(own_pool: ForkerPool, parents: Parents) -> None:
    before = groups(parents)
    assert before
    await asyncio.gather(*(run_code(own_pool, "print(1)") for _ in range(300)))
    assert groups(parents) == before


async def test_closing_removes_the_groups(parents: Parents) -> None:
    before = groups(parents)
    async with ForkerPool(size=1) as pool:
        await run_code(pool, "print(1)")
        assert groups(parents) > before
    assert groups(parents) == before


async def test_what_a_killed_service_left_is_removed_by_the_next(parents: Parents) -> None:
    source = """
import asyncio
from learnflow.judge import ForkerPool
async def main():
    async with ForkerPool(size=1) as pool:
        print("ready", flush=True)
        await asyncio.sleep(60)
asyncio.run(main())
"""
    with running_service(source) as service:
        left = groups(parents, service.pid)
        assert left
        service.kill()
    async with asyncio.timeout(5):
        while any(map(processes, left)):  # noqa: ASYNC110  # no event tells it
            await asyncio.sleep(0.01)
    cgroups.tidy(parents)
    assert not groups(parents, service.pid)


async def test_without_cgroups_the_tier_is_full_and_says_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cgroups, "_version_1", lambda *_: None)
    monkeypatch.setattr(cgroups, "_version_2", lambda *_: None)
    async with ForkerPool(size=1) as pool:
        assert pool.tier.tier is Tier.full
        assert "Delegate=memory pids" in pool.tier.sentence()
        assert (await run_code(pool, "print(1)")).stdout == "1\n"
    tiers = {state.tier: state for state in (await probe()).tiers}
    for tier in (Tier.full, Tier.reduced):
        assert "Delegate=memory pids" in repr(tiers[tier].findings)
    assert tiers[Tier.full].offered
    assert tiers[Tier.reduced].offered == (os.geteuid() == 0)


def test_version_2_takes_our_own_group_or_the_one_that_was_delegated(tmp_path: Path) -> None:
    service = tmp_path / "system.slice" / "learnflow.service"
    for folder in (service, service / "server"):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "cgroup.controllers").write_text("memory pids")
        (folder / "cgroup.subtree_control").write_text("")
    (service / "cgroup.subtree_control").write_text("memory pids")
    (service / "server" / "cgroup.controllers").write_text("")
    mounts = cgroups._mounts(f"30 23 0:26 / {tmp_path} rw,nosuid shared:4 - cgroup2 cgroup2 rw\n")
    own = cgroups._own_groups("0::/system.slice/learnflow.service/server\n")
    assert cgroups._version_2(own, mounts) == Parents(service, service, 2)
