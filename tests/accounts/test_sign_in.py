"""Signing in, and being kept from guessing."""

import asyncio
from collections.abc import AsyncIterator, Callable

import httpx
import jwt
import pytest
from fastapi import FastAPI
from sqlalchemy import update

from learnflow.accounts.models import SignInSession, Student
from learnflow.accounts.passwords import NOBODYS_HASH, ROUNDS
from learnflow.core.clock import now
from learnflow.core.config import Settings
from learnflow.core.database import Database
from learnflow.entry.app import create_app
from tests.accounts import stored
from tests.support.people import PASSWORD, bearer, join
from tests.support.waiting import eventually

DEARER_HASH = "$2b$10$MUWvPFDSyVBj6HsDTuFA.edxh0Fse6doWp4KQ4mce/.5Ce7mRTZwa"  # of PASSWORD, 2^10 rounds


async def sign_in(client: httpx.AsyncClient, email: str, password: str = PASSWORD) -> httpx.Response:
    return await client.post("/api/auth/login", json={"email": email, "password": password})


async def test_login_success(app: FastAPI, client: httpx.AsyncClient, database: Database) -> None:
    ada = await join(app, email="Ada@school.example")
    answer = await client.post(
        "/api/auth/login",
        json={"email": " ada@SCHOOL.example", "password": PASSWORD},
        headers={"User-Agent": "Firefox"},
    )
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    body = answer.json()
    assert body["token_type"] == "bearer"
    assert body["expires_in"] == 15 * 60
    assert body["student"]["id"] == ada.id
    assert (await client.get("/api/auth/me", headers=bearer(body["access_token"]))).json() == body["student"]
    [event] = await stored.events_of(database, "signed_in")
    place = await stored.session_row(database, event["session_id"])
    assert (place.student_id, place.user_agent, place.address) == (ada.id, "Firefox", "127.0.0.1")


async def test_the_access_token_says_who_by_which_session_and_for_how_long(
    app: FastAPI, client: httpx.AsyncClient
) -> None:
    ada = await join(app)
    token = (await sign_in(client, ada.email)).json()["access_token"]
    assert jwt.get_unverified_header(token)["alg"] == "HS256"
    claims = jwt.decode(token, options={"verify_signature": False})
    assert set(claims) == {"sub", "sid", "role", "iat", "exp", "iss", "aud", "jti"}
    assert claims["sub"] == str(ada.user_id)
    assert claims["role"] == "student"
    assert claims["exp"] - claims["iat"] == 15 * 60


async def test_login_invalid_password(app: FastAPI, client: httpx.AsyncClient, database: Database) -> None:
    ada = await join(app)
    answer = await sign_in(client, ada.email, "not her password")
    assert answer.status_code == 401
    assert answer.json()["code"] == "wrong_credentials"
    assert await stored.events_of(database, "sign_in_failed") == [{"student_id": ada.id}]


async def test_login_nonexistent_user(client: httpx.AsyncClient, database: Database) -> None:
    answer = await sign_in(client, "nobody@school.example")
    assert answer.status_code == 401
    assert answer.json()["code"] == "wrong_credentials"
    assert await stored.events_of(database, "sign_in_failed") == [{"student_id": None}]


async def test_nobody_learns_who_is_registered(app: FastAPI, client: httpx.AsyncClient) -> None:
    ada = await join(app)
    for_known = (await sign_in(client, ada.email, "not her password")).json()
    for_unknown = (await sign_in(client, "nobody@school.example")).json()
    assert for_known | {"request_id": ""} == for_unknown | {"request_id": ""}
    # As long as well: the same work is done, on a hash of the cost that real ones have.
    assert NOBODYS_HASH.split("$")[2] == str(ROUNDS)


async def test_an_unknown_address_is_checked_against_a_hash_of_nobody(
    app: FastAPI, client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    hasher = app.state.password_worker.hasher
    checked: list[str] = []
    really = hasher.verify
    monkeypatch.setattr(hasher, "verify", lambda password, hashed: checked.append(hashed) or really(password, hashed))
    await sign_in(client, "nobody@school.example")
    assert checked == [NOBODYS_HASH]


async def test_that_an_account_is_inactive_is_told_to_its_owner_only(app: FastAPI, client: httpx.AsyncClient) -> None:
    ada = await join(app, is_active=False)
    assert (await sign_in(client, ada.email, "not her password")).status_code == 401
    answer = await sign_in(client, ada.email)
    assert answer.status_code == 403
    assert answer.json()["code"] == "account_inactive"


async def test_the_role_of_the_token_is_not_believed(app: FastAPI, client: httpx.AsyncClient) -> None:
    ada = await join(app)
    async with app.state.database.write() as session:
        await session.execute(update(Student).where(Student.id == ada.id).values(role="teacher"))
    assert (await client.get("/api/auth/me", headers=ada.headers)).json()["role"] == "teacher"


async def test_a_switched_off_account_is_refused_on_the_next_request(app: FastAPI, client: httpx.AsyncClient) -> None:
    ada = await join(app)
    assert (await client.get("/api/auth/me", headers=ada.headers)).status_code == 200
    async with app.state.database.write() as session:
        await session.execute(update(Student).where(Student.id == ada.id).values(is_active=False))
    assert (await client.get("/api/auth/me", headers=ada.headers)).status_code == 401


async def test_sessions_that_have_expired_are_forgotten_at_the_next_sign_in(
    app: FastAPI, client: httpx.AsyncClient, database: Database
) -> None:
    ada = await join(app)
    async with database.write() as session:
        await session.execute(update(SignInSession).values(expires_at=now()))
    assert (await client.get("/api/auth/me", headers=ada.headers)).status_code == 401
    await sign_in(client, ada.email)
    assert len(await stored.refresh_tokens(database)) == 1


@pytest.fixture
async def strict_app(settings: Settings) -> AsyncIterator[FastAPI]:
    """Three wrong passwords a minute, behind a proxy of ours."""
    app = create_app(settings.model_copy(update={"sign_in_failures": "3/minute", "trusted_proxies": ("127.0.0.1",)}))
    async with app.router.lifespan_context(app):
        yield app


def at(app: FastAPI, address: str) -> httpx.AsyncClient:
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(app=app),
        base_url="http://learnflow.test",
        headers={"X-Forwarded-For": address},
    )


