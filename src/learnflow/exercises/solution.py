"""Reading the solution: after solving the exercise, or when its policy allows."""

from sqlalchemy.ext.asyncio import AsyncSession

from learnflow.accounts.access import Caller
from learnflow.exercises import queries
from learnflow.exercises.disclosure import require_visible, shown_solution
from learnflow.exercises.schemas import SolutionOut
from learnflow.exercises.standing import StandingSource


async def read_solution(
    session: AsyncSession, exercise_id: int, caller: Caller, *, standing: StandingSource
) -> SolutionOut:
    """Raises ExerciseNotFound, SolutionLocked."""
    assert caller.id is not None
    published = await queries.current(session, exercise_id)
    require_visible(published, caller)
    solved = await standing.has_solved(session, caller.id, exercise_id)
    return shown_solution(published, caller, solved=solved)
