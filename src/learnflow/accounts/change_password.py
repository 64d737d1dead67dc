"""Change a password: by its owner, who stays signed in here, or by the operator, who knows no password of anybody."""

from learnflow.accounts import queries
from learnflow.accounts.access import Caller
from learnflow.accounts.emails import email_key
from learnflow.accounts.errors import PasswordChangedMeanwhile, StudentNotFound, WrongPassword
from learnflow.accounts.guesses import GuessLimit
from learnflow.accounts.models import Student
from learnflow.accounts.passwords import PasswordWorker, refuse_weak_password
from learnflow.accounts.sign_out import end_sessions
from learnflow.core.clock import now
from learnflow.core.database import Database
from learnflow.core.errors import InvalidInput
from learnflow.events.catalog import PasswordChanged
from learnflow.events.outbox import publish


async def change_password(
    database: Database,
    worker: PasswordWorker,
    guesses: GuessLimit,
    student: Student,
    caller: Caller,
    *,
    current_password: str,
    new_password: str,
) -> None:
    """Replace the caller's password and end every other session of theirs.

    Raises WrongPassword (guesses count as those of sign-in do), InvalidInput for a weak new one,
    PasswordChangedMeanwhile, TooManyRequests, Unavailable.
    """
    refuse_weak_password(new_password, email=student.email, name=student.name, field="new_password")
    if new_password == current_password:
        raise InvalidInput.of("new_password", "This is the current password. Choose another.")
    await guesses.require_some_left(student.email_key)
    async with worker.turn() as turn:
        await guesses.require_some_left(student.email_key)
        if not await turn.verify(current_password, student.password_hash):
            await guesses.count_failure(student.email_key)
            raise WrongPassword
        fresh_hash = await turn.hash(new_password)
    await _replace(
        database, student, fresh_hash, by="student", because="password_changed", except_for=caller.session_id
    )


async def reset_password(database: Database, worker: PasswordWorker, *, email: str, new_password: str) -> Student:
    """Give somebody a new password and end all their sessions. Raises StudentNotFound, InvalidInput for a weak one."""
    async with database.read() as session:
        student = await queries.student_by_email_key(session, email_key(email))
    if student is None:
        raise StudentNotFound(email)
    refuse_weak_password(new_password, email=student.email, name=student.name)
    async with worker.turn() as turn:
        fresh_hash = await turn.hash(new_password)
    await _replace(database, student, fresh_hash, by="operator", because="password_reset")
    return student


async def _replace(
    database: Database, student: Student, fresh_hash: str, *, by: str, because: str, except_for: int | None = None
) -> None:
    async with database.write() as session:
        current = await queries.locked_student(session, student.id)
        if current is None or current.password_hash != student.password_hash:
            raise PasswordChangedMeanwhile
        current.password_hash = fresh_hash
        current.updated_at = now()
        await end_sessions(
            session, student_id=student.id, user_id=student.user_id, because=because, except_for=except_for
        )
        publish(
            session,
            PasswordChanged(student_id=student.id, by=by),
            subject=f"student/{student.id}",
            key=student.user_id,
        )
