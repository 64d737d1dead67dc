"""Tables of the events room."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Index, String, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from learnflow.core.database import NEVER_REUSE_IDS, Base, IntegerId


class OutboxRow(Base):
    """An event written in the transaction that made it true, waiting to be published; deleted afterwards.

    `origin` (who, from where) stays in this database: it goes to the audit log, never to Kafka.
    """

    __tablename__ = "outbox"
    __table_args__ = (NEVER_REUSE_IDS,)

    id: Mapped[IntegerId]
    event_id: Mapped[UUID] = mapped_column(Uuid, unique=True)
    type: Mapped[str] = mapped_column(String(100))
    topic: Mapped[str] = mapped_column(String(100))
    key: Mapped[str] = mapped_column(String(100))
    subject: Mapped[str] = mapped_column(String(200))
    data: Mapped[dict[str, Any]] = mapped_column(JSON)
    origin: Mapped[dict[str, Any]] = mapped_column(JSON)
    occurred_at: Mapped[datetime]


class RelayLease(Base):
    """Which process relays just now: one at a time, so that events of a key keep their order."""

    __tablename__ = "relay_lease"

    name: Mapped[str] = mapped_column(String(50), primary_key=True)
    holder: Mapped[str] = mapped_column(String(100))
    expires_at: Mapped[datetime]


class SystemEvent(Base):
    """The audit log: who did what, from where. To be partitioned by month, so no foreign key points here (ADR 4)."""

    __tablename__ = "system_events"
    __table_args__ = (
        Index("ix_system_events_type_occurred_at", "type", "occurred_at"),
        Index("ix_system_events_actor_id_occurred_at", "actor_id", "occurred_at"),
        Index("ix_system_events_subject_occurred_at", "subject", "occurred_at"),
    )

    occurred_at: Mapped[datetime] = mapped_column(primary_key=True)
    event_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    type: Mapped[str] = mapped_column(String(100))
    subject: Mapped[str] = mapped_column(String(200))
    actor_id: Mapped[int | None]
    actor_role: Mapped[str | None] = mapped_column(String(20))
    address: Mapped[str | None] = mapped_column(String(64))
    request_id: Mapped[str | None] = mapped_column(String(128))
    data: Mapped[dict[str, Any]] = mapped_column(JSON)
