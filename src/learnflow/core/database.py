"""The database: engine, transactions, column types. One of two places that know which database it is.

Transactions are opened at the edge (`ReadSession`, `WriteSession`, or `Database.read()` and `.write()` for work that
lasts longer than one request) and committed there; nothing below commits.

SQLite has one writer at a time: `write()` queues this process's writers in a lock of ours, which is fair and wakes at
once, instead of letting them poll the file lock; other processes are waited for with the busy timeout. So: hash
passwords and wait for graders outside `write()`.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import asynccontextmanager, nullcontext
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Annotated, Any, ClassVar

from fastapi import Depends, Request
from sqlalchemy import BigInteger, DateTime, Dialect, Integer, MetaData, Table, TypeDecorator, event, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, mapped_column

from learnflow.core import sqlite_trips

BUSY_TIMEOUT_MS = 10_000
_ANNOUNCES = "learnflow.announces"

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcDateTime(TypeDecorator[datetime]):
    """An aware UTC time on both databases; SQLite has no time zones, so they are put back on reading."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a time zone cannot be stored")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


BigId = BigInteger().with_variant(Integer, "sqlite")
"""SQLite numbers rows by itself only for a column of type INTEGER, which holds 64 bits there."""


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map: ClassVar[dict[Any, Any]] = {datetime: UtcDateTime, int: BigId}


NEVER_REUSE_IDS = {"sqlite_autoincrement": True}
"""For `__table_args__`: SQLite would give a deleted last row's id to the next one, and an old claim would fit it."""

IntegerId = Annotated[int, mapped_column(BigId, primary_key=True, autoincrement=True)]


class Database:
    """One engine with its transactions; made by `entry`, closed by `close()`."""

    def __init__(self, url: str, *, pool_size: int = 10) -> None:
        parsed = make_url(url)
        self.file: Path | None = None
        """Where it is on this machine, if it is a file."""
        self.is_sqlite = parsed.get_backend_name() == "sqlite"
        options: dict[str, Any] = {"hide_parameters": True, "pool_pre_ping": not self.is_sqlite, "pool_size": pool_size}
        if self.is_sqlite:
            if parsed.database and parsed.database != ":memory:":
                self.file = Path(parsed.database)
                self.file.parent.mkdir(parents=True, exist_ok=True)
            options["connect_args"] = {"timeout": BUSY_TIMEOUT_MS / 1000, "async_creator_fn": sqlite_trips.connect}
        self.engine = create_async_engine(parsed, max_overflow=pool_size, **options)
        if self.is_sqlite:
            event.listen(self.engine.sync_engine, "connect", _prepare_sqlite)
            event.listen(self.engine.sync_engine, "begin", _begin_sqlite)
        self._reads = async_sessionmaker(self.engine, expire_on_commit=False)
        self._writes = async_sessionmaker(self.engine.execution_options(writes=True), expire_on_commit=False)
        self._writer = asyncio.Lock() if self.is_sqlite else None
        self.announced = asyncio.Event()
        """Set when a transaction commits whose session said so with `announce`; whoever waits for it clears it."""

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncSession]:
        """A session that changes nothing; on SQLite all of it sees one state, on PostgreSQL each statement its own."""
        async with self._reads() as session:
            yield session

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncSession]:
        """A transaction: commits when the block ends, rolls back when it raises. Keep it short."""
        async with self._writer or nullcontext(), self._writes() as session:
            async with session.begin():
                yield session
            if session.info.get(_ANNOUNCES):
                self.announced.set()

    @asynccontextmanager
    async def write_connection(self) -> AsyncIterator[AsyncConnection]:
        """A transaction without a session, for migrations."""
        async with self.engine.execution_options(writes=True).begin() as connection:
            yield connection

    @asynccontextmanager
    async def connect(self) -> AsyncIterator[AsyncConnection]:
        async with self.engine.connect() as connection:
            yield connection

    async def close(self) -> None:
        await self.engine.dispose()


def _prepare_sqlite(connection: Any, _record: object) -> None:
    # The driver's own BEGIN is late and deferred; with it off, `_begin_sqlite` decides.
    connection.isolation_level = None
    try:
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=NORMAL")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.close()
    except Exception:
        connection.close()  # the pool doesn't know it yet, and each holds a thread
        raise


def _begin_sqlite(connection: Any) -> None:
    # A deferred transaction that later writes fails at once when another has written: writers announce themselves.
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def announce(session: AsyncSession) -> None:
    """Have `Database.announced` set once this session's transaction has committed."""
    session.info[_ANNOUNCES] = True


async def hold_row(session: AsyncSession, key: Any, value: int) -> None:
    """Have other transactions that would hold the same row (where column `key` is `value`) wait for the end of this.

    For what must not be decided twice at the same moment. On SQLite writers wait for each other anyway.
    """
    if session.get_bind().dialect.name != "sqlite":
        await session.execute(select(key).where(key == value).with_for_update(key_share=True))


def insert_or_ignore(session: AsyncSession, table: Any, *, conflict: Sequence[str]) -> Any:
    """INSERT … ON CONFLICT (`conflict`) DO NOTHING, for the session's database."""
    return _inserts(_dialect(session))(table).on_conflict_do_nothing(index_elements=list(conflict))


def upsert(
    session: AsyncSession,
    model: type[Base],
    *,
    conflict: tuple[str, ...],
    add: tuple[str, ...] = (),
    replace: tuple[str, ...] = (),
    returning: bool = False,
) -> Any:
    """INSERT a row or rows, or on a conflict add to the columns `add` and overwrite the columns `replace`, if any.

    Give the values to `session.execute` beside it: the statement is built and compiled once for any of them.
    """
    return _upsert(_dialect(session), model, conflict, add, replace, returning)


@cache
def _upsert(
    dialect: str,
    model: type[Base],
    conflict: tuple[str, ...],
    add: tuple[str, ...],
    replace: tuple[str, ...],
    returning: bool,
) -> Any:
    table = table_of(model)
    statement = _inserts(dialect)(table)
    changes = {name: table.c[name] + statement.excluded[name] for name in add}
    changes |= {name: statement.excluded[name] for name in replace}
    if changes:
        statement = statement.on_conflict_do_update(index_elements=list(conflict), set_=changes)
    else:
        statement = statement.on_conflict_do_nothing(index_elements=list(conflict))
    return statement.returning(*table.c) if returning else statement


def table_of(model: type[Base]) -> Table:
    """A model's table, for statements that make no objects."""
    table = model.__table__
    assert isinstance(table, Table)
    return table


def _dialect(session: AsyncSession) -> str:
    return session.get_bind().dialect.name


def _inserts(dialect: str) -> Any:
    return postgresql.insert if dialect == "postgresql" else sqlite.insert


def database_of(request: Request) -> Database:
    database: Database = request.app.state.database
    return database


async def _database(request: Request) -> Database:
    return database_of(request)  # a dependency that is no coroutine would make a trip to a thread


async def _read_session(request: Request) -> AsyncGenerator[AsyncSession]:
    async with database_of(request).read() as session:
        yield session


async def _write_session(request: Request) -> AsyncGenerator[AsyncSession]:
    async with database_of(request).write() as session:
        yield session


# scope="function": the transaction ends before the answer is sent, so a failed commit is never told as a success.
ReadSession = Annotated[AsyncSession, Depends(_read_session, scope="function")]
WriteSession = Annotated[AsyncSession, Depends(_write_session, scope="function")]
DatabaseDep = Annotated[Database, Depends(_database)]
