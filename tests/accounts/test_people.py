"""The people that tests work with are real ones."""

import httpx
from fastapi import FastAPI

from learnflow.accounts.access import Role
from tests.support.people import join


async def test_a_joined_person_is_signed_in(app: FastAPI, client: httpx.AsyncClient) -> None:
    teacher = await join(app, Role.teacher, name="Grace")
    answer = await client.get("/api/auth/me", headers=teacher.headers)
    assert answer.status_code == 200
    assert answer.json()["id"] == teacher.id
    assert answer.json()["user_id"] == str(teacher.user_id)
    assert answer.json()["name"] == "Grace"
    assert answer.json()["role"] == "teacher"


async def test_nobody_is_signed_in_without_a_token(client: httpx.AsyncClient) -> None:
    answer = await client.get("/api/auth/me")
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert answer.json()["code"] == "not_signed_in"
