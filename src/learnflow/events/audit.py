"""The audit log: every event, with who caused it and from where, in `system_events`."""

from sqlalchemy.ext.asyncio import AsyncSession

from learnflow.core.database import insert_or_ignore
from learnflow.events.envelope import Envelope
from learnflow.events.models import SystemEvent


async def record_in_audit_log(session: AsyncSession, envelope: Envelope) -> None:
    """Add the event; one that is there already stays as it is."""
    origin = envelope.origin
    await session.execute(
        insert_or_ignore(session, SystemEvent, conflict=["occurred_at", "event_id"]).values(
            occurred_at=envelope.occurred_at,
            event_id=envelope.event_id,
            type=envelope.type,
            subject=envelope.subject,
            actor_id=origin.get("actor_id"),
            actor_role=origin.get("actor_role"),
            address=origin.get("address"),
            request_id=origin.get("request_id"),
            data=envelope.data,
        )
    )
