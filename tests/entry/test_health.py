"""Index, liveness, readiness and metrics: who is told how much."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
from fastapi import FastAPI
from pydantic import SecretStr
from sqlalchemy import text

from learnflow import __version__
from learnflow.accounts.access import Role
from learnflow.core.config import Settings
from learnflow.entry.app import create_app
from tests.conftest import client_of
from tests.contract.world import school
from tests.entry.test_one_error_shape import assert_problem
from tests.support.people import join
from tests.support.waiting import eventually

TOKEN = {"Authorization": "Bearer a-token-for-prometheus"}
NAMES = ["database", "migrations", "judge", "queue", "relay"]


def from_outside(app: FastAPI) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app=app, client=("192.0.2.7", 40000))
    return httpx.AsyncClient(transport=transport, base_url="http://learnflow.test")


@asynccontextmanager
async def started(settings: Settings, **changes: object) -> AsyncIterator[FastAPI]:
    app = create_app(settings.model_copy(update=changes))
    async with app.router.lifespan_context(app):
        yield app


async def test_the_index_says_what_is_served_and_where_to_read(client: httpx.AsyncClient) -> None:
    index = (await client.get("/")).json()
    assert (index["name"], index["version"]) == ("LearnFlow", __version__)
    for address in index["links"].values():
        assert (await client.get(address)).status_code == 200


async def test_readiness_names_every_dependency_with_detail_for_this_machine(client: httpx.AsyncClient) -> None:
    answer = (await client.get("/health/ready")).json()
    assert answer["status"] == "ready"
    assert [each["name"] for each in answer["checks"]] == NAMES
    assert all(each["detail"] for each in answer["checks"])


async def test_readiness_tells_which_modules_can_be_used_and_why_one_can_not(settings: Settings) -> None:
    offered = ("numpy", "no_such_module")
    async with started(settings, graders=1, judge_modules=offered) as app, client_of(app) as client:

        async def examined() -> bool:
            return bool(app.state.grading.modules.modules)

        await eventually(examined)
        checks = {each["name"]: each for each in (await client.get("/health/ready")).json()["checks"]}
        assert checks["judge"]["status"] == "ready"
        assert "Modules offered: numpy." in checks["judge"]["detail"]
        assert "no_such_module is not installed" in checks["judge"]["detail"]


async def test_a_guest_learns_no_detail_an_operator_does(settings: Settings) -> None:
    token = SecretStr("a-token-for-prometheus")
    async with started(settings, metrics_token=token) as app, from_outside(app) as client:
        admin, teacher = await join(app, Role.admin), await join(app, Role.teacher)
        for headers, told in (
            ({}, False),
            ({"Authorization": "Bearer wrong"}, False),
            (teacher.headers, False),
            (admin.headers, True),
            (TOKEN, True),
        ):
            answer = await client.get("/health/ready", headers=headers)
            assert answer.status_code == 200
            assert all(bool(each["detail"]) is told for each in answer.json()["checks"])


async def test_what_is_not_ready_is_named_and_makes_a_503(app: FastAPI, client: httpx.AsyncClient) -> None:
    async with app.state.database.write() as session:
        await session.execute(text("UPDATE alembic_version SET version_num = 'old'"))
    problem = assert_problem(await client.get("/health/ready"), 503)
    assert [each.field for each in problem.errors] == ["migrations"]
    assert "learnflow migrate" in problem.errors[0].message
    async with from_outside(app) as guest:
        problem = assert_problem(await guest.get("/health/ready"), 503)
    assert [each.message for each in problem.errors] == ["not ready"]


async def test_a_full_queue_does_not_take_the_server_out_of_rotation(settings: Settings) -> None:
    async with started(settings, queue_limit=1) as app, client_of(app) as client:
        world = await school(app)
        hand_in = {"exercise_id": world.exercise_id, "code": "x = 1", "language": "python"}
        sent = [await client.post("/api/submissions/", json=hand_in, headers=world.owner.headers) for _ in range(2)]
        assert [answer.status_code for answer in sent] == [201, 503]
        assert (await client.get("/health/ready")).status_code == 200


async def test_metrics_are_for_this_machine(app: FastAPI, client: httpx.AsyncClient) -> None:
    text = (await client.get("/metrics")).text
    for name in ("learnflow_queue_length 0.0", "learnflow_outbox_length", "learnflow_http_requests_total"):
        assert name in text
    async with from_outside(app) as outside:
        assert_problem(await outside.get("/metrics"), 403)
    forwarded = await client.get("/metrics", headers={"X-Forwarded-For": "127.0.0.1"})
    assert_problem(forwarded, 403)


async def test_metrics_are_for_the_token_where_one_is_set(settings: Settings) -> None:
    token = SecretStr("a-token-for-prometheus")
    async with started(settings, metrics_token=token) as app, from_outside(app) as client:
        assert (await client.get("/metrics", headers=TOKEN)).status_code == 200
        for headers in ({}, {"Authorization": "Bearer wrong"}):
            refused = await client.get("/metrics", headers=headers)
            assert_problem(refused, 401)
            assert refused.headers["www-authenticate"] == "Bearer"


async def test_only_listed_origins_may_call_from_a_web_page(settings: Settings) -> None:
    async with started(settings, cors_origins=("https://school.example",)) as app, from_outside(app) as client:
        listed = {"Origin": "https://school.example"}
        answer = await client.get("/nowhere", headers=listed)
        assert answer.headers["access-control-allow-origin"] == "https://school.example"
        assert answer.headers["access-control-allow-credentials"] == "true"
        exposed = answer.headers["access-control-expose-headers"]
        assert {"ETag", "X-Request-ID", "Retry-After"} <= set(exposed.split(", "))
        asks = {"Access-Control-Request-Method": "PUT", "Access-Control-Request-Headers": "Authorization, If-Match"}
        assert (await client.options("/api/exercises/1", headers=listed | asks)).status_code == 200
        other = {"Origin": "https://other.example"}
        assert "access-control-allow-origin" not in (await client.get("/health", headers=other)).headers
        refused = await client.options("/health", headers=other | asks)
        assert refused.status_code == 400
        assert refused.headers["content-type"] == "application/problem+json"
