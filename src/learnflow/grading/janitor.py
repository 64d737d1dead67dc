"""What is kept for a while only: the content of runs for an hour, idempotency keys for a day.

Of a run kind, error type and times stay. Any number of processes may tidy at once.
"""

from datetime import timedelta

from sqlalchemy import delete, null, update

from learnflow.core.clock import now
from learnflow.core.database import Database
from learnflow.submissions.hand_in import KEY_LIFE
from learnflow.submissions.models import Execution, IdempotencyKey

CONTENT_LIFE = timedelta(hours=1)
SECONDS_BETWEEN_ROUNDS = 300.0


async def tidy(database: Database) -> None:
    at = now()
    async with database.write() as session:
        await session.execute(
            update(Execution)
            .where(Execution.emptied_at.is_(None), Execution.created_at <= at - CONTENT_LIFE)
            .values(request=null(), outcome=null(), emptied_at=at)
            .execution_options(synchronize_session=False)
        )
        await session.execute(
            delete(IdempotencyKey)
            .where(IdempotencyKey.created_at <= at - KEY_LIFE)
            .execution_options(synchronize_session=False)
        )
