"""HTTP in and out of the events room; `entry` puts an admin's sign-in in front, for accounts stands above this room."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from learnflow.core.database import ReadSession
from learnflow.core.errors import InvalidInput, documented
from learnflow.core.http import collection
from learnflow.core.ids import LARGEST_ID
from learnflow.core.pagination import Cursor, Limit, Page, decode_cursor, page_of
from learnflow.events.models import SystemEvent
from learnflow.events.queries import AuditFilter, audit_entries
from learnflow.events.schemas import AuditEntry, Moment

router = APIRouter(prefix="/api/events", tags=["events"])

TypeQuery = Annotated[
    str | None,
    Query(
        max_length=100,
        pattern=r"^[a-z_]+(\.[a-z_]+)*$",
        description="Only this type of event.",
        examples=["learnflow.student.signed_in"],
    ),
]
ActorQuery = Annotated[int | None, Query(ge=1, le=LARGEST_ID, description="Only what this person caused.")]
SubjectQuery = Annotated[
    str | None,
    Query(
        max_length=200,
        pattern=r"^[a-z_]+(/[A-Za-z0-9_.-]+)*$",
        description="Only what is about this thing.",
        examples=["submission/17"],
    ),
]
SinceQuery = Annotated[Moment | None, Query(description="Only what happened at this time or later.")]
UntilQuery = Annotated[Moment | None, Query(description="Only what happened before this time.")]


@collection(
    router,
    "GET",
    response_model=Page[AuditEntry],
    status_code=200,
    responses=documented(InvalidInput),
)
async def audit_log(
    session: ReadSession,
    type: TypeQuery = None,  # noqa: A002 - the parameter's name in the API
    actor_id: ActorQuery = None,
    subject: SubjectQuery = None,
    since: SinceQuery = None,
    until: UntilQuery = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[AuditEntry]:
    """The audit log, newest first: who did what, from where. For administrators."""
    wanted = AuditFilter(type=type, actor_id=actor_id, subject=subject, since=since, until=until)
    before = None
    if cursor is not None:
        at, event_id = decode_cursor(cursor, datetime, str)
        assert isinstance(at, datetime)
        before = (at, _event_id(event_id))
    rows = await audit_entries(session, wanted, before=before, limit=limit + 1)
    return page_of(rows, limit, _shown, lambda row: (row.occurred_at, str(row.event_id)))


def _event_id(text: object) -> UUID:
    try:
        return UUID(str(text))
    except ValueError as error:
        raise InvalidInput.of(
            "cursor", "This is not a cursor of this list. Use `next` of the page before, unchanged."
        ) from error


def _shown(row: SystemEvent) -> AuditEntry:
    return AuditEntry.model_validate(row, from_attributes=True)
