"""SQL of the accounts room."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Row, bindparam, delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from learnflow.accounts.models import RefreshToken, SignInSession, Student

_SIGNED_IN = (
    select(Student, SignInSession.expires_at, SignInSession.revoked_at)
    .join(SignInSession, SignInSession.student_id == Student.id)
    .where(SignInSession.id == bindparam("session"), Student.user_id == bindparam("user"))
)


async def signed_in(
    session: AsyncSession, *, user_id: UUID, session_id: int
) -> Row[Student, datetime, datetime | None] | None:
    """The student with when the session `session_id` of theirs expires and was revoked, in one statement."""
    return (await session.execute(_SIGNED_IN, {"session": session_id, "user": user_id})).one_or_none()


async def student_by_email_key(session: AsyncSession, key: str) -> Student | None:
    return await session.scalar(select(Student).where(Student.email_key == key))


async def locked_student(session: AsyncSession, student_id: int) -> Student | None:
    """The row as it is now, held against changes until the transaction ends."""
    return await session.scalar(
        select(Student)
        .where(Student.id == student_id)
        .with_for_update(key_share=True)  # others may go on to insert rows that point at this one
        .execution_options(populate_existing=True)
    )


async def students(session: AsyncSession) -> Sequence[Student]:
    return (await session.scalars(select(Student).order_by(Student.id))).all()


async def locked_session_of_token(session: AsyncSession, token_hash: str) -> SignInSession | None:
    """The session that a refresh token belongs to, held against changes until the transaction ends.

    Always before its tokens: two transactions that lock both in the same order can't wait for each other.
    """
    return await session.scalar(
        select(SignInSession)
        .join(RefreshToken, RefreshToken.session_id == SignInSession.id)
        .where(RefreshToken.token_hash == token_hash)
        .with_for_update(key_share=True, of=SignInSession)
    )


async def use_refresh_token(session: AsyncSession, token_hash: str, *, at: datetime) -> bool:
    """Use up a token; False when it was used before."""
    used = await session.scalar(
        update(RefreshToken)
        .where(RefreshToken.token_hash == token_hash, RefreshToken.used_at.is_(None))
        .values(used_at=at)
        .returning(RefreshToken.id)
    )
    return used is not None


async def refresh_token_used_at(session: AsyncSession, token_hash: str) -> datetime | None:
    return await session.scalar(select(RefreshToken.used_at).where(RefreshToken.token_hash == token_hash))


async def revoke_sessions(
    session: AsyncSession,
    student_id: int,
    *,
    because: str,
    at: datetime,
    only: int | None = None,
    except_for: int | None = None,
) -> Sequence[int]:
    """Revoke a student's standing sessions; the ids of those that were."""
    statement = update(SignInSession).where(
        SignInSession.student_id == student_id, SignInSession.revoked_at.is_(None), SignInSession.expires_at > at
    )
    if only is not None:
        statement = statement.where(SignInSession.id == only)
    if except_for is not None:
        statement = statement.where(SignInSession.id != except_for)
    revoked = statement.values(revoked_at=at, revoked_because=because).returning(SignInSession.id)
    return (await session.scalars(revoked)).all()


async def standing_sessions(
    session: AsyncSession, student_id: int, *, at: datetime, before: int | None, limit: int
) -> Sequence[SignInSession]:
    """At most `limit` sessions that are neither revoked nor expired, newest first, with ids below `before`."""
    statement = (
        select(SignInSession)
        .where(
            SignInSession.student_id == student_id, SignInSession.revoked_at.is_(None), SignInSession.expires_at > at
        )
        .order_by(SignInSession.id.desc())
        .limit(limit)
    )
    if before is not None:
        statement = statement.where(SignInSession.id < before)
    return (await session.scalars(statement)).all()


async def forget_expired_sessions(session: AsyncSession, student_id: int, *, at: datetime) -> None:
    """Delete what nothing can be done with any more, refresh tokens included."""
    await session.execute(
        delete(SignInSession).where(SignInSession.student_id == student_id, SignInSession.expires_at <= at)
    )
