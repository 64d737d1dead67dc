"""The catalogue: adding, reading, listing, changing and removing exercises."""

from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from pydantic import TypeAdapter
from sqlalchemy import func, select

from learnflow.accounts.access import Role
from learnflow.core.clock import now
from learnflow.core.config import Settings
from learnflow.core.database import Database
from learnflow.core.pagination import Page
from learnflow.entry.app import create_app
from learnflow.exercises import queries
from learnflow.exercises.course.format import essence
from learnflow.exercises.models import ExerciseVersion
from learnflow.exercises.schemas import ExerciseIn, ExerciseSummary
from learnflow.progress.record import record_outcome
from tests.conftest import client_of
from tests.exercises.test_cases import EVERYTHING
from tests.support.exercises import SOLUTION, events_about_exercises, exercise, published_exercise
from tests.support.people import Person, join
from tests.support.statements import statements_of


async def titles(client: httpx.AsyncClient, person: Person | None = None, **query: Any) -> list[str]:
    answer = await client.get("/api/exercises/", params=query, headers=person.headers if person else {})
    assert answer.status_code == 200, answer.text
    return [item["title"] for item in answer.json()["items"]]


async def try_exercise(database: Database, person: Person, exercise_id: int, *, solved: bool) -> None:
    async with database.write() as session:
        await record_outcome(
            session,
            student_id=person.id,
            student_key=person.user_id,
            exercise_id=exercise_id,
            topic="variables",
            passed=solved,
            score=100 if solved else 50,
            submitted_at=now(),
        )


async def test_create_exercise(client: httpx.AsyncClient, teacher: Person, database: Database) -> None:
    answer = await client.post("/api/exercises/", json=exercise(), headers=teacher.headers)
    assert answer.status_code == 201
    body = answer.json()
    assert answer.headers["etag"] == '"1"'
    assert answer.headers["location"] == f"/api/exercises/{body['id']}"
    assert (body["slug"], body["version"], body["solution_code"]) == ("add-two-numbers", 1, SOLUTION)
    assert body["test_cases"][1]["comparison"]["mode"] == "exact"
    async with database.read() as session:
        version = (await session.scalars(select(ExerciseVersion))).one()
    assert (version.author_id, version.origin) == (teacher.id, "web")
    assert await events_about_exercises(database, "saved") == [
        {"exercise_id": body["id"], "version": 1, "origin": "web"}
    ]


async def test_get_exercise(client: httpx.AsyncClient, app: FastAPI) -> None:
    made = await published_exercise(app.state.database)
    answer = await client.get(f"/api/exercises/{made.id}")
    assert answer.status_code == 200
    assert answer.headers["etag"] == '"1"'
    assert answer.json()["title"] == "Add two numbers"
    assert answer.json()["hints_total"] == 3


async def test_get_nonexistent_exercise(client: httpx.AsyncClient) -> None:
    answer = await client.get("/api/exercises/999")
    assert answer.status_code == 404
    assert answer.json()["code"] == "exercise_not_found"


async def test_list_exercises(client: httpx.AsyncClient, app: FastAPI) -> None:
    for number in range(5):
        await published_exercise(app.state.database, title=f"Exercise {number}")
    first = (await client.get("/api/exercises", params={"limit": 2})).json()
    second = (await client.get("/api/exercises/", params={"limit": 3, "cursor": first["next"]})).json()
    assert [item["title"] for item in first["items"] + second["items"]] == [f"Exercise {n}" for n in range(5)]
    assert second["next"] is None
    assert "description" not in first["items"][0]
    assert "status" not in first["items"][0]


async def test_update_exercise(client: httpx.AsyncClient, teacher: Person, database: Database) -> None:
    made = await published_exercise(database)
    address = f"/api/exercises/{made.id}"
    read = await client.get(address)
    changed = exercise(title="Add them", description="Now in other words.")
    answer = await client.put(address, json=changed, headers={**teacher.headers, "If-Match": read.headers["etag"]})
    assert answer.status_code == 200
    assert answer.headers["etag"] == '"2"'
    assert (answer.json()["title"], answer.json()["slug"]) == ("Add them", "add-two-numbers")
    async with database.read() as session:
        before = await queries.version_of(session, made.id, 1)
        assert before.description == "Write `add(a, b)`."


async def test_what_staff_read_can_be_written_back(
    client: httpx.AsyncClient, teacher: Person, database: Database
) -> None:
    made = await published_exercise(database, test_cases=EVERYTHING, limits={"wall_seconds": 2})
    address = f"/api/exercises/{made.id}"
    read = await client.get(address, headers=teacher.headers)
    body = {name: value for name, value in read.json().items() if name in ExerciseIn.model_fields}
    answer = await client.put(address, json=body, headers={**teacher.headers, "If-Match": read.headers["etag"]})
    assert answer.status_code == 200, answer.text
    async with database.read() as session:
        after = await queries.current(session, made.id)
    assert essence(after) == essence(made)


async def test_delete_exercise(client: httpx.AsyncClient, teacher: Person, database: Database) -> None:
    made = await published_exercise(database)
    address = f"/api/exercises/{made.id}"
    assert (await client.delete(address, headers=teacher.headers)).status_code == 204
    assert (await client.get(address, headers=teacher.headers)).status_code == 404
    assert (await client.delete(address, headers=teacher.headers)).status_code == 404
    async with database.read() as session:
        assert await session.scalar(select(func.count()).select_from(ExerciseVersion)) == 0


