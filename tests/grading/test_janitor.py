"""What is kept for a while only."""

from datetime import timedelta

from sqlalchemy import select, update

from learnflow.core.clock import now
from learnflow.core.database import Database
from learnflow.grading.janitor import tidy
from learnflow.submissions.hand_in import hand_in
from learnflow.submissions.models import IdempotencyKey, Submission
from learnflow.submissions.schemas import HandIn
from tests.grading.support import a_student


async def test_a_key_is_deleted_after_a_day_and_its_submission_stays(database: Database, exercise_id: int) -> None:
    student = await a_student(database)
    async with database.write() as session:
        for key in ("old", "new"):
            await hand_in(session, student, HandIn(exercise_id=exercise_id, code="x"), key=key, queue_limit=10)
        a_day_ago = now() - timedelta(hours=24)
        await session.execute(update(IdempotencyKey).where(IdempotencyKey.key == "old").values(created_at=a_day_ago))
    await tidy(database)
    async with database.read() as session:
        assert list(await session.scalars(select(IdempotencyKey.key))) == ["new"]
        assert len(list(await session.scalars(select(Submission.id)))) == 2
