"""The transactional outbox: an event is written with what it tells, in one transaction, and published afterwards."""

from dataclasses import asdict
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from learnflow.core.clock import now
from learnflow.core.context import current_origin
from learnflow.core.database import announce
from learnflow.core.ids import new_uuid
from learnflow.events.catalog import Event
from learnflow.events.models import OutboxRow

SYSTEM_KEY = "system"
"""The Kafka key of events that belong to no student."""


def publish(session: AsyncSession, event: Event, *, subject: str, key: UUID | None = None) -> None:
    """Add the event to the session's transaction.

    `subject` names the thing it is about (`submission/17`), `key` is the student's `user_id`: events of one key stay
    in order. Who caused it and from where is taken from `core.context`.
    """
    session.add(
        OutboxRow(
            event_id=new_uuid(),
            type=event.type,
            topic=event.topic,
            key=str(key) if key else SYSTEM_KEY,
            subject=subject,
            data=event.model_dump(mode="json"),
            origin=asdict(current_origin()),
            occurred_at=now(),
        )
    )
    announce(session)
