"""What a student has done with an exercise, told from above: `progress` knows, `entry` binds `app.state.standing`."""

from typing import Any, Literal, Protocol

from sqlalchemy import Select
from sqlalchemy.ext.asyncio import AsyncSession

Status = Literal["todo", "tried", "solved"]


class StandingSource(Protocol):
    def statuses(self, student_id: int) -> Select[*tuple[Any, ...]]:
        """A statement of (exercise_id, status) with a row for each exercise the student tried or solved."""
        ...

    async def has_solved(self, session: AsyncSession, student_id: int, exercise_id: int) -> bool: ...
