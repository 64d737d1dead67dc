"""Refreshing, and what becomes of a copied refresh token."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import update

from learnflow.accounts.models import SignInSession, Student
from learnflow.accounts.tokens import refresh_token_hash
from learnflow.core.clock import now
from learnflow.core.config import Environment, Settings
from learnflow.core.database import Database
from learnflow.entry.app import create_app
from tests.accounts import stored
from tests.conftest import client_of
from tests.support.people import PASSWORD, bearer, join

COOKIE = "learnflow_refresh"


async def refresh(client: httpx.AsyncClient, token: str) -> httpx.Response:
    return await client.post("/api/auth/refresh", json={"refresh_token": token})


@pytest.fixture
async def graceless_app(settings: Settings) -> AsyncIterator[FastAPI]:
    """Without time for a second tab: a used token that comes again was copied."""
    app = create_app(settings.model_copy(update={"refresh_grace_seconds": 0}))
    async with app.router.lifespan_context(app):
        yield app


async def test_a_refresh_token_buys_a_new_pair(app: FastAPI, client: httpx.AsyncClient, database: Database) -> None:
    ada = await join(app)
    before = await stored.session_row(database, ada.session_id)
    answer = await refresh(client, ada.refresh_token)
    assert answer.status_code == 200
    body = answer.json()
    assert set(body) == {"access_token", "refresh_token", "token_type", "expires_in"}
    assert body["refresh_token"] != ada.refresh_token
    assert (await client.get("/api/auth/me", headers=bearer(body["access_token"]))).json()["id"] == ada.id
    after = await stored.session_row(database, ada.session_id)
    assert after.expires_at > before.expires_at
    assert (await refresh(client, body["refresh_token"])).status_code == 200


async def test_only_the_hash_of_a_refresh_token_is_stored(app: FastAPI, database: Database) -> None:
    ada = await join(app)
    [row] = await stored.refresh_tokens(database)
    assert row.token_hash == refresh_token_hash(ada.refresh_token)


async def test_a_reused_refresh_token_ends_the_session(graceless_app: FastAPI, database: Database) -> None:
    ada = await join(graceless_app)
    async with client_of(graceless_app) as client:
        newest = (await refresh(client, ada.refresh_token)).json()
        answer = await refresh(client, ada.refresh_token)
        assert answer.status_code == 401
        assert answer.json()["code"] == "invalid_refresh_token"
        # Durably: the refusal did not undo it.
        row = await stored.session_row(database, ada.session_id)
        assert row.revoked_at is not None
        assert row.revoked_because == "reused_refresh_token"
        assert (await refresh(client, newest["refresh_token"])).status_code == 401
        assert (await client.get("/api/auth/me", headers=bearer(newest["access_token"]))).status_code == 401
    assert await stored.events_of(database, "signed_out") == [
        {"student_id": ada.id, "session_id": ada.session_id, "because": "reused_refresh_token"}
    ]


async def test_a_reused_refresh_token_leaves_other_sessions_alone(graceless_app: FastAPI) -> None:
    ada = await join(graceless_app)
    async with client_of(graceless_app) as client:
        login = await client.post("/api/auth/login", json={"email": ada.email, "password": PASSWORD})
        await refresh(client, ada.refresh_token)
        await refresh(client, ada.refresh_token)
        assert (await client.get("/api/auth/me", headers=bearer(login.json()["access_token"]))).status_code == 200


async def test_two_tabs_that_refresh_at_once_both_get_a_pair(app: FastAPI, client: httpx.AsyncClient) -> None:
    ada = await join(app)
    answers = await asyncio.gather(refresh(client, ada.refresh_token), refresh(client, ada.refresh_token))
    assert [answer.status_code for answer in answers] == [200, 200]
    tokens = {answer.json()["refresh_token"] for answer in answers}
    assert len(tokens) == 2
    for token in tokens:
        assert (await refresh(client, token)).status_code == 200


@pytest.mark.parametrize("token", ["unknown", "ünknown", "x" * 512])
async def test_an_unknown_refresh_token_is_refused(client: httpx.AsyncClient, token: str) -> None:
    assert (await refresh(client, token)).status_code == 401


async def test_an_expired_session_is_not_refreshed(app: FastAPI, client: httpx.AsyncClient) -> None:
    ada = await join(app)
    async with app.state.database.write() as session:
        await session.execute(update(SignInSession).values(expires_at=now()))
    assert (await refresh(client, ada.refresh_token)).status_code == 401


async def test_a_revoked_session_is_not_refreshed(app: FastAPI, client: httpx.AsyncClient) -> None:
    ada = await join(app)
    assert (await client.post("/api/auth/logout", headers=ada.headers)).status_code == 204
    assert (await refresh(client, ada.refresh_token)).status_code == 401


async def test_an_inactive_student_is_not_refreshed(app: FastAPI, client: httpx.AsyncClient) -> None:
    ada = await join(app)
    async with app.state.database.write() as session:
        await session.execute(update(Student).values(is_active=False))
    assert (await refresh(client, ada.refresh_token)).status_code == 401


async def test_without_any_token_there_is_nothing_to_refresh(client: httpx.AsyncClient) -> None:
    assert (await client.post("/api/auth/refresh")).status_code == 401
    assert (await client.post("/api/auth/refresh", json={})).status_code == 401


async def signed_in_with_cookie(app: FastAPI, client: httpx.AsyncClient) -> httpx.Response:
    ada = await join(app)
    answer = await client.post("/api/auth/login?cookie=true", json={"email": ada.email, "password": PASSWORD})
    assert answer.status_code == 200
    return answer


async def test_with_the_cookie_scripts_never_see_the_refresh_token(app: FastAPI, client: httpx.AsyncClient) -> None:
    answer = await signed_in_with_cookie(app, client)
    assert "refresh_token" not in answer.json()
    attributes = {part.strip() for part in answer.headers["Set-Cookie"].split(";")}
    assert {"HttpOnly", "SameSite=strict", "Path=/api/auth"} <= attributes
    assert "Secure" not in attributes
    first = client.cookies[COOKIE]
    assert first not in answer.text
    renewed = await client.post("/api/auth/refresh")
    assert renewed.status_code == 200
    assert "refresh_token" not in renewed.json()
    assert client.cookies[COOKIE] != first
    assert (await client.post("/api/auth/refresh", json={})).status_code == 200


async def test_logging_out_clears_the_cookie(app: FastAPI, client: httpx.AsyncClient) -> None:
    answer = await signed_in_with_cookie(app, client)
    left = await client.post("/api/auth/logout", headers=bearer(answer.json()["access_token"]))
    assert left.status_code == 204
    assert COOKIE not in client.cookies
    assert "Max-Age=0" in left.headers["Set-Cookie"]


async def test_over_https_the_cookie_is_secure(app: FastAPI) -> None:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="https://learnflow.test") as client:
        answer = await signed_in_with_cookie(app, client)
    assert "Secure" in answer.headers["Set-Cookie"]


async def test_in_production_the_cookie_is_secure(settings: Settings) -> None:
    app = create_app(
        Settings(
            _env_file=None,
            **settings.model_dump(exclude={"environment", "secret_key"}),
            environment=Environment.production,
            secret_key="k" * 20 + "-a-secret-of-our-own",
        )
    )
    async with app.router.lifespan_context(app), client_of(app) as client:
        answer = await signed_in_with_cookie(app, client)
    assert "Secure" in answer.headers["Set-Cookie"]


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        ("http://learnflow.test", 200),
        ("https://learnflow.test", 200),  # a proxy took the TLS off
        ("https://pages.example", 200),  # allowed by LEARNFLOW_CORS_ORIGINS
        ("https://evil.example", 403),
        ("http://learnflow.test.evil.example", 403),
        ("http://learnflow.test:8001", 403),
        ("null", 403),
        ("", 403),
        ("http://[", 403),
    ],
)
async def test_the_cookie_counts_only_for_our_own_pages(settings: Settings, origin: str, status: int) -> None:
    app = create_app(settings.model_copy(update={"cors_origins": ("https://pages.example",)}))
    async with app.router.lifespan_context(app), client_of(app) as client:
        await signed_in_with_cookie(app, client)
        answer = await client.post("/api/auth/refresh", headers={"Origin": origin})
        assert answer.status_code == status
        if status == 403:
            assert answer.json()["code"] == "foreign_origin"
            # The token was not used up by the attempt.
            assert (await client.post("/api/auth/refresh")).status_code == 200


async def test_a_token_in_the_body_needs_no_origin(app: FastAPI, client: httpx.AsyncClient) -> None:
    ada = await join(app)
    answer = await client.post(
        "/api/auth/refresh", json={"refresh_token": ada.refresh_token}, headers={"Origin": "https://app.example"}
    )
    assert answer.status_code == 200
