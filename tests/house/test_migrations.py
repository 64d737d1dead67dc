"""The migrations make exactly the tables the code expects, forwards and backwards, on both servers."""

from collections.abc import AsyncIterator
from pathlib import Path

import anyio.to_thread
import pytest
from alembic import command
from sqlalchemy import inspect
from tests.support import databases

from learnflow.core.database import Database
from learnflow.core.ids import new_uuid
from learnflow.entry.migrate import alembic_config


@pytest.fixture
async def empty_url(server_kind: str, tmp_path: Path) -> AsyncIterator[str]:
    if server_kind == "sqlite":
        yield f"sqlite+aiosqlite:///{tmp_path / 'empty.db'}"
        return
    name = f"t_{new_uuid().hex}"
    await databases.create_postgres(name)
    yield databases.postgres_url(name)
    await databases.drop_postgres(name)


async def tables(url: str) -> set[str]:
    database = Database(url)
    try:
        async with database.connect() as connection:
            return set(await connection.run_sync(lambda sync: inspect(sync).get_table_names()))
    finally:
        await database.close()


async def test_migrations_match_the_models_and_can_be_undone(empty_url: str) -> None:
    config = alembic_config(empty_url)
    await anyio.to_thread.run_sync(command.upgrade, config, "head")
    await anyio.to_thread.run_sync(command.check, config)
    assert {"students", "exercises", "exercise_submissions", "code_execution_results", "progress", "system_events"} <= (
        await tables(empty_url)
    )
    await anyio.to_thread.run_sync(command.downgrade, config, "base")
    assert await tables(empty_url) == {"alembic_version"}
    await anyio.to_thread.run_sync(command.upgrade, config, "head")
    await anyio.to_thread.run_sync(command.check, config)
