"""SQLite without a trip to another thread for what takes microseconds.

aiosqlite gives every connection a thread, and a statement four trips to it: make a cursor, execute, fetch, close. Each
trip wakes two threads that contend for the interpreter, which costs more than most statements do; a hand-in makes some
thirty. This connection runs a statement where it is asked for, on the event loop, if that can't take long:

- what begins, reads or changes within a transaction. A SELECT that has not ended after SHORT_STEPS is broken off and
  run again in the thread, and so is any statement that finds the database locked by another process: inside there is
  no waiting. Changes are not broken off, which would undo the transaction: they are the short ones of requests.
- A commit only appends to the write-ahead log here. Moving the log into the database, which waits for the disk, is for
  the thread, after every COMMITS_BETWEEN_CHECKPOINTS of a connection.

Only a statement with more rows than FIRST_ROWS keeps its cursor open, so that a streamed result is not read as a whole.
"""

import sqlite3
from collections import deque
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, Self

import aiosqlite

from learnflow.core.logging import get_logger

FIRST_ROWS = 1000
COMMITS_BETWEEN_CHECKPOINTS = 100
SHORT_STEPS = 20_000  # instructions of SQLite's machine, about two milliseconds
_AT_ONCE = ("SELECT ", "INSERT ", "UPDATE ", "DELETE ", "BEGIN")
_TRY_IN_THREAD = (sqlite3.SQLITE_INTERRUPT, sqlite3.SQLITE_BUSY)

log = get_logger(__name__)


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
        await self._connection.short_or_in_thread(sql, partial(self._run, sql, parameters))
        return self

    async def executemany(self, sql: str, rows: Iterable[Iterable[Any]]) -> Self:
        await self._connection.short_or_in_thread(sql, partial(self._run_many, sql, rows))
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

    def __init__(self, connector: Callable[[], sqlite3.Connection], busy_timeout_ms: int) -> None:
        super().__init__(self._open, iter_chunk_size=64)
        self._open_file = connector
        self._busy_timeout_ms = busy_timeout_ms
        self._in_thread = 0  # how many calls the thread has not ended; one may go on when who asked was cancelled
        self._breaks_off = False
        self._commits = 0

    def _open(self) -> sqlite3.Connection:
        connection = self._open_file()
        connection.set_progress_handler(lambda: int(self._breaks_off), SHORT_STEPS)
        connection.execute("PRAGMA wal_autocheckpoint=0")
        return connection

    @property
    def sqlite(self) -> sqlite3.Connection:
        return self._conn

    async def in_thread(self, act: Callable[..., Any], *arguments: Any) -> Any:
        def run() -> Any:
            try:
                return act(*arguments)
            finally:
                self._in_thread -= 1

        self._in_thread += 1
        return await self._execute(run)  # type: ignore[no-untyped-call]  # aiosqlite leaves it untyped

    async def short_or_in_thread(self, sql: str, act: Callable[[], None]) -> None:
        """Run a statement here if it can't take long, else in the thread, where it waits for whoever holds a lock."""
        if not self._in_thread and sql.startswith(_AT_ONCE):
            self._breaks_off = sql.startswith("SELECT")
            try:
                act()
            except sqlite3.OperationalError as error:
                if getattr(error, "sqlite_errorcode", 0) & 0xFF not in _TRY_IN_THREAD:
                    raise
            else:
                return
            finally:
                self._breaks_off = False
        await self.in_thread(self._patiently, act)

    async def rollback(self) -> None:
        if self._in_thread:
            await self.in_thread(self.sqlite.rollback)
        else:
            self.sqlite.rollback()

    async def commit(self) -> None:
        if self._in_thread:
            await self.in_thread(self.sqlite.commit)
        else:
            self.sqlite.commit()
        self._commits += 1
        if self._commits % COMMITS_BETWEEN_CHECKPOINTS == 0:
            await self.in_thread(self._move_log)

    def cursor(self) -> OneTripCursor:  # type: ignore[override]  # the part of aiosqlite's Cursor that is used
        return OneTripCursor(self)

    def _move_log(self) -> None:
        try:
            # Fetched to its end: a statement left open would hold the connection to the database's state of now.
            self.sqlite.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
        except sqlite3.Error as error:  # the commit itself has succeeded, and the log is moved by a later one
            log.warning("log_not_moved", error=str(error))

    def _patiently(self, act: Callable[[], None]) -> None:
        self.sqlite.execute(f"PRAGMA busy_timeout={self._busy_timeout_ms}")
        try:
            act()
        finally:
            self.sqlite.execute("PRAGMA busy_timeout=0")


def connect(database: str, *, timeout: float, **options: Any) -> OneTripConnection:
    """For SQLAlchemy's `async_creator_fn`: a connection that opens when it is awaited. `timeout` is in seconds."""
    connector = partial(sqlite3.connect, database, **(options | {"timeout": 0, "check_same_thread": False}))
    connection = OneTripConnection(connector, int(timeout * 1000))
    connection._thread.daemon = True  # noqa: SLF001  # as SQLAlchemy does: an open connection must not keep a process alive
    return connection
