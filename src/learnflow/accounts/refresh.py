"""Refresh: a new pair of tokens for a refresh token, which is used up by it.

A used token that comes again was copied by somebody, and nobody can tell which of the two is the thief: its session
ends. For a few seconds it is taken for a second tab of the same browser instead, which refreshed at the same moment.
"""

from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from learnflow.accounts import queries
from learnflow.accounts.errors import InvalidRefreshToken
from learnflow.accounts.models import Student
from learnflow.accounts.sign_in import OpenedSession, add_refresh_token
from learnflow.accounts.sign_out import end_sessions
from learnflow.accounts.tokens import refresh_token_hash
from learnflow.core.clock import now
from learnflow.core.context import act_as
from learnflow.core.database import Database


async def refresh(database: Database, token: str, *, days: int, grace_seconds: int) -> tuple[Student, OpenedSession]:
    """The student, and their session with its next refresh token. Raises InvalidRefreshToken.

    The refusal is raised after the transaction, not in it: what a reused token revoked has to stay revoked.
    """
    async with database.write() as session:
        renewed = await _renew(session, refresh_token_hash(token), days, timedelta(seconds=grace_seconds))
    if renewed is None:
        raise InvalidRefreshToken
    return renewed


async def _renew(
    session: AsyncSession, token_hash: str, days: int, grace: timedelta
) -> tuple[Student, OpenedSession] | None:
    place = await queries.locked_session_of_token(session, token_hash)
    if place is None:
        return None
    student = await session.get_one(Student, place.student_id)
    moment = now()
    if not await queries.use_refresh_token(session, token_hash, at=moment):
        used_at = await queries.refresh_token_used_at(session, token_hash)
        if used_at is not None and moment - used_at > grace:
            await end_sessions(
                session,
                student_id=student.id,
                user_id=student.user_id,
                because="reused_refresh_token",
                only=place.id,
            )
            return None
    if place.revoked_at is not None or place.expires_at <= moment or not student.is_active:
        return None
    place.refreshed_at = moment
    place.expires_at = moment + timedelta(days=days)
    act_as(actor_id=student.id, actor_role=student.role)
    return student, OpenedSession(place.id, add_refresh_token(session, place.id))
