"""Sign out: end sessions, at once."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from learnflow.accounts import queries
from learnflow.core.clock import now
from learnflow.events.catalog import StudentSignedOut
from learnflow.events.outbox import publish


async def end_sessions(
    session: AsyncSession,
    *,
    student_id: int,
    user_id: UUID,
    because: str,
    only: int | None = None,
    except_for: int | None = None,
) -> Sequence[int]:
    """End a student's standing sessions (all, `only` one, or all `except_for` one) and tell; the ids of those ended."""
    ended = await queries.revoke_sessions(
        session, student_id, because=because, at=now(), only=only, except_for=except_for
    )
    for session_id in ended:
        publish(
            session,
            StudentSignedOut(student_id=student_id, session_id=session_id, because=because),
            subject=f"student/{student_id}",
            key=user_id,
        )
    return ended
