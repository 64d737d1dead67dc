"""Every refusal has one shape, names its request, and tells nothing of our insides."""

import logging

import httpx
import pytest
from fastapi import FastAPI

from learnflow.core.errors import Problem
from tests.conftest import client_of


def assert_problem(answer: httpx.Response, status: int) -> Problem:
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    problem = Problem.model_validate_json(answer.content, extra="forbid")
    assert problem.status == status
    assert problem.request_id == answer.headers["x-request-id"]
    return problem


async def test_an_unknown_path_is_not_found(client: httpx.AsyncClient) -> None:
    for path in ("/nowhere", "/api", "/api/exercises/1/nowhere", "/docs-files/../secret", "/docs-files/other.js"):
        assert_problem(await client.get(path), 404)


async def test_a_wrong_method_names_the_allowed_ones(client: httpx.AsyncClient) -> None:
    answer = await client.delete("/health")
    assert_problem(answer, 405)
    assert "GET" in answer.headers["allow"]


async def test_our_own_fault_is_told_without_internals(app: FastAPI, caplog: pytest.LogCaptureFixture) -> None:
    @app.get("/broken")
    async def broken() -> None:
        raise RuntimeError("the secret inside")

    async with client_of(app) as client:
        with caplog.at_level(logging.ERROR):
            answer = await client.get("/broken")
    problem = assert_problem(answer, 500)
    assert "secret" not in answer.text
    assert "RuntimeError" not in answer.text
    assert problem.code == "internal_error"


async def test_a_request_id_goes_out_as_it_came_in(client: httpx.AsyncClient) -> None:
    answer = await client.get("/nowhere", headers={"X-Request-ID": "from-the-proxy.17"})
    assert answer.headers["x-request-id"] == "from-the-proxy.17"
    assert assert_problem(answer, 404).request_id == "from-the-proxy.17"


async def test_a_request_without_a_usable_id_is_given_one(client: httpx.AsyncClient) -> None:
    for given in ({}, {"X-Request-ID": "two words"}, {"X-Request-ID": "x" * 129}):
        answer = await client.get("/health", headers=given)
        assert len(answer.headers["x-request-id"]) == 32


async def test_an_address_with_two_methods_names_both(client: httpx.AsyncClient) -> None:
    answer = await client.delete("/api/auth/me")
    assert_problem(answer, 405)
    assert answer.headers["allow"] == "GET, PATCH"


@pytest.mark.parametrize(
    ("body", "media_type", "field", "what_to_do"),
    [
        (b"", "application/json", "body", "Send a JSON object, with the header Content-Type: application/json."),
        (b"[]", "application/json", "body", "Send a JSON object, with the header Content-Type: application/json."),
        (b'{"email": "a@b.de"}', "text/plain", "body", "Send a JSON object, with the header Content-Type"),
        (b'{"email": x}', "application/json", "body", "This is not JSON: Expecting value at character 10."),
        (b'{"email":"a@b.de","password":"%s"}' % (b"x" * 2000), "application/json", "password", "Use at most "),
    ],
)
async def test_a_body_of_the_wrong_form_is_told_what_to_send(
    client: httpx.AsyncClient, body: bytes, media_type: str, field: str, what_to_do: str
) -> None:
    answer = await client.post("/api/auth/login", content=body, headers={"content-type": media_type})
    problem = assert_problem(answer, 422)
    assert problem.errors[0].field == field
    assert problem.errors[0].message.startswith(what_to_do)


@pytest.mark.parametrize(
    "body", [{"k" * 500_000: 1}, {f"k{number}": 1 for number in range(50_000)}], ids=["a long name", "many names"]
)
async def test_the_answer_to_nonsense_is_short(client: httpx.AsyncClient, body: dict[str, int]) -> None:
    answer = await client.post("/api/auth/login", json=body)
    assert_problem(answer, 422)
    assert len(answer.content) < 10_000
