"""One student's figures, from rows that are kept: what they cost grows with the catalogue, not with submissions."""

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from learnflow.analytics.schemas import ExerciseProgress, StudentStats, TopicCompletion
from learnflow.core.clock import now
from learnflow.core.errors import NotFound
from learnflow.exercises.models import Exercise
from learnflow.progress.formula import streak_today
from learnflow.progress.models import Progress, StudentTotals
from learnflow.submissions.queries import student_exists


async def require_student(session: AsyncSession, student_id: int) -> None:
    """Raises NotFound, in the words that hide another's existence, when there is no such student."""
    if not await student_exists(session, student_id):
        raise NotFound(f"There is no student {student_id}.")


async def progress_of(
    session: AsyncSession, student_id: int, *, after: int | None, limit: int
) -> list[ExerciseProgress]:
    """Up to `limit` exercises that the student has begun, in the order of their ids, from behind `after`."""
    query = (
        select(Progress, Exercise.title, Exercise.topic)
        .join(Exercise, Exercise.id == Progress.exercise_id)
        .where(Progress.student_id == student_id)
    )
    if after is not None:
        query = query.where(Progress.exercise_id > after)
    rows = await session.execute(query.order_by(Progress.exercise_id).limit(limit))
    return [
        ExerciseProgress(
            exercise_id=progress.exercise_id,
            title=title,
            topic=topic,
            status="completed" if progress.completed_at else "in_progress",
            attempts=progress.attempts,
            best_score=progress.best_score,
            first_attempt_at=progress.first_attempt_at,
            last_attempt_at=progress.last_attempt_at,
            completed_at=progress.completed_at,
        )
        for progress, title, topic in rows
    ]


async def student_stats(session: AsyncSession, student_id: int) -> StudentStats:
    """All figures of a student; zeros for one who has not begun."""
    totals = await session.get(StudentTotals, student_id)
    topics = await _completion_per_topic(session, student_id)
    if totals is None:
        totals = StudentTotals(
            student_id=student_id,
            submissions=0,
            passed=0,
            exercises_tried=0,
            exercises_completed=0,
            points=0,
            streak_days=0,
            longest_streak_days=0,
            last_active_on=None,
        )
    return StudentStats(
        student_id=student_id,
        submissions=totals.submissions,
        passed=totals.passed,
        exercises_tried=totals.exercises_tried,
        exercises_completed=totals.exercises_completed,
        points=totals.points,
        streak_days=streak_today(totals.streak_days, totals.last_active_on, now().date()),
        longest_streak_days=totals.longest_streak_days,
        last_active_on=totals.last_active_on,
        topics=topics,
    )


async def _completion_per_topic(session: AsyncSession, student_id: int) -> list[TopicCompletion]:
    rows = await session.execute(
        select(
            Exercise.topic,
            func.count(Exercise.id),
            func.count(Progress.id),
            func.count(Progress.completed_at),
        )
        .outerjoin(Progress, (Progress.exercise_id == Exercise.id) & (Progress.student_id == student_id))
        .where(Exercise.archived_at.is_(None))
        .group_by(Exercise.topic)
        .order_by(Exercise.topic)
    )
    return [
        TopicCompletion(topic=topic, exercises=exercises, tried=tried, completed=completed)
        for topic, exercises, tried, completed in rows
    ]
