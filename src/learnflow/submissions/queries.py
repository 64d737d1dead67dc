"""SQL of the submissions room."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import defer

from learnflow.accounts.models import Student
from learnflow.exercises.errors import ExerciseNotFound
from learnflow.exercises.models import Exercise
from learnflow.submissions.models import CaseOutcome, Execution, Submission
from learnflow.submissions.queue import WAITING


@dataclass(frozen=True, slots=True)
class Target:
    """What handing in needs of an exercise, and how many pieces of work are in the queue."""

    version: int
    archived_at: datetime | None
    waiting: int


_TARGET = select(Exercise.version, Exercise.archived_at, WAITING.scalar_subquery().label("waiting")).where(
    Exercise.id == bindparam("exercise_id")
)


async def target(session: AsyncSession, exercise_id: int) -> Target:
    """Raises ExerciseNotFound."""
    row = (await session.execute(_TARGET, {"exercise_id": exercise_id})).one_or_none()
    if row is None:
        raise ExerciseNotFound(exercise_id)
    return Target(row.version, row.archived_at, row.waiting)


async def require_exercise(session: AsyncSession, exercise_id: int) -> None:
    """Raises ExerciseNotFound; an archived exercise is one too."""
    if await session.scalar(select(Exercise.id).where(Exercise.id == exercise_id)) is None:
        raise ExerciseNotFound(exercise_id)


async def waiting(session: AsyncSession) -> int:
    """How many pieces of work are in the queue."""
    return await session.scalar(WAITING) or 0


async def student_exists(session: AsyncSession, student_id: int) -> bool:
    return await session.scalar(select(Student.id).where(Student.id == student_id)) is not None


_SUBMISSION = select(Submission).where(Submission.id == bindparam("submission"))
_OUTCOMES = (
    select(CaseOutcome).where(CaseOutcome.submission_id == bindparam("submission")).order_by(CaseOutcome.position)
)


async def submission(session: AsyncSession, submission_id: int) -> Submission | None:
    return (await session.execute(_SUBMISSION, {"submission": submission_id})).scalar_one_or_none()


async def status_of(session: AsyncSession, submission_id: int) -> str | None:
    status: str | None = await session.scalar(select(Submission.status).where(Submission.id == submission_id))
    return status


async def case_outcomes(session: AsyncSession, submission_id: int) -> Sequence[CaseOutcome]:
    """In the exercise's order."""
    return (await session.scalars(_OUTCOMES, {"submission": submission_id})).all()


async def page(
    session: AsyncSession,
    *,
    student_id: int | None = None,
    exercise_id: int | None = None,
    before: int | None,
    limit: int,
) -> Sequence[Submission]:
    """Up to `limit` submissions, newest first, without their code, of a student, for an exercise, or both."""
    statement = select(Submission).options(defer(Submission.code, raiseload=True))
    if student_id is not None:
        statement = statement.where(Submission.student_id == student_id)
    if exercise_id is not None:
        statement = statement.where(Submission.exercise_id == exercise_id)
    if before is not None:
        statement = statement.where(Submission.id < before)
    return (await session.scalars(statement.order_by(Submission.id.desc()).limit(limit))).all()


async def execution(session: AsyncSession, execution_id: int) -> Execution | None:
    return (await session.execute(select(Execution).where(Execution.id == execution_id))).scalar_one_or_none()
