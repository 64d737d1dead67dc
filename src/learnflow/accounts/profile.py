"""What people may change about their own account; and the role, which only the operator may."""

from collections.abc import Mapping

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from learnflow.accounts import queries
from learnflow.accounts.access import Role
from learnflow.accounts.emails import email_key
from learnflow.accounts.errors import PseudonymTaken, StudentNotFound
from learnflow.accounts.models import Student
from learnflow.core.clock import now
from learnflow.core.errors import InvalidInput, NotSignedIn
from learnflow.events.catalog import ProfileChanged, RoleChanged
from learnflow.events.outbox import publish


async def change_profile(session: AsyncSession, student: Student, changes: Mapping[str, object]) -> Student:
    """The account with `changes` (column to value) made. Raises InvalidInput for the leaderboard without a pseudonym,
    PseudonymTaken."""
    current = await queries.locked_student(session, student.id)
    if current is None:
        raise NotSignedIn("This account does not exist any more.")
    changed = sorted(name for name, value in changes.items() if getattr(current, name) != value)
    if not changed:
        return current
    for name in changed:
        setattr(current, name, changes[name])
    if current.on_leaderboard and current.pseudonym is None:
        raise InvalidInput.of("pseudonym", "The leaderboard shows pseudonyms only: choose one, or leave it first.")
    current.updated_at = now()
    try:
        await session.flush()
    except IntegrityError as error:  # the pseudonym is the one unique thing among these
        raise PseudonymTaken from error
    publish(
        session,
        ProfileChanged(student_id=current.id, fields=changed),
        subject=f"student/{current.id}",
        key=current.user_id,
    )
    return current


async def set_role(session: AsyncSession, *, email: str, role: Role) -> Student:
    """The account with its new role. Raises StudentNotFound."""
    found = await queries.student_by_email_key(session, email_key(email))
    student = await queries.locked_student(session, found.id) if found else None
    if student is None:
        raise StudentNotFound(email)
    student.role = role.value
    student.updated_at = now()
    publish(
        session,
        RoleChanged(student_id=student.id, role=role.value),
        subject=f"student/{student.id}",
        key=student.user_id,
    )
    return student
