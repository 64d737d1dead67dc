"""What the progress room reads: attempts, active days, one row of progress."""

from datetime import UTC, date

from sqlalchemy import and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from learnflow.progress.formula import Attempt, attempt
from learnflow.submissions.models import Submission

IS_ATTEMPT = or_(
    Submission.status.in_(("passed", "failed")),
    and_(Submission.status == "error", Submission.evaluated_score.is_not(None)),
)
"""Which submissions count: those graded; one that ended as `error`, our own fault, only once a teacher scored it."""


async def attempts_at(session: AsyncSession, student_id: int, exercise_id: int) -> list[Attempt]:
    """The student's graded attempts at an exercise in the order of handing in."""
    rows = await session.execute(
        select(Submission.submitted_at, Submission.status, Submission.score, Submission.evaluated_score)
        .where(
            Submission.student_id == student_id,
            Submission.exercise_id == exercise_id,
            IS_ATTEMPT,
        )
        .order_by(Submission.submitted_at, Submission.id)
    )
    return [
        attempt(submitted_at=at, passed=status == "passed", score=score or 0, evaluated_score=evaluated)
        for at, status, score, evaluated in rows
    ]


async def active_days(session: AsyncSession, student_id: int) -> set[date]:
    """The UTC days on which the student handed in something that was graded."""
    found: set[date] = set()
    rows = await session.stream_scalars(
        select(Submission.submitted_at).where(Submission.student_id == student_id, IS_ATTEMPT)
    )
    async for at in rows:
        found.add(at.astimezone(UTC).date())
    return found
