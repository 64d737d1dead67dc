"""Sign in: open a session for who knows the password."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from learnflow.accounts import queries
from learnflow.accounts.emails import email_key
from learnflow.accounts.errors import AccountInactive, WrongCredentials
from learnflow.accounts.guesses import GuessLimit
from learnflow.accounts.models import RefreshToken, SignInSession, Student
from learnflow.accounts.passwords import PasswordWorker
from learnflow.accounts.tokens import new_refresh_token, refresh_token_hash
from learnflow.core.clock import now
from learnflow.core.context import act_as, current_origin
from learnflow.core.database import Database
from learnflow.events.catalog import SignInFailed, StudentSignedIn
from learnflow.events.outbox import publish

LONGEST_USER_AGENT = 300


@dataclass(frozen=True, slots=True)
class OpenedSession:
    """A session and its newest refresh token, which is told only here."""

    session_id: int
    refresh_token: str


async def sign_in(
    database: Database,
    worker: PasswordWorker,
    guesses: GuessLimit,
    *,
    email: str,
    password: str,
    days: int,
    user_agent: str | None,
) -> tuple[Student, OpenedSession]:
    """The student with that e-mail and password, and a session of `days` days.

    Raises WrongCredentials, in the same time whether the address is unknown or the password wrong; AccountInactive,
    only for the right password; TooManyRequests; Unavailable when too many are signing in.
    """
    key = email_key(email)
    await guesses.require_some_left(key)
    async with database.read() as session:
        student = await queries.student_by_email_key(session, key)
    async with worker.turn() as turn:
        await guesses.require_some_left(key)  # again: all the guesses that waited together count
        matches = await turn.verify(password, student.password_hash if student else None)
        if not matches:
            await guesses.count_failure(key)
    if student is None or not matches:
        await _tell_failure(database, student)
        raise WrongCredentials
    async with database.write() as session:
        current = await queries.locked_student(session, student.id)
        if current is not None and current.is_active and current.password_hash == student.password_hash:
            await queries.forget_expired_sessions(session, current.id, at=now())
            opened = await open_session(session, current, days=days, user_agent=user_agent)
            act_as(actor_id=current.id, actor_role=current.role)
            publish(
                session,
                StudentSignedIn(student_id=current.id, session_id=opened.session_id),
                subject=f"student/{current.id}",
                key=current.user_id,
            )
            return current, opened
    await _tell_failure(database, student)
    if current is not None and not current.is_active:
        raise AccountInactive
    raise WrongCredentials  # the password was changed while this one was being checked


async def _tell_failure(database: Database, student: Student | None) -> None:
    async with database.write() as session:
        publish(
            session,
            SignInFailed(student_id=student.id if student else None),
            subject=f"student/{student.id}" if student else "student",
            key=student.user_id if student else None,
        )


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
    return OpenedSession(place.id, add_refresh_token(session, place.id))


def add_refresh_token(session: AsyncSession, session_id: int) -> str:
    """A further refresh token of the session."""
    token = new_refresh_token()
    session.add(RefreshToken(session_id=session_id, token_hash=refresh_token_hash(token), issued_at=now()))
    return token
