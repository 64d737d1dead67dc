"""Putting work into the judging queue, and how full it is. Graders take it out: `grading.queue`.

Each student's waiting work is spread over turns, one piece a turn, and graders take turn after turn: a hundred hand-ins
of one student stand behind the first one or two of everybody else (ADR 7).
"""

from enum import IntEnum

from sqlalchemy import bindparam, func, insert, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from learnflow.accounts.models import Student
from learnflow.core.clock import now
from learnflow.core.database import hold_row
from learnflow.submissions.models import QueuedWork, judging_queue


class Priority(IntEnum):
    """Lower is sooner; within one priority turns count, within a turn the order of arrival."""

    execution = 0
    submission = 1
    regrade = 2


WAITING = select(func.count()).select_from(judging_queue)
"""How many pieces of work are queued or being judged; the queue's limit bounds what counting costs."""

_SAME = judging_queue.c.priority == bindparam("rank")
# The first that waits is found behind those that are being judged, of which there are as many as graders.
_FIRST_WAITING = (
    select(judging_queue.c.turn)
    .where(_SAME, judging_queue.c.leased_by.is_(None))
    .order_by(judging_queue.c.turn, judging_queue.c.id)
    .limit(1)
)
_OWN_LAST = select(func.max(judging_queue.c.turn)).where(_SAME, judging_queue.c.student_id == bindparam("owner"))
_TURNS = (
    select(_FIRST_WAITING.scalar_subquery().label("turn"))
    .union_all(select(_OWN_LAST.scalar_subquery().label("turn")))
    .subquery()
)
_NEXT_TURN = select(func.coalesce(func.max(_TURNS.c.turn), 0) + 1)
_ENQUEUE = insert(judging_queue).values(
    priority=bindparam("rank"),
    turn=_NEXT_TURN.scalar_subquery(),
    student_id=bindparam("owner"),
    submission_id=bindparam("submission"),
    execution_id=bindparam("execution"),
    attempt=0,
    enqueued_at=bindparam("moment", type_=judging_queue.c.enqueued_at.type),
)
_HAS_EXECUTION = (
    select(judging_queue.c.id)
    .where(judging_queue.c.priority == int(Priority.execution), judging_queue.c.student_id == bindparam("owner"))
    .limit(1)
)


async def enqueue_submission(session: AsyncSession, submission_id: int, *, student_id: int) -> None:
    await hold_row(session, Student.id, student_id)
    await _enqueue(session, Priority.submission, student_id, submission_id=submission_id)


async def enqueue_execution(session: AsyncSession, execution_id: int, *, student_id: int) -> None:
    """A student's execution goes ahead of all submissions; another one beside it waits as a submission does."""
    await hold_row(session, Student.id, student_id)
    another = await session.scalar(_HAS_EXECUTION, {"owner": student_id}) is not None
    priority = Priority.submission if another else Priority.execution
    await _enqueue(session, priority, student_id, execution_id=execution_id)


async def _enqueue(
    session: AsyncSession,
    priority: Priority,
    student_id: int,
    *,
    submission_id: int | None = None,
    execution_id: int | None = None,
) -> None:
    work = {"submission": submission_id, "execution": execution_id}
    await session.execute(_ENQUEUE, {"rank": int(priority), "owner": student_id, "moment": now(), **work})


async def attempt_of(session: AsyncSession, submission_id: int) -> int | None:
    """Which attempt at the submission runs or ran last; None when it is not in the queue."""
    found: int | None = await session.scalar(
        select(QueuedWork.attempt).where(QueuedWork.submission_id == submission_id)
    )
    return found


_MINE = (
    select(judging_queue.c.priority, judging_queue.c.turn, judging_queue.c.id)
    .where(judging_queue.c.submission_id == bindparam("submission"))
    .subquery()
)
_ORDER = tuple_(judging_queue.c.priority, judging_queue.c.turn, judging_queue.c.id)
_POSITION = (
    select(func.count())
    .select_from(judging_queue)
    .join(_MINE, tuple_(_MINE.c.priority, _MINE.c.turn, _MINE.c.id) >= _ORDER)
)


async def position(session: AsyncSession, submission_id: int) -> int | None:
    """How many pieces of work come up before this one is done, itself included; None when it is not in the queue.

    It can grow: a student who has less waiting is let in ahead.
    """
    return await session.scalar(_POSITION, {"submission": submission_id}) or None
