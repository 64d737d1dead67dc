"""Counting the statements that a piece of work sends to the database."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from sqlalchemy import event

from learnflow.core.database import Database

_counting: ContextVar[bool] = ContextVar("counting", default=False)
"""True in the work that is counted, and not in what runs beside it, such as the relay."""


@contextmanager
def statements_of(database: Database) -> Iterator[list[str]]:
    """The SQL sent by the block's own requests while it runs."""
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if _counting.get() and not statement.startswith("BEGIN"):
            sent.append(statement)

    engine = database.engine.sync_engine
    event.listen(engine, "before_cursor_execute", note)
    token = _counting.set(True)
    try:
        yield sent
    finally:
        _counting.reset(token)
        event.remove(engine, "before_cursor_execute", note)
