"""What is read of events: the audit log, and how much waits to be relayed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from learnflow.events.models import OutboxRow, SystemEvent


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """What of the audit log is wanted; None: no matter. `since` is included, `until` is not."""

    type: str | None = None
    actor_id: int | None = None
    subject: str | None = None
    since: datetime | None = None
    until: datetime | None = None


async def audit_entries(
    session: AsyncSession, wanted: AuditFilter, *, before: tuple[datetime, UUID] | None, limit: int
) -> Sequence[SystemEvent]:
    """Up to `limit` entries, newest first, from behind the one named by `before`."""
    query = select(SystemEvent)
    for column, value in (
        (SystemEvent.type, wanted.type),
        (SystemEvent.actor_id, wanted.actor_id),
        (SystemEvent.subject, wanted.subject),
    ):
        if value is not None:
            query = query.where(column == value)
    if wanted.since is not None:
        query = query.where(SystemEvent.occurred_at >= wanted.since)
    if wanted.until is not None:
        query = query.where(SystemEvent.occurred_at < wanted.until)
    if before is not None:
        at, event_id = before
        query = query.where(
            SystemEvent.occurred_at <= at, or_(SystemEvent.occurred_at < at, SystemEvent.event_id < event_id)
        )
    newest_first = query.order_by(SystemEvent.occurred_at.desc(), SystemEvent.event_id.desc())
    return (await session.scalars(newest_first.limit(limit))).all()


async def outbox_length(session: AsyncSession) -> int:
    """Events that wait for the relay."""
    return await session.scalar(select(func.count()).select_from(OutboxRow)) or 0
