"""A real pool of one forker for the tests of grading."""

from collections.abc import AsyncIterator

import pytest

from learnflow.core.database import Database
from learnflow.judge import ForkerPool
from tests.support.exercises import published_exercise


@pytest.fixture
async def pool() -> AsyncIterator[ForkerPool]:
    async with ForkerPool(1) as pool:
        yield pool


@pytest.fixture
async def exercise_id(database: Database) -> int:
    return (await published_exercise(database)).id
