"""People for tests: really in the database, really signed in, without the price of a real password hash."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from fastapi import FastAPI

from learnflow.accounts.access import Role
from learnflow.accounts.models import Student
from learnflow.accounts.sign_in import open_session
from learnflow.accounts.tokens import mint_access_token
from learnflow.core.clock import now
from learnflow.core.config import Settings
from learnflow.core.database import Database
from learnflow.core.ids import new_uuid

PASSWORD = "a quiet blue bicycle"
PASSWORD_HASH = "$2b$04$/F3xNnMPM.TO9xkdpE5zOe8ymVBC5sK55znaYB1n0t38d2.U4tthq"  # of PASSWORD, at bcrypt's lowest cost


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who is signed in; `headers` carry the access token."""

    id: int
    user_id: UUID
    email: str
    name: str
    password: str
    role: Role
    session_id: int
    refresh_token: str
    headers: dict[str, str]


async def join(app: FastAPI, role: Role = Role.student, **fields: Any) -> Person:
    """A new person of that role, signed in to `app`; `fields` are columns of `students`."""
    settings: Settings = app.state.settings
    database: Database = app.state.database
    user_id = new_uuid()
    values: dict[str, Any] = {
        "user_id": user_id,
        "email": f"{role}-{user_id.hex}@school.example",
        "name": f"Some {role}",
        "role": role.value,
        "password_hash": PASSWORD_HASH,
        "created_at": now(),
        "updated_at": now(),
    } | fields
    values.setdefault("email_key", values["email"].lower())
    async with database.write() as session:
        student = Student(**values)
        session.add(student)
        await session.flush()
        opened = await open_session(session, student, days=settings.session_days)
    return Person(
        id=student.id,
        user_id=student.user_id,
        email=student.email,
        name=student.name,
        password=PASSWORD,
        role=role,
        session_id=opened.session_id,
        refresh_token=opened.refresh_token,
        headers=bearer(access_token(app, student, opened.session_id)),
    )


def access_token(app: FastAPI, student: Student | Person, session_id: int, *, at: datetime | None = None) -> str:
    """A real access token, as if issued `at`: give a time long past for an expired one."""
    settings: Settings = app.state.settings
    return mint_access_token(
        app.state.signing_key,
        user_id=student.user_id,
        session_id=session_id,
        role=str(student.role),
        minutes=settings.access_token_minutes,
        at=at,
    )


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}
