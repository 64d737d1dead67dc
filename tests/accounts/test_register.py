"""Registering."""

import asyncio
import json

import httpx
import pytest

from learnflow.core.database import Database
from tests.accounts import stored

ADA = {"email": "Ada@School.example", "name": "Ada Lovelace", "password": "a quiet blue bicycle"}


async def test_register_student(client: httpx.AsyncClient, database: Database) -> None:
    answer = await client.post("/api/auth/register", json=ADA | {"grade_level": "10"})
    assert answer.status_code == 201
    body = answer.json()
    assert body["email"] == "Ada@school.example"
    assert body["name"] == "Ada Lovelace"
    assert body["role"] == "student"
    assert body["grade_level"] == "10"
    assert body["is_active"] is True
    assert body["on_leaderboard"] is False
    assert "password" not in answer.text
    row = await stored.student_row(database, body["id"])
    assert row.password_hash.startswith("$2b$12$")
    assert str(row.user_id) == body["user_id"]
    assert await stored.events_of(database, "registered") == [{"student_id": body["id"], "role": "student"}]


async def test_register_student_duplicate_email(client: httpx.AsyncClient, database: Database) -> None:
    await client.post("/api/auth/register", json=ADA)
    answer = await client.post("/api/auth/register", json=ADA | {"email": "aDA@sCHOOL.example"})
    assert answer.status_code == 409
    assert answer.json()["code"] == "email_taken"
    assert len(await stored.students(database)) == 1


async def test_of_two_registrations_at_once_exactly_one_succeeds(client: httpx.AsyncClient, database: Database) -> None:
    answers = await asyncio.gather(
        *(
            client.post("/api/auth/register", json=ADA | {"email": email})
            for email in ("ada@x.example", "ADA@x.example")
        )
    )
    assert sorted(answer.status_code for answer in answers) == [201, 409]
    assert len(await stored.students(database)) == 1
    assert len(await stored.events_of(database, "registered")) == 1


@pytest.mark.parametrize("email", ["ada@school.local", "ada@classroom", "ünal@schüle.example"])
async def test_a_school_may_use_addresses_of_its_own_network(client: httpx.AsyncClient, email: str) -> None:
    answer = await client.post("/api/auth/register", json=ADA | {"email": email})
    assert answer.status_code == 201


@pytest.mark.parametrize("field", ["role", "is_active", "id", "user_id", "on_leaderboard"])
async def test_nobody_registers_with_more_than_is_theirs_to_say(client: httpx.AsyncClient, field: str) -> None:
    answer = await client.post("/api/auth/register", json=ADA | {field: "admin"})
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]


@pytest.mark.parametrize(
    "password",
    [
        "",
        "too short",
        "x" * 73,
        "ä" * 37,  # 74 bytes
        "with\0a NUL inside",
        "lone \ud800 surrogate",
        "Password123",
        "bbbbbbbbbbbb",
        "ADA@school.example",
        "ada lovelace",
        1234567890,
        None,
        ["a quiet blue bicycle"],
    ],
)
async def test_a_weak_or_impossible_password_is_refused(
    client: httpx.AsyncClient, database: Database, password: object
) -> None:
    answer = await client.post("/api/auth/register", content=_ascii_json(ADA | {"password": password}), headers=JSON)
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == ["password"]
    assert await stored.students(database) == []


async def test_a_password_of_72_bytes_is_taken_and_none_of_it_ignored(client: httpx.AsyncClient) -> None:
    long = "a quiet blue bicycle ".ljust(72, "-")
    assert (await client.post("/api/auth/register", json=ADA | {"password": long})).status_code == 201
    wrong = await client.post("/api/auth/login", json={"email": ADA["email"], "password": long[:-1] + "+"})
    assert wrong.status_code == 401
    longer = await client.post("/api/auth/login", json={"email": ADA["email"], "password": long + "x"})
    assert longer.status_code == 401
    right = await client.post("/api/auth/login", json={"email": ADA["email"], "password": long})
    assert right.status_code == 200


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", "nobody"),
        ("email", "a@b\0c.example"),
        ("email", "\ud800@b.example"),
        ("email", "a@" + "b" * 300),
        ("email", {"a": 1}),
        ("name", ""),
        ("name", "   "),
        ("name", "x" * 201),
        ("name", "A\0B"),
        ("name", "\udfff"),
        ("name", 7),
        ("grade_level", "x" * 51),
        ("grade_level", "\0"),
        ("grade_level", "\ud800"),
        ("grade_level", 10),
    ],
)
async def test_what_cannot_be_stored_is_refused_by_field(client: httpx.AsyncClient, field: str, value: object) -> None:
    answer = await client.post("/api/auth/register", content=_ascii_json(ADA | {field: value}), headers=JSON)
    assert answer.status_code == 422
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert {error["field"].split(".")[0] for error in answer.json()["errors"]} == {field}


JSON = {"Content-Type": "application/json"}


def _ascii_json(body: object) -> bytes:
    """JSON with surrogates as escapes, which is how they reach a server."""
    return json.dumps(body).encode("ascii")
