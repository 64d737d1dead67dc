"""Submissions as they stand after handing in, without the detour over HTTP, and workers to judge them."""

from datetime import timedelta

from learnflow.accounts.access import Caller, Role
from learnflow.accounts.models import Student
from learnflow.core.clock import now
from learnflow.core.database import Database
from learnflow.core.ids import new_uuid
from learnflow.grading.worker import Bench
from learnflow.judge import ForkerPool
from learnflow.submissions.hand_in import hand_in
from learnflow.submissions.live import Live
from learnflow.submissions.models import Submission
from learnflow.submissions.queries import submission
from learnflow.submissions.schemas import HandIn
from tests.support.exercises import SOLUTION
from tests.support.people import PASSWORD_HASH


async def a_student(database: Database) -> Caller:
    user_id = new_uuid()
    async with database.write() as session:
        student = Student(
            user_id=user_id,
            email=f"{user_id}@school.example",
            email_key=f"{user_id}@school.example",
            name="Some student",
            role=Role.student.value,
            password_hash=PASSWORD_HASH,
            created_at=now(),
            updated_at=now(),
        )
        session.add(student)
        await session.flush()
    return Caller(Role.student, id=student.id, user_id=user_id)


async def handed_in(database: Database, student: Caller, exercise_id: int, code: str = SOLUTION) -> int:
    async with database.write() as session:
        work = HandIn(exercise_id=exercise_id, code=code)
        accepted = await hand_in(session, student, work, key=None, queue_limit=10_000)
    return accepted.submission_id


async def read(database: Database, submission_id: int) -> Submission:
    async with database.read() as session:
        found = await submission(session, submission_id)
    assert found is not None
    return found


def a_bench(database: Database, pool: ForkerPool, *, holder: str = "one", lease: float = 30) -> Bench:
    return Bench(database=database, live=Live(), pool=pool, holder=holder, lease=timedelta(seconds=lease))
