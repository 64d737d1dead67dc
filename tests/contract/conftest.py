"""The contract is the same on both servers, so it is walked on one: SQLite, a fresh school for every case."""

import pytest
from fastapi import FastAPI
from tests.contract.world import World, school


@pytest.fixture
def server_kind() -> str:
    return "sqlite"


@pytest.fixture
async def world(app: FastAPI) -> World:
    return await school(app)
