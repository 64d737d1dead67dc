"""One exercise's figures over all students, from its totals."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from learnflow.analytics.schemas import ExerciseStats
from learnflow.exercises.errors import ExerciseNotFound
from learnflow.exercises.models import Exercise
from learnflow.progress.models import ExerciseTotals


async def exercise_stats(session: AsyncSession, exercise_id: int) -> ExerciseStats:
    """Figures of an exercise, archived or not; zeros and nulls for one nobody tried. Raises ExerciseNotFound."""
    row = (
        await session.execute(
            select(Exercise.id, ExerciseTotals)
            .outerjoin(ExerciseTotals, ExerciseTotals.exercise_id == Exercise.id)
            .where(Exercise.id == exercise_id)
        )
    ).one_or_none()
    if row is None:
        raise ExerciseNotFound(exercise_id)
    totals = row[1] or ExerciseTotals(
        exercise_id=exercise_id,
        submissions=0,
        passed=0,
        students_tried=0,
        students_completed=0,
        best_score_sum=0,
        attempts_to_complete_sum=0,
    )
    return ExerciseStats(
        exercise_id=exercise_id,
        submissions=totals.submissions,
        passed=totals.passed,
        pass_rate=_ratio(totals.passed, totals.submissions, 4),
        students_tried=totals.students_tried,
        students_completed=totals.students_completed,
        completion_rate=_ratio(totals.students_completed, totals.students_tried, 4),
        average_best_score=_ratio(totals.best_score_sum, totals.students_tried, 2),
        average_attempts_to_complete=_ratio(totals.attempts_to_complete_sum, totals.students_completed, 2),
    )


def _ratio(part: int, whole: int, digits: int) -> float | None:
    return round(part / whole, digits) if whole else None