async def test_guessing_ends_after_repeated_failures(strict_app: FastAPI) -> None:
    ada, bob = await join(strict_app), await join(strict_app)
    async with at(strict_app, "192.0.2.7") as school:
        for _ in range(3):
            assert (await sign_in(school, ada.email, "a wrong guess")).status_code == 401
        answer = await sign_in(school, ada.email.upper())
        assert answer.status_code == 429
        assert 1 <= int(answer.headers["Retry-After"]) <= 61
        # The rest of the class shares the address.
        assert (await sign_in(school, bob.email)).status_code == 200
    async with at(strict_app, "198.51.100.9") as home:
        # Nobody can lock her out from elsewhere.
        assert (await sign_in(home, ada.email)).status_code == 200


async def test_guesses_made_at_once_count_one_by_one(strict_app: FastAPI) -> None:
    ada = await join(strict_app)
    async with at(strict_app, "192.0.2.7") as school:
        answers = await asyncio.gather(*(sign_in(school, ada.email, f"wrong guess {n}") for n in range(8)))
    assert sorted(answer.status_code for answer in answers) == [401] * 3 + [429] * 5


async def test_right_passwords_are_never_too_many(strict_app: FastAPI) -> None:
    ada = await join(strict_app)
    async with at(strict_app, "192.0.2.7") as school:
        answers = await asyncio.gather(*(sign_in(school, ada.email) for _ in range(8)))
    assert {answer.status_code for answer in answers} == {200}


async def test_guesses_of_the_current_password_count_too(strict_app: FastAPI) -> None:
    ada = await join(strict_app)
    body = {"current_password": "a wrong guess", "new_password": "another fine password"}
    async with at(strict_app, "192.0.2.7") as school:
        answers = [await school.post("/api/auth/change-password", json=body, headers=ada.headers) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [403, 403, 403, 429]


async def until(holds: Callable[[], bool]) -> None:
    while not holds():  # noqa: ASYNC110 - lets the requests under way go on until they stand where they are wanted
        await asyncio.sleep(0)


async def test_thirty_sign_ins_at_once_do_not_stop_the_server(app: FastAPI, client: httpx.AsyncClient) -> None:
    ada = await join(app)
    pupils = [await join(app, password_hash=DEARER_HASH) for _ in range(30)]
    answered: list[str] = []

    async def come_in(email: str) -> None:
        assert (await sign_in(client, email)).status_code == 200
        answered.append("sign-in")

    async with asyncio.TaskGroup() as group:
        for pupil in pupils:
            group.create_task(come_in(pupil.email))
        await until(lambda: app.state.password_worker.waiting + len(answered) == 30)
        for _ in range(10):
            assert (await client.get("/api/auth/me", headers=ada.headers)).status_code == 200
            answered.append("me")
    # All ten were answered while most of the thirty waited for the one thread that checks passwords.
    last_me = len(answered) - 1 - answered[::-1].index("me")
    assert answered[last_me:].count("sign-in") > 15


async def test_past_a_limit_of_waiting_sign_ins_the_next_is_told_to_come_back(
    app: FastAPI, client: httpx.AsyncClient
) -> None:
    worker = app.state.password_worker
    worker.most_waiting = 2
    async with worker.turn():
        waiting = asyncio.create_task(sign_in(client, "first@school.example"))
        await until(lambda: worker.waiting == 2)
        refused = await sign_in(client, "second@school.example")
        assert refused.status_code == 503
        assert int(refused.headers["Retry-After"]) > 0
    assert (await waiting).status_code == 401
    assert (await sign_in(client, "second@school.example")).status_code == 401


async def test_no_password_is_checked_inside_a_transaction(app: FastAPI, client: httpx.AsyncClient) -> None:
    ada = await join(app)
    worker, database = app.state.password_worker, app.state.database
    async with worker.turn():
        waiting = [
            asyncio.create_task(sign_in(client, ada.email)),
            asyncio.create_task(
                client.post(
                    "/api/auth/register",
                    json={"email": "new@school.example", "name": "New", "password": "another fine password"},
                )
            ),
            asyncio.create_task(
                client.post(
                    "/api/auth/change-password",
                    json={"current_password": "not this one", "new_password": "another fine password"},
                    headers=ada.headers,
                )
            ),
        ]
        await until(lambda: worker.waiting == 4)
        # Nobody who waits holds a connection (the relay borrows one now and then).
        await until(lambda: database.engine.pool.checkedout() == 0)
    assert [(await answer).status_code for answer in waiting] == [200, 201, 403]


async def test_a_password_changed_while_it_was_checked_opens_no_session(
    app: FastAPI, client: httpx.AsyncClient, database: Database
) -> None:
    ada = await join(app)
    worker = app.state.password_worker

    async def waits() -> bool:
        return bool(worker.waiting == 2)

    async with worker.turn():
        signing_in = asyncio.create_task(sign_in(client, ada.email))
        await eventually(waits)
        async with database.write() as session:
            await session.execute(update(Student).values(password_hash=DEARER_HASH))
    assert (await signing_in).status_code == 401
    assert await stored.events_of(database, "signed_in") == []
