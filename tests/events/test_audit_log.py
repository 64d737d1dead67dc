"""GET /api/events: who did what, from where, for administrators."""

from datetime import timedelta
from typing import Any

import anyio
import httpx
import pytest
from fastapi import FastAPI

from learnflow.accounts.access import Role
from learnflow.core.clock import now
from learnflow.core.database import Database
from learnflow.events.queries import outbox_length
from tests.support.people import PASSWORD, join


async def everything_relayed(app: FastAPI) -> None:
    """Returns once the outbox is empty."""
    database: Database = app.state.database
    with anyio.fail_after(20):
        while True:
            async with database.read() as session:
                if not await outbox_length(session):
                    return
            await anyio.sleep(0.02)


async def entries(client: httpx.AsyncClient, headers: dict[str, str], **params: Any) -> list[dict[str, Any]]:
    answer = await client.get("/api/events", params=params, headers=headers)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def test_the_log_tells_who_did_what_from_where(app: FastAPI) -> None:
    anna, admin = await join(app), await join(app, Role.admin)
    transport = httpx.ASGITransport(app=app, client=("192.0.2.17", 40000))
    async with httpx.AsyncClient(transport=transport, base_url="http://learnflow.test") as client:
        signed_in = await client.post(
            "/api/auth/login",
            json={"email": anna.email, "password": PASSWORD},
            headers={"X-Request-ID": "the-sign-in"},
        )
        assert signed_in.status_code == 200
        changed = await client.patch(
            "/api/auth/me",
            json={"bio": "I like loops."},
            headers=anna.headers | {"X-Request-ID": "the-change"},
        )
        assert changed.status_code == 200
        await everything_relayed(app)
        (sign_in,) = await entries(client, admin.headers, type="learnflow.student.signed_in")
        (change,) = await entries(client, admin.headers, actor_id=anna.id, type="learnflow.student.profile_changed")
        text = (await client.get("/api/events", headers=admin.headers)).text
    assert sign_in["actor_id"] == anna.id
    assert sign_in["address"] == "192.0.2.17"
    assert sign_in["request_id"] == "the-sign-in"
    assert sign_in["data"]["student_id"] == anna.id
    assert (change["actor_id"], change["actor_role"], change["request_id"]) == (anna.id, "student", "the-change")
    for secret in (anna.email, anna.name, PASSWORD, "I like loops"):
        assert secret not in text


async def test_a_hand_in_is_in_the_log(app: FastAPI, client: httpx.AsyncClient) -> None:
    teacher, anna, admin = await join(app, Role.teacher), await join(app), await join(app, Role.admin)
    exercise_id = await _saved_exercise(client, teacher.headers)
    answer = await client.post(
        "/api/submissions/",
        json={"exercise_id": exercise_id, "code": "print(1)", "language": "python"},
        headers=anna.headers | {"X-Request-ID": "the-hand-in"},
    )
    assert answer.status_code == 201, answer.text
    await everything_relayed(app)
    (entry,) = await entries(client, admin.headers, subject=f"submission/{answer.json()['id']}")
    assert entry["type"] == "learnflow.submission.handed_in"
    assert (entry["actor_id"], entry["address"], entry["request_id"]) == (anna.id, "127.0.0.1", "the-hand-in")


async def _saved_exercise(client: httpx.AsyncClient, headers: dict[str, str]) -> int:
    answer = await client.post(
        "/api/exercises/",
        params={"force": True},
        json={
            "title": "Print one",
            "description": "Print 1.",
            "difficulty_level": "beginner",
            "topic": "variables",
            "module": "basics",
            "starter_code": "",
            "solution_code": "print(1)",
            "test_cases": [{"name": "prints one", "kind": "stdio", "input": {}, "expected": {"stdout": "1\n"}}],
            "hints": [],
        },
        headers=headers,
    )
    assert answer.status_code == 201, answer.text
    found: int = answer.json()["id"]
    return found


async def test_the_start_of_the_server_is_in_the_log(app: FastAPI, client: httpx.AsyncClient) -> None:
    admin = await join(app, Role.admin)
    await everything_relayed(app)
    (entry,) = await entries(client, admin.headers, type="learnflow.system.started")
    assert entry["data"]["judge_tier"] == "off"
    assert entry["actor_id"] is None


async def test_the_log_is_for_administrators_only(app: FastAPI, client: httpx.AsyncClient) -> None:
    for address in ("/api/events", "/api/events/"):
        assert (await client.get(address)).status_code == 401
        for role, status in ((Role.student, 403), (Role.teacher, 403), (Role.admin, 200)):
            person = await join(app, role)
            assert (await client.get(address, headers=person.headers)).status_code == status


async def test_the_log_pages_newest_first_and_within_times(app: FastAPI, client: httpx.AsyncClient) -> None:
    anna, admin = await join(app), await join(app, Role.admin)
    for number in range(5):
        await client.patch("/api/auth/me", json={"bio": f"bio {number}"}, headers=anna.headers)
    await everything_relayed(app)
    seen: list[dict[str, Any]] = []
    params: dict[str, Any] = {"limit": 2, "actor_id": anna.id}
    while True:
        page = (await client.get("/api/events", params=params, headers=admin.headers)).json()
        seen += page["items"]
        if page["next"] is None:
            break
        params["cursor"] = page["next"]
    assert len({entry["event_id"] for entry in seen}) == len(seen) == 5
    times = [entry["occurred_at"] for entry in seen]
    assert times == sorted(times, reverse=True)
    later = await entries(client, admin.headers, actor_id=anna.id, since=times[1])
    earlier = await entries(client, admin.headers, actor_id=anna.id, until=times[1])
    assert [entry["occurred_at"] for entry in later] == times[:2]
    assert [entry["occurred_at"] for entry in earlier] == times[2:]
    tomorrow = (now() + timedelta(days=1)).isoformat()
    assert await entries(client, admin.headers, since=tomorrow) == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("type", "Not a type"),
        ("type", "a\0b"),
        ("subject", "submission/1\n"),
        ("actor_id", 0),
        ("since", "yesterday"),
        ("since", "2026-11-24T09:00:00"),
        ("since", "9999-12-31T23:59:59-23:00"),
        ("until", "0001-01-01T00:00:00+14:00"),
        ("limit", 101),
        ("cursor", "WyIyMDI2LTExLTI0VDA5OjAwOjAwKzAwOjAwIiwibm8gdXVpZCJd"),
    ],
)
async def test_a_filter_that_makes_no_sense_is_refused_by_name(
    app: FastAPI, client: httpx.AsyncClient, name: str, value: object
) -> None:
    admin = await join(app, Role.admin)
    answer = await client.get("/api/events", params={name: str(value)}, headers=admin.headers)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == name
