"""Putting work into the judging queue, and how full it is. Graders take it out: `grading.queue`."""

from enum import IntEnum

from sqlalchemy import func, insert, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from learnflow.core.clock import now
from learnflow.submissions.models import QueuedWork, judging_queue


class Priority(IntEnum):
    """Lower is sooner; within one priority the order of arrival counts."""

    execution = 0
    submission = 1
    regrade = 2


WAITING = select(func.count()).select_from(judging_queue)
"""How many pieces of work are queued or being judged; the queue's limit bounds what counting costs."""

_ENQUEUE = insert(judging_queue)


async def enqueue_submission(session: AsyncSession, submission_id: int) -> None:
    await _enqueue(session, Priority.submission, submission_id=submission_id)


async def enqueue_execution(session: AsyncSession, execution_id: int) -> None:
    await _enqueue(session, Priority.execution, execution_id=execution_id)


async def _enqueue(session: AsyncSession, priority: Priority, **work: int) -> None:
    row = {"priority": int(priority), "attempt": 0, "enqueued_at": now(), **work}
    await session.execute(_ENQUEUE, row)


async def attempt_of(session: AsyncSession, submission_id: int) -> int | None:
    """Which attempt at the submission runs or ran last; None when it is not in the queue."""
    found: int | None = await session.scalar(
        select(QueuedWork.attempt).where(QueuedWork.submission_id == submission_id)
    )
    return found


async def position(session: AsyncSession, submission_id: int) -> int | None:
    """How many pieces of work come up before this one is done, itself included; None when it is not in the queue."""
    mine = select(QueuedWork.priority, QueuedWork.id).where(QueuedWork.submission_id == submission_id).subquery()
    count = await session.scalar(
        select(func.count())
        .select_from(QueuedWork)
        .join(mine, tuple_(QueuedWork.priority, QueuedWork.id) <= tuple_(mine.c.priority, mine.c.id))
    )
    return count or None
