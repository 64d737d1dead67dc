"""Transactions commit at the edge or not at all; times come back as they went in."""

import asyncio
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import select
from sqlalchemy.exc import StatementError

from learnflow.core.clock import now
from learnflow.core.database import Database, insert_or_ignore, upsert
from learnflow.events.models import RelayLease


def lease(name: str, expires_at: datetime | None = None) -> RelayLease:
    return RelayLease(name=name, holder="test", expires_at=expires_at or now())


async def names(database: Database) -> list[str]:
    async with database.read() as session:
        return list(await session.scalars(select(RelayLease.name).order_by(RelayLease.name)))


async def test_a_write_that_raises_leaves_nothing(database: Database) -> None:
    async def write_and_fail() -> None:
        async with database.write() as session:
            session.add(lease("a"))
            await session.flush()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await write_and_fail()
    assert await names(database) == []


async def test_writers_at_once_all_get_their_turn(database: Database) -> None:
    async def add(number: int) -> None:
        async with database.write() as session:
            await session.execute(select(RelayLease))
            session.add(lease(f"{number:03}"))

    await asyncio.gather(*(add(number) for number in range(30)))
    assert len(await names(database)) == 30


async def test_times_come_back_aware_and_in_utc(database: Database) -> None:
    moment = datetime(2026, 11, 24, 9, 30, tzinfo=timezone(timedelta(hours=5, minutes=30)))
    async with database.write() as session:
        session.add(lease("a", moment))
    async with database.read() as session:
        stored = await session.scalar(select(RelayLease.expires_at))
    assert stored == moment
    assert stored is not None
    assert stored.tzinfo is UTC


async def test_a_time_without_a_zone_is_refused(database: Database) -> None:
    with pytest.raises(StatementError, match="without a time zone"):
        async with database.write() as session:
            session.add(lease("a", datetime(2026, 11, 24)))  # noqa: DTZ001  the point of the test


async def test_insert_or_ignore_and_upsert(database: Database) -> None:
    async with database.write() as session:
        row = {"name": "a", "holder": "first", "expires_at": now()}
        for _ in range(2):
            await session.execute(insert_or_ignore(session, RelayLease, conflict=["name"]).values(**row))
        statement = upsert(session, RelayLease, conflict=("name",), replace=("holder",))
        await session.execute(statement, row | {"holder": "second"})
    async with database.read() as session:
        assert list(await session.scalars(select(RelayLease.holder))) == ["second"]
