"""An event on its way: what the outbox holds and subscribers receive."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row


@dataclass(frozen=True, slots=True)
class Envelope:
    """`data` is the event's own, as JSON; `origin` is who caused it and from where (core.context.Origin's fields)."""

    event_id: UUID
    type: str
    topic: str
    key: str
    subject: str
    data: dict[str, Any]
    origin: dict[str, Any]
    occurred_at: datetime


def envelope_of(row: Row[Any]) -> Envelope:
    """From a row of the outbox."""
    return Envelope(
        event_id=row.event_id,
        type=row.type,
        topic=row.topic,
        key=row.key,
        subject=row.subject,
        data=row.data,
        origin=row.origin,
        occurred_at=row.occurred_at,
    )