async def test_an_exercise_that_somebody_tried_is_archived_instead(
    client: httpx.AsyncClient, teacher: Person, student: Person, database: Database
) -> None:
    made = await published_exercise(database)
    await try_exercise(database, student, made.id, solved=True)
    address = f"/api/exercises/{made.id}"
    for _ in range(2):
        assert (await client.delete(address, headers=teacher.headers)).status_code == 204
    assert (await client.get(address, headers=teacher.headers)).json()["archived_at"] is not None
    for path in (address, f"{address}/solution"):
        assert (await client.get(path, headers=student.headers)).status_code == 404
    assert (await client.post(f"{address}/hints/next", headers=student.headers)).status_code == 404
    assert (await client.get(address)).status_code == 404
    for reader in (None, student, teacher):
        assert await titles(client, reader) == []
    assert await titles(client, teacher, archived="true") == ["Add two numbers"]
    refused = await client.get("/api/exercises/", params={"archived": "true"}, headers=student.headers)
    assert refused.status_code == 403
    changed = await client.put(address, json=exercise(), headers={**teacher.headers, "If-Match": '"1"'})
    assert changed.status_code == 410
    assert await events_about_exercises(database, "archived") == [{"exercise_id": made.id, "deleted": False}]


async def test_the_list_is_narrowed_by_what_is_asked_for(
    client: httpx.AsyncClient, student: Person, database: Database
) -> None:
    made = [
        await published_exercise(database, title="One", topic="loops", module="Control flow"),
        await published_exercise(database, title="Two", difficulty_level="advanced"),
        await published_exercise(database, title="Three"),
    ]
    await try_exercise(database, student, made[0].id, solved=True)
    await try_exercise(database, student, made[1].id, solved=False)
    assert await titles(client, topic="loops") == ["One"]
    assert await titles(client, module="Basics") == ["Two", "Three"]
    assert await titles(client, difficulty_level="advanced") == ["Two"]
    assert await titles(client, topic="loops", difficulty_level="advanced") == []
    assert await titles(client, student, status="solved") == ["One"]
    assert await titles(client, student, status="tried") == ["Two"]
    assert await titles(client, student, status="todo") == ["Three"]
    assert (await client.get("/api/exercises/", params={"status": "todo"})).status_code == 401
    mine = (await client.get("/api/exercises/", headers=student.headers)).json()["items"]
    assert [item["status"] for item in mine] == ["solved", "tried", "todo"]


async def test_search_takes_its_text_literally(client: httpx.AsyncClient, app: FastAPI) -> None:
    await published_exercise(app.state.database, title="Get 100% right", topic="loops")
    await published_exercise(app.state.database, title="Snake_case names", slug="naming")
    await published_exercise(app.state.database, title="Plain")
    await published_exercise(app.state.database, title="Große Übung", slug="practice")
    assert await titles(client, q="100%") == ["Get 100% right"]
    assert await titles(client, q="%") == ["Get 100% right"]
    assert await titles(client, q="e_c") == ["Snake_case names"]
    assert await titles(client, q="PLAIN") == ["Plain"]
    assert await titles(client, q="namin") == ["Snake_case names"]
    assert await titles(client, q="Loop") == ["Get 100% right"]
    assert await titles(client, q="\\") == []
    for spelling in ("übung", "ÜBUNG", "Übung", "große"):
        assert await titles(client, q=spelling) == ["Große Übung"]


@pytest.mark.parametrize("rows", [3, 40])
async def test_the_list_is_one_statement_however_long(
    client: httpx.AsyncClient, app: FastAPI, student: Person, rows: int
) -> None:
    for number in range(rows):
        await published_exercise(app.state.database, title=f"Exercise {number}")
    with statements_of(app.state.database) as sent:
        answer = await client.get("/api/exercises/", params={"limit": 100})
    assert len(sent) == 1
    assert len(answer.json()["items"]) == rows
    with statements_of(app.state.database) as sent:
        await client.get("/api/exercises/", params={"limit": 100, "status": "todo"}, headers=student.headers)
    assert len(sent) == 2  # who asks, and the list


async def test_the_list_has_the_documented_form(client: httpx.AsyncClient, student: Person, app: FastAPI) -> None:
    await published_exercise(app.state.database)
    await published_exercise(app.state.database)
    form = TypeAdapter(Page[ExerciseSummary])
    for headers in ({}, student.headers):
        answer = await client.get("/api/exercises/", params={"limit": 1}, headers=headers)
        read = form.validate_json(answer.content)
        assert answer.json() == form.dump_python(read, mode="json", exclude_unset=True)


async def test_a_closed_catalogue_is_for_signed_in_users(settings: Settings) -> None:
    app = create_app(settings.model_copy(update={"catalogue_open": False}))
    async with app.router.lifespan_context(app), client_of(app) as client:
        made = await published_exercise(app.state.database)
        student = await join(app, Role.student)
        for address in ("/api/exercises/", f"/api/exercises/{made.id}"):
            assert (await client.get(address)).status_code == 401
            assert (await client.get(address, headers=student.headers)).status_code == 200


async def test_only_staff_write(client: httpx.AsyncClient, app: FastAPI, student: Person) -> None:
    made = await published_exercise(app.state.database)
    for headers, status in (({}, 401), (student.headers, 403)):
        address = f"/api/exercises/{made.id}"
        assert (await client.post("/api/exercises/", json=exercise(), headers=headers)).status_code == status
        changed = await client.put(address, json=exercise(), headers={**headers, "If-Match": '"1"'})
        assert changed.status_code == status
        assert (await client.delete(address, headers=headers)).status_code == status
