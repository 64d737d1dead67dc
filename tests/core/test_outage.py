"""A database that is away is told in a line; what it refuses keeps its traceback, and never what was in the row."""

import logging

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from learnflow.core.database import Database
from learnflow.core.logging import get_logger
from learnflow.core.outage import is_away, log_failure, reason

NOWHERE = "postgresql+asyncpg://nobody@127.0.0.1:1/nowhere"


async def failure(database: Database, statement: str, **values: str) -> Exception:
    try:
        async with database.read() as session:
            await session.execute(text(statement), values)
    except (DBAPIError, OSError) as error:
        return error
    raise AssertionError("it was answered")


async def test_a_database_that_is_away_is_one_line(caplog: pytest.LogCaptureFixture) -> None:
    away = Database(NOWHERE)
    error = await failure(away, "SELECT 1")
    await away.close()
    assert is_away(error)
    log_failure(get_logger("test"), "failed", error)
    (record,) = caplog.records
    assert record.levelno == logging.WARNING
    assert record.exc_info is None
    assert "\n" not in record.getMessage()


async def test_what_the_database_refuses_is_our_fault(database: Database) -> None:
    error = await failure(database, "SELECT * FROM no_such_table WHERE secret = :secret", secret="xyzzy")
    assert not is_away(error)
    assert "no_such_table" in reason(error)
    assert "\n" not in reason(error)
    assert "xyzzy" not in str(error)
