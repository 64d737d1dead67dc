"""Students, exercises and graded submissions as plain rows, for tests of what is counted from them."""

from datetime import UTC, datetime

from sqlalchemy.ext.asyncio import AsyncSession

from learnflow.accounts.models import Student
from learnflow.core.ids import new_uuid
from learnflow.exercises.models import Exercise
from learnflow.progress.formula import Figures
from learnflow.progress.record import record_outcome
from learnflow.submissions.models import Submission

MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
"""In month 2026-11 and ISO week 2026-W48."""


async def a_student(session: AsyncSession, **fields: object) -> Student:
    key = new_uuid()
    given = {
        "user_id": key,
        "email": f"{key.hex}@example.org",
        "email_key": f"{key.hex}@example.org",
        "name": "A Pupil",
        "role": "student",
        "password_hash": "!",
        "created_at": MONDAY,
        "updated_at": MONDAY,
    }
    student = Student(**(given | fields))
    session.add(student)
    await session.flush()
    return student


async def an_exercise(session: AsyncSession, *, topic: str = "loops", **fields: object) -> Exercise:
    given = {
        "slug": new_uuid().hex,
        "title": "Count to ten",
        "topic": topic,
        "module": "control-flow",
        "difficulty_level": "beginner",
        "language": "python",
        "version": 1,
        "created_at": MONDAY,
        "updated_at": MONDAY,
    }
    exercise = Exercise(**(given | fields))
    session.add(exercise)
    await session.flush()
    return exercise


async def a_submission(
    session: AsyncSession, student: Student, exercise: Exercise, *, score: int, at: datetime = MONDAY
) -> Submission:
    """A graded submission that nothing else knows of yet."""
    submission = Submission(
        student_id=student.id,
        exercise_id=exercise.id,
        exercise_version=exercise.version,
        language="python",
        code="print(1)",
        status="passed" if score == 100 else "failed",
        score=score,
        attempt=1,
        submitted_at=at,
        graded_at=at,
    )
    session.add(submission)
    await session.flush()
    return submission


async def an_attempt(
    session: AsyncSession, student: Student, exercise: Exercise, *, score: int, at: datetime = MONDAY
) -> Figures:
    """A graded submission, recorded as a grader records it."""
    await a_submission(session, student, exercise, score=score, at=at)
    return await record_outcome(
        session,
        student_id=student.id,
        student_key=student.user_id,
        exercise_id=exercise.id,
        topic=exercise.topic,
        passed=score == 100,
        score=score,
        submitted_at=at,
    )
