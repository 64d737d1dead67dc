"""One trip per statement gives what aiosqlite's four gave."""

from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, OperationalError

from learnflow.core.database import Database
from learnflow.core.sqlite_trips import FIRST_ROWS

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
