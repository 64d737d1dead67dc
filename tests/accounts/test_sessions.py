"""Being signed in, in several places, and ending that."""

import asyncio
from datetime import timedelta

import httpx
import jwt
import pytest
from fastapi import FastAPI
from sqlalchemy import update

from learnflow.accounts.access import Role
from learnflow.accounts.models import Student
from learnflow.core.clock import now
from learnflow.core.database import Database
from tests.accounts import stored
from tests.support.people import PASSWORD, Person, access_token, bearer, join
from tests.support.statements import statements_of
from tests.support.waiting import eventually

NEW_PASSWORD = "another fine password"


async def elsewhere(client: httpx.AsyncClient, person: Person) -> dict[str, str]:
    """The headers of a second session of theirs."""
    answer = await client.post("/api/auth/login", json={"email": person.email, "password": PASSWORD})
    return bearer(answer.json()["access_token"])


async def is_signed_in(client: httpx.AsyncClient, headers: dict[str, str]) -> bool:
    return (await client.get("/api/auth/me", headers=headers)).status_code == 200


async def test_who_is_asking_costs_one_statement(app: FastAPI, client: httpx.AsyncClient) -> None:
    ada = await join(app)
    with statements_of(app.state.database) as sent:
        assert await is_signed_in(client, ada.headers)
    assert len(sent) == 1


async def test_logging_out_revokes_the_session_at_once(
    app: FastAPI, client: httpx.AsyncClient, database: Database
) -> None:
    ada = await join(app)
    other = await elsewhere(client, ada)
    assert (await client.post("/api/auth/logout", headers=ada.headers)).status_code == 204
    assert not await is_signed_in(client, ada.headers)
    assert await is_signed_in(client, other)
    assert await stored.events_of(database, "signed_out") == [
        {"student_id": ada.id, "session_id": ada.session_id, "because": "logout"}
    ]
    assert (await client.post("/api/auth/logout", headers=ada.headers)).status_code == 401


async def test_i_see_where_i_am_signed_in(app: FastAPI, client: httpx.AsyncClient) -> None:
    ada, bob = await join(app), await join(app)
    await elsewhere(client, bob)
    await elsewhere(client, ada)
    ended = await elsewhere(client, ada)
    await client.post("/api/auth/logout", headers=ended)
    answer = await client.get("/api/auth/sessions", headers=ada.headers)
    assert answer.status_code == 200
    body = answer.json()
    assert body["next"] is None
    assert [item["current"] for item in body["items"]] == [False, True]
    assert body["items"][1]["id"] == ada.session_id
    assert body["items"][0]["address"] == "127.0.0.1"


async def test_sessions_come_in_pages(app: FastAPI, client: httpx.AsyncClient) -> None:
    ada = await join(app)
    await elsewhere(client, ada)
    first = (await client.get("/api/auth/sessions?limit=1", headers=ada.headers)).json()
    second = (
        await client.get("/api/auth/sessions", params={"limit": 1, "cursor": first["next"]}, headers=ada.headers)
    ).json()
    assert first["items"][0]["id"] > second["items"][0]["id"] == ada.session_id
    assert second["next"] is None
    tampered = await client.get("/api/auth/sessions?cursor=WyJ4Il0", headers=ada.headers)
    assert tampered.status_code == 422


async def test_i_can_end_another_session_of_mine(app: FastAPI, client: httpx.AsyncClient) -> None:
    ada = await join(app)
    other = await elsewhere(client, ada)
    assert (await client.delete(f"/api/auth/sessions/{ada.session_id}", headers=other)).status_code == 204
    assert not await is_signed_in(client, ada.headers)
    assert await is_signed_in(client, other)
    assert (await client.delete(f"/api/auth/sessions/{ada.session_id}", headers=other)).status_code == 404


@pytest.mark.parametrize("role", [Role.student, Role.teacher, Role.admin])
async def test_nobody_can_end_a_session_of_somebody_else(app: FastAPI, client: httpx.AsyncClient, role: Role) -> None:
    ada, other = await join(app), await join(app, role)
    answer = await client.delete(f"/api/auth/sessions/{ada.session_id}", headers=other.headers)
    assert answer.status_code == 404
    assert answer.json()["code"] == "session_not_found"
    assert await is_signed_in(client, ada.headers)


@pytest.mark.parametrize("session_id", ["0", "-1", str(2**63), "x", "1.5", "%00"])
async def test_a_session_id_is_a_positive_integer(app: FastAPI, client: httpx.AsyncClient, session_id: str) -> None:
    ada = await join(app)
    answer = await client.delete(f"/api/auth/sessions/{session_id}", headers=ada.headers)
    assert answer.status_code == 422


