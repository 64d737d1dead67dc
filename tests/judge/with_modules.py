"""What tests of modules beside the standard library share: a pool that offers numpy, a folder for their own."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.judge.test_pool import open_files
from tests.support.waiting import eventually

from learnflow.judge import (
    Execution,
    ForkerPool,
    Limits,
)
from learnflow.judge.sandbox.forkers import SPARES
from learnflow.judge.sandbox.modules import find

NUMPY = ("numpy",)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder on the service's import path, for modules of a test's own."""
    monkeypatch.syspath_prepend(tmp_path)
    yield tmp_path
    find.cache_clear()


@pytest.fixture(scope="module")
async def numpy_pool() -> AsyncIterator[ForkerPool]:
    async with ForkerPool(size=2, modules=["numpy"]) as pool:
        yield pool


@pytest.fixture
async def files_before(numpy_pool: ForkerPool) -> int:
    """How many files are open, once the other tests' pool has nothing under way."""
    lists = [kept.pool for kept in numpy_pool._with_modules._kept.values()]

    async def all_there() -> bool:
        forkers = [forker for pool in (numpy_pool, *lists) for forker in pool.forkers]
        return all(
            len(forker._spares) == SPARES and all(spare.ready.done() for spare in forker._spares) for forker in forkers
        )

    await eventually(all_there)
    return open_files()


async def run(
    pool: ForkerPool, source: str, modules: tuple[str, ...] = NUMPY, seed: int = 0, **limits: Any
) -> Execution:
    job = {"kind": "stdio", "source": source, "seed": seed}
    return await pool.execute(job, Limits(**limits), modules=modules)
