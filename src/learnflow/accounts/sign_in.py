"""Sign in: open a session."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from learnflow.accounts.models import RefreshToken, SignInSession, Student
from learnflow.accounts.tokens import new_refresh_token, refresh_token_hash
from learnflow.core.clock import now
from learnflow.core.context import current_origin

LONGEST_USER_AGENT = 300


@dataclass(frozen=True, slots=True)
class OpenedSession:
    """A session just opened and the first refresh token, which is told only here."""

    session_id: int
    refresh_token: str


async def open_session(
    session: AsyncSession, student: Student, *, days: int, user_agent: str | None = None
) -> OpenedSession:
    """A new session of `student` that lives `days` days without a refresh, opened from the address of the request."""
    moment = now()
    place = SignInSession(
        student_id=student.id,
        created_at=moment,
        refreshed_at=moment,
        expires_at=moment + timedelta(days=days),
        user_agent=user_agent.replace("\0", "")[:LONGEST_USER_AGENT] if user_agent else None,
        address=current_origin().address,
    )
    session.add(place)
    await session.flush()
    return OpenedSession(place.id, await add_refresh_token(session, place.id))


async def add_refresh_token(session: AsyncSession, session_id: int) -> str:
    token = new_refresh_token()
    session.add(RefreshToken(session_id=session_id, token_hash=refresh_token_hash(token), issued_at=now()))
    await session.flush()
    return token
