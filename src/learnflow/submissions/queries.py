"""SQL of the submissions room."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import defer

from learnflow.accounts.models import Student
from learnflow.exercises.errors import ExerciseNotFound
from learnflow.exercises.models import Exercise
from learnflow.submissions.models import CaseOutcome, Execution, Submission


@dataclass(frozen=True, slots=True)
class ExerciseHead:
    """What handing in needs of an exercise: everything else of it stays where it is."""

    version: int
    archived_at: datetime | None


async def exercise_head(session: AsyncSession, exercise_id: int) -> ExerciseHead:
    """Raises ExerciseNotFound."""
    found = await session.execute(select(Exercise.version, Exercise.archived_at).where(Exercise.id == exercise_id))
    row = found.one_or_none()
    if row is None:
        raise ExerciseNotFound(exercise_id)
    return ExerciseHead(row.version, row.archived_at)


async def student_exists(session: AsyncSession, student_id: int) -> bool:
    return await session.scalar(select(Student.id).where(Student.id == student_id)) is not None


async def submission(session: AsyncSession, submission_id: int) -> Submission | None:
    return (await session.execute(select(Submission).where(Submission.id == submission_id))).scalar_one_or_none()


async def status_of(session: AsyncSession, submission_id: int) -> str | None:
    status: str | None = await session.scalar(select(Submission.status).where(Submission.id == submission_id))
    return status


async def case_outcomes(session: AsyncSession, submission_id: int) -> Sequence[CaseOutcome]:
    """In the exercise's order."""
    statement = select(CaseOutcome).where(CaseOutcome.submission_id == submission_id).order_by(CaseOutcome.position)
    return (await session.scalars(statement)).all()


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
