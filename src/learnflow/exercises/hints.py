"""The ladder of hints: one more rung at a time, and it is remembered who has seen which."""

from sqlalchemy.ext.asyncio import AsyncSession

from learnflow.accounts.access import Caller
from learnflow.core.clock import now
from learnflow.core.database import insert_or_ignore
from learnflow.events.catalog import HintRevealed
from learnflow.events.outbox import publish
from learnflow.exercises import queries
from learnflow.exercises.disclosure import require_visible, shown_hint
from learnflow.exercises.errors import NoMoreHints
from learnflow.exercises.models import HintReveal
from learnflow.exercises.schemas import HintOut


async def reveal_next(session: AsyncSession, exercise_id: int, caller: Caller) -> HintOut:
    """The next hint for a signed-in caller, recorded. Asked twice at once, both answers may be the same rung.

    Raises ExerciseNotFound, NoMoreHints.
    """
    assert caller.id is not None
    published = await queries.current(session, exercise_id)
    require_visible(published, caller)
    rung = await queries.revealed_hints(session, caller.id, exercise_id) + 1
    if rung > len(published.hints):
        raise NoMoreHints(len(published.hints))
    statement = insert_or_ignore(session, HintReveal, conflict=["student_id", "exercise_id", "rung"])
    row = {"student_id": caller.id, "exercise_id": exercise_id, "rung": rung, "revealed_at": now()}
    if (await session.execute(statement.values(**row).returning(HintReveal.rung))).one_or_none() is not None:
        event = HintRevealed(student_id=caller.id, exercise_id=exercise_id, rung=rung)
        publish(session, event, subject=f"exercise/{exercise_id}", key=caller.user_id)
    return shown_hint(published, rung)
