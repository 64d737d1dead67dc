"""A database that goes away is a 503 in the one error shape, and its return needs no restart."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio
import asyncpg
import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError

from learnflow.core.config import Settings
from learnflow.entry.app import create_app
from tests.conftest import client_of
from tests.entry.test_one_error_shape import assert_problem
from tests.support.databases import postgres_url
from tests.support.people import join


@asynccontextmanager
async def out_of_reach(url: str) -> AsyncIterator[None]:
    """The database can't be reached: its server refuses and ends connections, or its file can't be opened."""
    name = make_url(url).database
    assert name is not None
    if url.startswith("sqlite"):
        path, aside = anyio.Path(name), anyio.Path(f"{name}.aside")
        await path.rename(aside)
        await path.mkdir()
        yield
        await path.rmdir()
        await aside.rename(path)
        return
    server = await asyncpg.connect(postgres_url("postgres", driver="postgresql"))
    try:
        await server.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
        await server.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", name)
        yield
        await server.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')
    finally:
        await server.close()


async def assert_without_database(client: httpx.AsyncClient, headers: dict[str, str]) -> None:
    answer = await client.get("/api/exercises", headers=headers)
    assert assert_problem(answer, 503).code == "database_unavailable"
    assert answer.headers["retry-after"] == "5"
    readiness = assert_problem(await client.get("/health/ready"), 503)
    assert {"database", "migrations", "queue"} <= {each.field for each in readiness.errors}
    assert (await client.get("/health")).status_code == 200
    assert "learnflow_queue_length NaN" in (await client.get("/metrics")).text


async def test_a_server_started_before_its_database_waits_for_it(settings: Settings) -> None:
    app = create_app(settings)
    async with out_of_reach(settings.database_url):
        lifespan = app.router.lifespan_context(app)
        await lifespan.__aenter__()
        async with client_of(app) as client:
            await assert_without_database(client, {})
    async with client_of(app) as client:
        assert (await client.get("/api/exercises")).status_code == 200
        assert (await client.get("/health/ready")).status_code == 200
    await lifespan.__aexit__(None, None, None)


@pytest.mark.parametrize("server_kind", ["postgresql"], indirect=True)
async def test_a_database_that_goes_away_under_way_is_a_503_and_back_again(
    app: FastAPI, client: httpx.AsyncClient, database_url: str
) -> None:
    anna = await join(app)
    async with out_of_reach(database_url):
        await assert_without_database(client, anna.headers)
    assert (await client.get("/api/auth/me", headers=anna.headers)).status_code == 200
    assert (await client.get("/health/ready")).status_code == 200


async def test_a_commit_that_fails_is_never_told_as_a_success(app: FastAPI, client: httpx.AsyncClient) -> None:
    anna = await join(app)
    engine = app.state.database.engine.sync_engine

    def fail(_connection: object) -> None:
        raise OperationalError("COMMIT", {}, Exception("disk I/O error"))

    event.listen(engine, "commit", fail)
    answer = await client.patch("/api/auth/me", json={"bio": "I like maps."}, headers=anna.headers)
    event.remove(engine, "commit", fail)
    assert_problem(answer, 503)
    assert (await client.get("/api/auth/me", headers=anna.headers)).json()["bio"] is None
