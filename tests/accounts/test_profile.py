"""What people say about themselves."""

import asyncio
import json
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from learnflow.core.database import Database
from tests.accounts import stored
from tests.support.people import join


async def change(client: httpx.AsyncClient, headers: dict[str, str], **changes: Any) -> httpx.Response:
    body = json.dumps(changes).encode("ascii")
    return await client.patch("/api/auth/me", content=body, headers=headers | {"Content-Type": "application/json"})


async def test_what_is_sent_changes_and_the_rest_stays(
    app: FastAPI, client: httpx.AsyncClient, database: Database
) -> None:
    ada = await join(app, bio="I like maps.", grade_level="10")
    answer = await change(
        client, ada.headers, name=" Ada King ", grade_level=None, avatar_url="https://x.example/a.png"
    )
    assert answer.status_code == 200
    body = answer.json()
    assert (body["name"], body["grade_level"], body["bio"]) == ("Ada King", None, "I like maps.")
    assert body["avatar_url"] == "https://x.example/a.png"
    assert (await client.get("/api/auth/me", headers=ada.headers)).json() == body
    # The event names the fields, never their content.
    assert await stored.events_of(database, "profile_changed") == [
        {"student_id": ada.id, "fields": ["avatar_url", "grade_level", "name"]}
    ]


async def test_nothing_sent_changes_nothing(app: FastAPI, client: httpx.AsyncClient, database: Database) -> None:
    ada = await join(app)
    assert (await change(client, ada.headers)).status_code == 200
    assert (await change(client, ada.headers, name=ada.name)).status_code == 200
    assert await stored.events_of(database, "profile_changed") == []


async def test_the_leaderboard_wants_a_pseudonym(app: FastAPI, client: httpx.AsyncClient) -> None:
    ada = await join(app)
    refused = await change(client, ada.headers, on_leaderboard=True)
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["field"] == "pseudonym"
    taken_part = await change(client, ada.headers, on_leaderboard=True, pseudonym="quiet-otter")
    assert taken_part.status_code == 200
    assert taken_part.json()["on_leaderboard"] is True
    assert (await change(client, ada.headers, pseudonym=None)).status_code == 422
    left = await change(client, ada.headers, pseudonym=None, on_leaderboard=False)
    assert (left.json()["pseudonym"], left.json()["on_leaderboard"]) == (None, False)


async def test_a_pseudonym_belongs_to_one_person(app: FastAPI, client: httpx.AsyncClient) -> None:
    ada, bob = await join(app), await join(app)
    answers = await asyncio.gather(*(change(client, who.headers, pseudonym="quiet-otter") for who in (ada, bob)))
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    [refused] = [answer for answer in answers if answer.status_code == 409]
    assert refused.json()["code"] == "pseudonym_taken"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", "other@school.example"),
        ("role", "admin"),
        ("is_active", False),
        ("id", 1),
        ("password", "another fine password"),
        ("name", None),
        ("name", ""),
        ("name", "\0"),
        ("name", "\ud800"),
        ("name", 7),
        ("grade_level", "\ud800"),
        ("grade_level", 10),
        ("bio", "x" * 2001),
        ("bio", "\0"),
        ("bio", "\udc00"),
        ("bio", ["x"]),
        ("avatar_url", "javascript:alert(1)"),
        ("avatar_url", "https://x.example/a b"),
        ("avatar_url", "https://x.example/\0"),
        ("avatar_url", "https://x.example/\ud800"),
        ("avatar_url", "https://x.example/" + "a" * 500),
        ("pseudonym", "x"),
        ("pseudonym", "x" * 51),
        ("pseudonym", "a\0b"),
        ("pseudonym", "a\ud800"),
        ("on_leaderboard", "yes"),
        ("on_leaderboard", 1),
        ("on_leaderboard", None),
    ],
)
async def test_what_is_not_mine_to_change_or_cannot_be_stored_is_refused(
    app: FastAPI, client: httpx.AsyncClient, database: Database, field: str, value: object
) -> None:
    ada = await join(app)
    answer = await change(client, ada.headers, **{field: value})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"].split(".")[0] == field
    row = await stored.student_row(database, ada.id)
    assert (row.email, row.role, row.is_active, row.name) == (ada.email, "student", True, ada.name)
