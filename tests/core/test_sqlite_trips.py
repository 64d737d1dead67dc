"""SQLite on the event loop gives what aiosqlite's thread gave, and never holds the loop for long."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from sqlalchemy import column, select, text
from sqlalchemy.exc import IntegrityError, OperationalError

from learnflow.core.database import Database
from learnflow.core.sqlite_trips import COMMITS_BETWEEN_CHECKPOINTS, FIRST_ROWS, OneTripConnection, connect

COUNT = text("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :most) SELECT i FROM n")


@pytest.fixture
async def sqlite(tmp_path: Path) -> Database:
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'trips.db'}")
    async with database.write() as session:
        await session.execute(text("CREATE TABLE things (id INTEGER PRIMARY KEY, name TEXT UNIQUE)"))
    return database


@pytest.mark.parametrize("rows", [0, 1, FIRST_ROWS - 1, FIRST_ROWS, FIRST_ROWS + 1, 3 * FIRST_ROWS + 7])
async def test_all_rows_arrive_at_once_or_streamed(sqlite: Database, rows: int) -> None:
    async with sqlite.read() as session:
        statement = COUNT if rows else text("SELECT :most AS i WHERE 0")
        assert list(await session.scalars(statement, {"most": rows})) == list(range(1, rows + 1))
        streamed = await session.stream_scalars(statement, {"most": rows})
        assert [number async for number in streamed] == list(range(1, rows + 1))
    await sqlite.close()


async def test_a_stream_may_be_left_early(sqlite: Database) -> None:
    async with sqlite.read() as session:
        async for number in await session.stream_scalars(COUNT, {"most": 5 * FIRST_ROWS}):
            if number == 3:
                break
    async with sqlite.write() as session:
        await session.execute(text("INSERT INTO things (name) VALUES ('a')"))
    await sqlite.close()


async def test_inserted_ids_counts_and_many_rows_are_told(sqlite: Database) -> None:
    async with sqlite.write() as session:
        await session.execute(text("INSERT INTO things (name) VALUES (:name)"), [{"name": "a"}, {"name": "b"}])
        changed = await session.execute(text("UPDATE things SET name = name || '!'"))
        assert changed.rowcount == 2  # type: ignore[attr-defined]  # a CursorResult, which text() does not promise
        inserted = await session.execute(text("INSERT INTO things (name) VALUES ('c') RETURNING id"))
        assert inserted.scalar_one() == 3
    await sqlite.close()


async def test_errors_are_sqlalchemys_and_the_connection_goes_on(sqlite: Database) -> None:
    with pytest.raises(IntegrityError):
        async with sqlite.write() as session:
            await session.execute(text("INSERT INTO things (name) VALUES ('a'), ('a')"))
    with pytest.raises(OperationalError, match="no such table"):
        async with sqlite.read() as session:
            await session.execute(text("SELECT * FROM elsewhere"))
    async with sqlite.read() as session:
        assert (await session.execute(text("SELECT count(*) FROM things"))).scalar_one() == 0
    await sqlite.close()


@asynccontextmanager
async def beating() -> AsyncIterator[None]:
    """The event loop goes on within the block."""
    beats = 0

    async def beat() -> None:
        nonlocal beats
        while True:
            beats += 1
            await asyncio.sleep(0.001)

    heart = asyncio.create_task(beat())
    yield
    heart.cancel()
    assert beats > 5


async def test_a_long_query_leaves_the_event_loop_to_others(sqlite: Database) -> None:
    count = text(
        "SELECT count(*) FROM "
        "(WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i + 1 FROM n) SELECT i FROM n LIMIT 3000000)"
    )
    async with sqlite.read() as session:
        async with beating():
            assert (await session.execute(count)).scalar_one() == 3_000_000
        assert (await session.execute(text("SELECT count(*) FROM things"))).scalar_one() == 0
    await sqlite.close()


async def test_a_lock_of_another_process_is_waited_for_and_the_event_loop_is_not_held(sqlite: Database) -> None:
    other = sqlite3.connect(str(sqlite.engine.url.database), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    for name in ("a", "b"):
        let_go = asyncio.get_running_loop().call_later(0.2, other.execute, "COMMIT")
        async with sqlite.write() as session:
            await session.execute(text("INSERT INTO things (name) VALUES (:name)"), {"name": name})
        assert let_go.when() <= asyncio.get_running_loop().time() < let_go.when() + 2
        other.execute("BEGIN IMMEDIATE")
    other.close()
    await sqlite.close()


async def test_the_log_is_moved_into_the_database_now_and_then(sqlite: Database, tmp_path: Path) -> None:
    for number in range(3 * COMMITS_BETWEEN_CHECKPOINTS):
        async with sqlite.write() as session:
            await session.execute(text("INSERT INTO things (name) VALUES (:name)"), {"name": f"{number}" * 100})
    log, database = (tmp_path / name for name in ("trips.db-wal", "trips.db"))
    assert log.stat().st_size < 2 * 2**20
    assert database.stat().st_size > 50_000
    await sqlite.close()


async def test_a_cancelled_statement_spoils_neither_its_connection_nor_the_next(sqlite: Database) -> None:
    async def count_for_long() -> None:
        async with sqlite.read() as session:
            await session.execute(COUNT, {"most": 2_000_000})

    task = asyncio.create_task(count_for_long())
    await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    async with sqlite.write() as session:
        await session.execute(text("INSERT INTO things (name) VALUES ('a')"))
    async with sqlite.read() as session:
        assert (await session.execute(text("SELECT count(*) FROM things"))).scalar_one() == 1
    await sqlite.close()


async def test_a_log_that_can_not_be_moved_now_fails_no_commit(sqlite: Database) -> None:
    many = select(text("id")).select_from(text("things"), COUNT.columns(column("i")).subquery())
    for number in range(2 * COMMITS_BETWEEN_CHECKPOINTS):
        async with sqlite.write() as session:
            await session.execute(text("INSERT INTO things (name) VALUES (:name)"), {"name": str(number)})
            streamed = await session.stream_scalars(many, {"most": 2 * FIRST_ROWS})
            await anext(streamed)  # left open, which holds the connection to the database's state of now
    async with sqlite.read() as session:
        count = (await session.execute(text("SELECT count(*) FROM things"))).scalar_one()
    assert count == 2 * COMMITS_BETWEEN_CHECKPOINTS
    await sqlite.close()


@pytest.mark.parametrize(
    "act", [lambda own: own.cursor().execute("SELECT 1"), OneTripConnection.commit, OneTripConnection.rollback]
)
async def test_what_follows_a_cancelled_statement_does_not_hold_the_event_loop_until_that_ends(
    tmp_path: Path, act: Callable[[OneTripConnection], Awaitable[object]]
) -> None:
    own = await connect(str(tmp_path / "own.db"), timeout=1, isolation_level=None)
    await own.cursor().execute("BEGIN")
    long = "WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i + 1 FROM n LIMIT 3000000) SELECT count(*) FROM n"
    task = asyncio.create_task(own.cursor().execute(long))
    await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    async with beating():
        await act(own)
    await own.close()
