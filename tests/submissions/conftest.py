"""One school in an application that judges nothing (`…`) and one in an application that really judges (`judged_…`)."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import httpx
import pytest
from fastapi import FastAPI

from learnflow.accounts.access import Role
from tests.conftest import client_of
from tests.support.exercises import SOLUTION, published_exercise
from tests.support.people import Person, join

WRONG = "def add(a, b):\n    return 5\n"


@dataclass(frozen=True, slots=True)
class School:
    """An application with a client, a teacher, two students and the exercise `add(a, b)`."""

    app: FastAPI
    client: httpx.AsyncClient
    teacher: Person
    student: Person
    other: Person
    exercise_id: int

    async def hand_in(
        self, code: str = SOLUTION, *, by: Person | None = None, wait: float = 0, **fields: object
    ) -> httpx.Response:
        """POST a submission; `fields` replace or add to the body's."""
        body = {"exercise_id": self.exercise_id, "code": code, "language": "python"} | fields
        who = by or self.student
        return await self.client.post("/api/submissions/", params={"wait": wait}, json=body, headers=who.headers)

    async def get(self, path: str, *, by: Person | None = None, **params: object) -> httpx.Response:
        who = by or self.student
        return await self.client.get(f"/api/submissions/{path}", params=params, headers=who.headers)


@pytest.fixture
async def school(app: FastAPI) -> AsyncIterator[School]:
    async with client_of(app) as client:
        yield await found(app, client)


@pytest.fixture
async def judging_school(judging_app: FastAPI) -> AsyncIterator[School]:
    async with client_of(judging_app) as client:
        yield await found(judging_app, client)


async def found(app: FastAPI, client: httpx.AsyncClient) -> School:
    exercise = await published_exercise(app.state.database)
    return School(
        app=app,
        client=client,
        teacher=await join(app, Role.teacher),
        student=await join(app),
        other=await join(app),
        exercise_id=exercise.id,
    )
