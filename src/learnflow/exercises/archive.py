"""Taking an exercise out of the catalogue."""

from sqlalchemy import delete, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from learnflow.core.clock import now
from learnflow.events.catalog import ExerciseArchived
from learnflow.events.outbox import publish
from learnflow.exercises import queries
from learnflow.exercises.models import Exercise


async def remove(session: AsyncSession, exercise_id: int) -> None:
    """Delete the exercise when nothing refers to it, else archive it: nothing a student did is lost.

    What refers to it (hand-ins, runs, progress, hints) is the database's to know: its foreign keys refuse the delete.
    Removing an archived exercise again changes nothing. Raises ExerciseNotFound.
    """
    before = await queries.current(session, exercise_id)
    try:
        async with session.begin_nested():
            await session.execute(delete(Exercise).where(Exercise.id == exercise_id))
        deleted = True
    except IntegrityError:
        deleted = False
        if before.archived_at is not None:
            return
        await session.execute(update(Exercise).where(Exercise.id == exercise_id).values(archived_at=now()))
    publish(session, ExerciseArchived(exercise_id=exercise_id, deleted=deleted), subject=f"exercise/{exercise_id}")
