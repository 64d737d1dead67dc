"""SQLite with one trip to its thread for each statement.

aiosqlite gives every connection a thread, and a statement four trips to it: make a cursor, execute, fetch, close. Each
trip wakes two threads that contend for the interpreter, which costs more than most statements. This connection makes
one: it executes and fetches the first rows together, and closes the cursor when these were all. Only a statement with
more rows than FIRST_ROWS keeps its cursor open, so that a streamed result is not read as a whole.
"""

import sqlite3
from collections import deque
from collections.abc import Iterable
from functools import partial
from typing import Any, Self

import aiosqlite

FIRST_ROWS = 1000


class OneTripCursor:
    """What SQLAlchemy's adapter for aiosqlite uses of a cursor."""

    def __init__(self, connection: "OneTripConnection") -> None:
        self.description: Any = None
        self.rowcount = -1
        self.lastrowid: int | None = None
        self.arraysize = 1
        self._connection = connection
        self._rows: deque[Any] = deque()
        self._more: sqlite3.Cursor | None = None  # open, with rows that were not fetched yet

    async def __aenter__(self) -> Self:
        return self

    async def execute(self, sql: str, parameters: Iterable[Any] = ()) -> Self:
        await self._connection.in_thread(self._run, sql, parameters)
        return self

    async def executemany(self, sql: str, rows: Iterable[Iterable[Any]]) -> Self:
        await self._connection.in_thread(self._run_many, sql, rows)
        return self

    async def fetchall(self) -> list[Any]:
        if self._more is not None:
            self._rows.extend(await self._connection.in_thread(self._more.fetchall))
            await self.close()
        rows = list(self._rows)
        self._rows.clear()
        return rows

    async def fetchmany(self, size: int | None = None) -> list[Any]:
        wanted = self.arraysize if size is None else size
        if self._more is not None and len(self._rows) < wanted:
            self._rows.extend(await self._connection.in_thread(self._more.fetchmany, max(wanted, FIRST_ROWS)))
        return [self._rows.popleft() for _ in range(min(wanted, len(self._rows)))]

    async def fetchone(self) -> Any:
        rows = await self.fetchmany(1)
        return rows[0] if rows else None

    async def close(self) -> None:
        if self._more is not None:
            cursor, self._more = self._more, None
            await self._connection.in_thread(cursor.close)

    def _run(self, sql: str, parameters: Iterable[Any]) -> None:
        self._take(self._connection.sqlite.execute(sql, parameters))  # type: ignore[arg-type]  # a sequence, says the adapter

    def _run_many(self, sql: str, rows: Iterable[Iterable[Any]]) -> None:
        self._take(self._connection.sqlite.executemany(sql, rows))  # type: ignore[arg-type]  # sequences, as above

    def _take(self, cursor: sqlite3.Cursor) -> None:
        self.description = cursor.description
        self._rows = deque(cursor.fetchmany(FIRST_ROWS) if cursor.description else ())
        self.rowcount, self.lastrowid = cursor.rowcount, cursor.lastrowid
        if len(self._rows) == FIRST_ROWS:
            self._more = cursor
        else:
            cursor.close()


class OneTripConnection(aiosqlite.Connection):
    """An aiosqlite connection that hands out such cursors."""

    @property
    def sqlite(self) -> sqlite3.Connection:
        return self._conn

    async def in_thread(self, act: Any, *arguments: Any) -> Any:
        return await self._execute(act, *arguments)  # type: ignore[no-untyped-call]  # aiosqlite leaves it untyped

    def cursor(self) -> OneTripCursor:  # type: ignore[override]  # the part of aiosqlite's Cursor that is used
        return OneTripCursor(self)


def connect(database: str, **options: Any) -> OneTripConnection:
    """For SQLAlchemy's `async_creator_fn`: a connection that opens when it is awaited."""
    connection = OneTripConnection(partial(sqlite3.connect, database, **options), iter_chunk_size=64)
    connection._thread.daemon = True  # noqa: SLF001  # as SQLAlchemy does: an open connection must not keep a process alive
    return connection
