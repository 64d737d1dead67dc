"""Telling a database that is away from one that refuses what it was asked, and saying so in the log.

While it is away every request, grader and upkeep round fails in the same way many times a second: one line each says
all there is to say. Anything else is our fault or the schema's, and needs its traceback.
"""

import socket

from sqlalchemy.exc import DBAPIError, InterfaceError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from structlog.stdlib import BoundLogger

LONGEST_REASON = 200


def is_away(error: BaseException) -> bool:
    """Whether the database could not be reached, or broke off."""
    if isinstance(error, DBAPIError) and not isinstance(error, InterfaceError):
        # A server that refuses connections while it starts or stops is told before there is any statement.
        return error.connection_invalidated or error.statement is None
    return isinstance(error, ConnectionError | socket.gaierror | TimeoutError | PoolTimeout | InterfaceError)


def reason(error: BaseException) -> str:
    """The driver's own words in one line, without statement and parameters."""
    said = str(getattr(error, "orig", None) or error).strip() or type(error).__name__
    return " ".join(said.split())[:LONGEST_REASON]


def log_failure(log: BoundLogger, event: str, error: BaseException) -> None:
    """One line when the database is away, a traceback for everything else."""
    if is_away(error):
        log.warning(event, error=type(error).__name__, reason=reason(error))
    else:
        log.error(event, exc_info=error)
