"""The transactional outbox: an event is written with what it tells, in one transaction, and published afterwards."""

from dataclasses import asdict
from typing import Any
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.event import listens_for
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session, SessionTransaction

from learnflow.core.clock import now
from learnflow.core.context import current_origin
from learnflow.core.database import announce, table_of
from learnflow.core.ids import new_uuid
from learnflow.events.catalog import Event
from learnflow.events.models import OutboxRow

SYSTEM_KEY = "system"
"""The Kafka key of events that belong to no student."""

_PUBLISHED = "learnflow.published"
_BEFORE = "learnflow.published_before"  # savepoint -> how many were published when it was set
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
    """All of a transaction's events in one statement, just before it commits. Those of a savepoint wait for it too."""
    if session.in_nested_transaction():
        return
    session.info.pop(_BEFORE, None)
    rows = session.info.pop(_PUBLISHED, None)
    if rows:
        session.execute(_INSERT, rows)


@listens_for(Session, "after_transaction_create")
def _remember(session: Session, transaction: SessionTransaction) -> None:
    if transaction.nested:
        session.info.setdefault(_BEFORE, {})[transaction] = len(session.info.get(_PUBLISHED, ()))


@listens_for(Session, "after_soft_rollback")
def _take_back(session: Session, transaction: SessionTransaction) -> None:
    """What was published since a savepoint, or since the transaction's begin, goes with it."""
    if transaction.nested or transaction.parent is None:  # else it is a flush's own, and one of the two follows
        before = session.info.get(_BEFORE, {}).pop(transaction, 0)
        del session.info.get(_PUBLISHED, [])[before:]
