"""Every route is asked as every kind of caller; a route without its row fails."""

import pytest
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from tests.contract.matrix import CALLERS, MATRIX, Row
from tests.contract.world import SECRETS, World

from learnflow.core.config import Settings
from learnflow.entry.app import create_app

PROBLEM = "application/problem+json"


def routes_of(app: FastAPI) -> set[tuple[str, str]]:
    """Every method and path the application answers, a collection's two slash forms counted as one."""
    return {
        (method, without_slash(str(context.path)))
        for context in iter_route_contexts(app.routes)
        for method in context.methods or ()
        if method != "HEAD"
    }


def without_slash(path: str) -> str:
    return path.rstrip("/") or "/"


async def test_every_route_has_its_row(settings: Settings) -> None:
    assert routes_of(create_app(settings)) == {(method, without_slash(path)) for method, path in MATRIX}


async def test_a_collection_answers_with_and_without_the_slash(world: World) -> None:
    for path in (
        *("/api/exercises", "/api/submissions/exercise/1", f"/api/submissions/student/{world.owner.id}"),
        *("/api/auth/sessions", f"/api/analytics/student/{world.owner.id}/progress"),
    ):
        for form in (path, f"{path}/"):
            assert (await world.client.get(form, headers=world.owner.headers)).status_code == 200, form


def calls() -> list[object]:
    """One school serves all callers of a route that only reads; what changes something gets a school for each."""
    return [
        pytest.param(
            method, path, callers, id=f"{method} {path} {' '.join(callers) if method != 'GET' else ''}".strip()
        )
        for method, path in MATRIX
        for callers in ([CALLERS] if method == "GET" else [(caller,) for caller in CALLERS])
    ]


@pytest.mark.parametrize(("method", "path", "callers"), calls())
async def test_each_caller_gets_their_answer_and_no_secret(
    method: str, path: str, callers: tuple[str, ...], world: World
) -> None:
    row: Row = MATRIX[method, path]
    address = path.format(**row.path(world)) + row.query
    for caller in callers:
        headers = {**row.headers, **await world.headers(caller)}
        answer = await world.client.request(method, address, headers=headers, json=row.body(world))
        assert answer.status_code == row.expected(caller), f"{caller}: {answer.text}"
        if answer.status_code >= 400:
            assert answer.headers["content-type"] == PROBLEM
            assert answer.json()["status"] == answer.status_code
        if caller not in {"teacher", "admin"}:
            told = allowed(path, caller)
            leaked = [name for name, secret in SECRETS.items() if secret in answer.text and name not in told]
            assert not leaked, caller


def allowed(path: str, caller: str) -> set[str]:
    """What a student may read after all: the solution once solved, a hint once revealed."""
    if path.endswith("/solution") and caller == "student":
        return {"solution"}
    if path.endswith("/hints/next"):
        return {"hint not revealed"}
    return set()
