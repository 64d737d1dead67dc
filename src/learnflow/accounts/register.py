"""Register: a new account."""

from sqlalchemy.ext.asyncio import AsyncSession

from learnflow.accounts import queries
from learnflow.accounts.access import Role
from learnflow.accounts.emails import email_key
from learnflow.accounts.errors import EmailTaken
from learnflow.accounts.models import Student
from learnflow.accounts.passwords import PasswordWorker, refuse_weak_password
from learnflow.core.clock import now
from learnflow.core.context import act_as, current_origin
from learnflow.core.database import Database, insert_or_ignore
from learnflow.core.ids import new_uuid
from learnflow.events.catalog import StudentRegistered
from learnflow.events.outbox import publish


async def register(
    database: Database,
    worker: PasswordWorker,
    *,
    email: str,
    name: str,
    password: str,
    grade_level: str | None = None,
    role: Role = Role.student,
) -> Student:
    """The new account. Raises EmailTaken, InvalidInput for a weak password, Unavailable when too many are hashing."""
    refuse_weak_password(password, email=email, name=name)
    async with database.read() as session:
        if await queries.student_by_email_key(session, email_key(email)):
            raise EmailTaken  # before the price of a hash; what decides is the insertion
    async with worker.turn() as turn:
        password_hash = await turn.hash(password)
    async with database.write() as session:
        return await _add(session, email, name, password_hash, grade_level, role)


async def _add(
    session: AsyncSession, email: str, name: str, password_hash: str, grade_level: str | None, role: Role
) -> Student:
    moment = now()
    key = email_key(email)
    added = await session.scalar(
        insert_or_ignore(session, Student, conflict=["email_key"])
        .values(
            user_id=new_uuid(),
            email=email,
            email_key=key,
            name=name,
            role=role.value,
            password_hash=password_hash,
            grade_level=grade_level,
            on_leaderboard=False,
            is_active=True,
            created_at=moment,
            updated_at=moment,
        )
        .returning(Student)
    )
    if added is None:
        raise EmailTaken
    student: Student = added
    if current_origin().request_id:  # on the command line the operator acts, not the new account
        act_as(actor_id=student.id, actor_role=student.role)
    publish(
        session,
        StudentRegistered(student_id=student.id, role=student.role),
        subject=f"student/{student.id}",
        key=student.user_id,
    )
    return student
