"""Shapes of the events room."""

import re
from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, Field

_RFC_3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d")


def _in_utc(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError as error:
        raise ValueError("must lie between the years 1 and 9999 in UTC") from error


def _as_rfc_3339(value: object) -> object:
    """pydantic also takes a number for a time; in a query that is a slip, not a time of 1970."""
    if isinstance(value, str) and not _RFC_3339.match(value):
        raise ValueError("write a time with its zone, such as 2026-11-24T08:00:00Z")
    return value


Moment = Annotated[AwareDatetime, BeforeValidator(_as_rfc_3339), AfterValidator(_in_utc)]
"""A time with its zone, RFC 3339."""


class AuditEntry(BaseModel):
    """One entry of the audit log: what happened, who caused it, from where."""

    event_id: UUID
    occurred_at: datetime
    type: str = Field(examples=["learnflow.student.signed_in"])
    subject: str = Field(description="The thing it is about.", examples=["submission/17"])
    actor_id: int | None = Field(description="Id of who caused it; null for a guest or the system.", examples=[3])
    actor_role: str | None = Field(description="Their role then; `system` for the system itself.", examples=["student"])
    address: str | None = Field(description="The caller's IP address.", examples=["192.0.2.17"])
    request_id: str | None = Field(description="The request that caused it, as in the log.")
    data: dict[str, Any] = Field(description="The event's own ids and figures.", examples=[{"student_id": 3}])
