"""The audit log: every event, with who caused it and from where, in `system_events`."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from learnflow.core.database import upsert
from learnflow.events.envelope import Envelope
from learnflow.events.models import SystemEvent


async def record_in_audit_log(session: AsyncSession, envelopes: Sequence[Envelope]) -> None:
    """Add the events; those that are there already stay as they are."""
    rows = [
        {
            "occurred_at": envelope.occurred_at,
            "event_id": envelope.event_id,
            "type": envelope.type,
            "subject": envelope.subject,
            "actor_id": envelope.origin.get("actor_id"),
            "actor_role": envelope.origin.get("actor_role"),
            "address": envelope.origin.get("address"),
            "request_id": envelope.origin.get("request_id"),
            "data": envelope.data,
        }
        for envelope in envelopes
    ]
    await session.execute(upsert(session, SystemEvent, conflict=("occurred_at", "event_id")), rows)
