"""What a forker does for its children before they run anything, and for the machine."""

import asyncio
import os
import sys
from pathlib import Path

import pytest
from tests.support.machine import lacks

from learnflow.judge import ForkerPool, Limits, Tier
from learnflow.judge.inside import forker
from learnflow.judge.sandbox.tier import lacking


async def test_rehearsing_leaves_nothing_that_a_program_could_find() -> None:
    source = """
import gc, json, linecache, random, sys, warnings
sys.path.insert(0, sys.argv[1])
from learnflow.judge.inside import forker, harness
def traces():
    gc.collect()
    classes = sorted(str(found) for found in object.__subclasses__())
    return {
        "classes": classes, "modules": sorted(sys.modules), "random": random.getstate(), "garbage": gc.garbage,
        "path": sys.path[:], "argv": sys.argv,
        "source": sorted(linecache.cache), "filters": len(warnings.filters), "hook": sys.excepthook,
    }
before = traces()
forker.rehearse(harness)
after = traces()
assert before == after, (before, after)
assert not [found for found in gc.get_objects() if type(found) is dict and found.get("__name__") == "main"]
print(end="untouched")
"""
    paths = [str(Path(forker.__file__).parents[3])]
    done = await asyncio.create_subprocess_exec(
        sys.executable, "-S", "-c", source, *paths, stdout=asyncio.subprocess.PIPE
    )
    assert (await done.communicate())[0] == b"untouched"


@pytest.mark.parametrize("tier", [Tier.full, Tier.reduced])
async def test_short_of_memory_the_kernel_picks_a_job_not_its_forker(tier: Tier) -> None:
    if lacking(tier):
        lacks(f"tier {tier} is not to be had here")  # reduced needs root and Landlock
    async with ForkerPool(1, only=tier) as pool:
        (forker,) = pool.forkers
        await pool.execute({"kind": "stdio", "source": ""}, Limits())
        while not (children := child_processes(forker.pid)):  # noqa: ASYNC110  # the next spare
            await asyncio.sleep(0.01)
        assert oom_score(forker.pid) == oom_score(os.getpid())
        assert {oom_score(child) for child in children} == {1000}


def child_processes(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def oom_score(pid: int) -> int:
    return int(Path(f"/proc/{pid}/oom_score_adj").read_text())
