"""SQL of the accounts room."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncSession

from learnflow.accounts.models import SignInSession, Student


async def signed_in(
    session: AsyncSession, *, user_id: UUID, session_id: int
) -> Row[Student, datetime, datetime | None] | None:
    """The student with when the session `session_id` of theirs expires and was revoked, in one statement."""
    statement = (
        select(Student, SignInSession.expires_at, SignInSession.revoked_at)
        .join(SignInSession, SignInSession.student_id == Student.id)
        .where(SignInSession.id == session_id, Student.user_id == user_id)
    )
    return (await session.execute(statement)).one_or_none()
