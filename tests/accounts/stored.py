"""What the database holds, asked behind the application's back."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from learnflow.accounts.models import RefreshToken, SignInSession, Student
from learnflow.core.database import Database
from learnflow.events.models import OutboxRow, SystemEvent


async def events_of(database: Database, kind: str) -> list[dict[str, Any]]:
    """The data of the events of that type (its last word), published or still waiting to be."""
    name = f"learnflow.student.{kind}"
    async with database.read() as session:
        # In this order: what is published between the two is seen twice rather than never.
        waiting = await session.scalars(select(OutboxRow).where(OutboxRow.type == name))
        events = {row.event_id: row.data for row in waiting}
        published = await session.scalars(select(SystemEvent).where(SystemEvent.type == name))
        events |= {row.event_id: row.data for row in published}
    return [events[event_id] for event_id in sorted(events)]


async def session_row(database: Database, session_id: int) -> SignInSession:
    async with database.read() as session:
        return await session.get_one(SignInSession, session_id)


async def student_row(database: Database, student_id: int) -> Student:
    async with database.read() as session:
        return await session.get_one(Student, student_id)


async def students(database: Database) -> Sequence[Student]:
    async with database.read() as session:
        return (await session.scalars(select(Student).order_by(Student.id))).all()


async def refresh_tokens(database: Database) -> Sequence[RefreshToken]:
    async with database.read() as session:
        return (await session.scalars(select(RefreshToken).order_by(RefreshToken.id))).all()
