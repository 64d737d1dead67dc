"""What this process needs to do its work, each by its name."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from alembic.script import ScriptDirectory
from fastapi import FastAPI
from sqlalchemy import func, select, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from learnflow.core.clock import now
from learnflow.core.config import Settings
from learnflow.core.database import Database
from learnflow.core.logging import get_logger
from learnflow.entry.migrate import alembic_config
from learnflow.events.queries import outbox_length
from learnflow.events.relay import Relay
from learnflow.grading.service import GradingService
from learnflow.submissions.models import QueuedWork

PATIENCE_SECONDS = 3.0
"""For one check that asks the database."""

log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Check:
    """One dependency: whether it is there, and what an operator wants to know about it."""

    name: str
    ready: bool
    detail: str


@dataclass(frozen=True, slots=True)
class QueueState:
    """Pieces of work waiting or being judged, and the seconds the oldest has been there."""

    length: int
    oldest_seconds: float


async def queue_state(session: AsyncSession) -> QueueState:
    row = (await session.execute(select(func.count(), func.min(QueuedWork.enqueued_at)))).one()
    oldest: datetime | None = row[1]
    return QueueState(row[0], max(0.0, (now() - oldest).total_seconds()) if oldest else 0.0)


async def checks(app: FastAPI) -> list[Check]:
    """Every dependency's state, asked just now."""
    return [
        await _asking(app, "database", _database),
        await _asking(app, "migrations", _migrations),
        _judge(app),
        await _asking(app, "queue", _queue),
        await _asking(app, "relay", _relay),
    ]


async def _asking(app: FastAPI, name: str, ask: Callable[[FastAPI, AsyncSession], Awaitable[Check]]) -> Check:
    database: Database = app.state.database
    try:
        async with asyncio.timeout(PATIENCE_SECONDS), database.read() as session:
            return await ask(app, session)
    except (SQLAlchemyError, OSError, TimeoutError) as error:
        log.warning("not_ready", dependency=name, error=type(error).__name__)
        return Check(name, False, f"The database does not answer ({type(error).__name__}).")


async def _database(_app: FastAPI, session: AsyncSession) -> Check:
    await session.execute(text("SELECT 1"))
    return Check("database", True, "It answers.")


async def _migrations(_app: FastAPI, session: AsyncSession) -> Check:
    found = await session.scalar(text("SELECT version_num FROM alembic_version"))
    wanted = newest_migration()
    if found != wanted:
        return Check("migrations", False, f"The tables are at {found}, not {wanted}. Run `learnflow migrate`.")
    return Check("migrations", True, f"The tables are at {found}.")


@cache
def newest_migration() -> str | None:
    """The migration this version of the program needs."""
    return ScriptDirectory.from_config(alembic_config("")).get_current_head()


def _judge(app: FastAPI) -> Check:
    grading: GradingService = app.state.grading
    if grading.size == 0:
        return Check("judge", True, "No graders in this process (LEARNFLOW_GRADERS=0): `learnflow grader` judges.")
    if not grading.judging:
        return Check("judge", False, grading.advice)
    sentences = [f"{grading.size} graders, isolation tier {grading.tier}."]
    usable = [module.name for module in grading.modules.modules if module.fault is None]
    if usable:
        sentences.append(f"Modules offered: {', '.join(usable)}.")
    return Check("judge", True, " ".join([*sentences, *grading.modules.faults, grading.advice]).strip())


async def _queue(app: FastAPI, session: AsyncSession) -> Check:
    settings: Settings = app.state.settings
    state = await queue_state(session)
    # Ready though it be full: hand-ins are told to come back, and a balancer that gave up on every server at once for
    # it would take the reading away from everybody too.
    return Check(
        "queue",
        True,
        f"{state.length} of at most {settings.queue_limit} in it, the oldest for {state.oldest_seconds:.0f} s.",
    )


async def _relay(app: FastAPI, session: AsyncSession) -> Check:
    relay: Relay = app.state.relay
    waiting = await outbox_length(session)
    return Check(
        "relay", relay.is_alive, f"{waiting} events wait; {relay.keys_held} keys are held by an event that fails."
    )
