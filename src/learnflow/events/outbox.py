"""The transactional outbox: an event is written with what it tells, in one transaction, and published afterwards."""

from dataclasses import asdict
from typing import Any
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.event import listens_for
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session

from learnflow.core.clock import now
from learnflow.core.context import current_origin
from learnflow.core.database import announce, table_of
from learnflow.core.ids import new_uuid
from learnflow.events.catalog import Event
from learnflow.events.models import OutboxRow

SYSTEM_KEY = "system"
"""The Kafka key of events that belong to no student."""

_PUBLISHED = "learnflow.published"
_INSERT = insert(table_of(OutboxRow))


def publish(session: AsyncSession, event: Event, *, subject: str, key: UUID | None = None) -> None:
    """Add the event to the session's transaction.

    `subject` names the thing it is about (`submission/17`), `key` is the student's `user_id`: events of one key stay
    in order. Who caused it and from where is taken from `core.context`.
    """
    rows: list[dict[str, Any]] = session.info.setdefault(_PUBLISHED, [])
    rows.append(
        {
            "event_id": new_uuid(),
            "type": event.type,
            "topic": event.topic,
            "key": str(key) if key else SYSTEM_KEY,
            "subject": subject,
            "data": event.model_dump(mode="json"),
            "origin": asdict(current_origin()),
            "occurred_at": now(),
        }
    )
    announce(session)


@listens_for(Session, "before_commit")
def _write(session: Session) -> None:
    """All of a transaction's (or savepoint's) events in one statement, just before it commits."""
    rows = session.info.pop(_PUBLISHED, None)
    if rows:
        session.execute(_INSERT, rows)