async def test_changing_the_password_ends_every_other_session(
    app: FastAPI, client: httpx.AsyncClient, database: Database
) -> None:
    ada, bob = await join(app), await join(app)
    other = await elsewhere(client, ada)
    answer = await client.post(
        "/api/auth/change-password",
        json={"current_password": PASSWORD, "new_password": NEW_PASSWORD},
        headers=ada.headers,
    )
    assert answer.status_code == 204
    assert await is_signed_in(client, ada.headers)
    assert not await is_signed_in(client, other)
    assert await is_signed_in(client, bob.headers)
    old, new = [
        (await client.post("/api/auth/login", json={"email": ada.email, "password": password})).status_code
        for password in (PASSWORD, NEW_PASSWORD)
    ]
    assert (old, new) == (401, 200)
    assert await stored.events_of(database, "password_changed") == [{"student_id": ada.id, "by": "student"}]
    assert [event["because"] for event in await stored.events_of(database, "signed_out")] == ["password_changed"]


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"current_password": "not this one", "new_password": NEW_PASSWORD}, 403, "wrong_password"),
        ({"current_password": "x" * 900, "new_password": NEW_PASSWORD}, 403, "wrong_password"),
        ({"current_password": PASSWORD, "new_password": PASSWORD}, 422, "invalid_input"),
        ({"current_password": PASSWORD, "new_password": "short"}, 422, "invalid_input"),
        ({"current_password": PASSWORD, "new_password": "ö" * 40}, 422, "invalid_input"),
        ({"current_password": PASSWORD, "new_password": "Some Student"}, 422, "invalid_input"),
        ({"new_password": NEW_PASSWORD}, 422, "invalid_input"),
    ],
)
async def test_a_password_is_not_changed_without_the_old_or_to_a_bad_one(
    app: FastAPI, client: httpx.AsyncClient, body: dict[str, str], status: int, code: str
) -> None:
    ada = await join(app)
    other = await elsewhere(client, ada)
    answer = await client.post("/api/auth/change-password", json=body, headers=ada.headers)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert await is_signed_in(client, other)


async def test_a_password_changed_elsewhere_meanwhile_is_not_changed_again(
    app: FastAPI, client: httpx.AsyncClient, database: Database
) -> None:
    ada = await join(app)
    worker = app.state.password_worker

    async def waits() -> bool:
        return bool(worker.waiting == 2)

    body = {"current_password": PASSWORD, "new_password": NEW_PASSWORD}
    async with worker.turn():
        changing = asyncio.create_task(client.post("/api/auth/change-password", json=body, headers=ada.headers))
        await eventually(waits)
        async with database.write() as session:
            await session.execute(update(Student).values(password_hash="another one"))
    answer = await changing
    assert (answer.status_code, answer.json()["code"]) == (409, "password_changed")
    assert (await stored.student_row(database, ada.id)).password_hash == "another one"


@pytest.mark.parametrize(
    "header",
    [
        "Basic dXNlcjpwYXNz",
        "Bearer",
        "Bearer ",
        "Bearer x",
        "Bearer a.b.c",
        "Bearer " + "x" * 9000,
        "Bearer \u00fc.\u00fc.\u00fc",
        "Bearer " + "W1tb" * 600 + ".e30.e30",  # a header nested too deep to parse
    ],
)
async def test_what_is_no_token_of_ours_is_refused(app: FastAPI, client: httpx.AsyncClient, header: str) -> None:
    answer = await client.get("/api/auth/me", headers={"Authorization": header.encode("latin-1")})
    assert answer.status_code == 401
    assert answer.json()["code"] == "not_signed_in"


async def test_forged_and_borrowed_tokens_are_refused(app: FastAPI, client: httpx.AsyncClient) -> None:
    ada, bob = await join(app), await join(app)
    genuine = ada.headers["Authorization"].removeprefix("Bearer ")
    claims = jwt.decode(genuine, options={"verify_signature": False})
    key = app.state.signing_key
    forged = {
        "unsigned": jwt.encode(claims, "", algorithm="none"),
        "another key": jwt.encode(claims, "k" * 40, algorithm="HS256"),
        "another algorithm": jwt.encode(claims, key + "k" * 64, algorithm="HS512"),
        "another audience": jwt.encode(claims | {"aud": "other"}, key, algorithm="HS256"),
        "another issuer": jwt.encode(claims | {"iss": "other"}, key, algorithm="HS256"),
        "another's session": jwt.encode(claims | {"sid": bob.session_id}, key, algorithm="HS256"),
        "no such session": jwt.encode(claims | {"sid": 2**63 - 1}, key, algorithm="HS256"),
        "an impossible session": jwt.encode(claims | {"sid": 2**63}, key, algorithm="HS256"),
        "a session's name": jwt.encode(claims | {"sid": "1"}, key, algorithm="HS256"),
        "no uuid": jwt.encode(claims | {"sub": "1"}, key, algorithm="HS256"),
        "from the future": jwt.encode(claims | {"iat": claims["iat"] + 3600}, key, algorithm="HS256"),
        "tampered": genuine[:-4] + ("AAAA" if genuine[-4:] != "AAAA" else "BBBB"),
    }
    for claim in claims:
        without = {name: value for name, value in claims.items() if name != claim}
        forged[f"without {claim}"] = jwt.encode(without, key, algorithm="HS256")
    accepted = [name for name, token in forged.items() if await is_signed_in(client, bearer(token))]
    assert accepted == []
    assert await is_signed_in(client, ada.headers)


async def test_an_access_token_expires(app: FastAPI, client: httpx.AsyncClient) -> None:
    ada = await join(app)
    old = access_token(app, ada, ada.session_id, at=now() - timedelta(minutes=15, seconds=10))
    assert not await is_signed_in(client, bearer(old))
    nearly = access_token(app, ada, ada.session_id, at=now() - timedelta(minutes=14))
    assert await is_signed_in(client, bearer(nearly))
