"""What the exercises room asks about a student, answered from progress (`exercises.standing` is the port)."""

from sqlalchemy import Select, case, select
from sqlalchemy.ext.asyncio import AsyncSession

from learnflow.progress.models import Progress


class ProgressStanding:
    """A student's standing with exercises: solved once completed, tried before that, no row when untouched."""

    def statuses(self, student_id: int) -> Select[tuple[int, str]]:
        """Rows of (exercise_id, status), status being `tried` or `solved`, to use as a subquery."""
        status = case((Progress.completed_at.is_not(None), "solved"), else_="tried")
        return select(Progress.exercise_id, status.label("status")).where(Progress.student_id == student_id)

    async def has_solved(self, session: AsyncSession, student_id: int, exercise_id: int) -> bool:
        found = await session.scalar(
            select(Progress.id).where(
                Progress.student_id == student_id,
                Progress.exercise_id == exercise_id,
                Progress.completed_at.is_not(None),
            )
        )
        return found is not None
