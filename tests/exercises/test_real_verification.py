"""Saving with the real judge behind it."""

import httpx
import pytest
from fastapi import FastAPI

from learnflow.accounts.access import Role
from tests.conftest import client_of
from tests.support.exercises import exercise
from tests.support.people import join


async def test_saving_runs_solution_and_starter_in_the_sandbox(judging_app: FastAPI) -> None:
    teacher = await join(judging_app, Role.teacher)

    async with client_of(judging_app) as client:

        async def save(**changes: str) -> httpx.Response:
            return await client.post("/api/exercises/", json=exercise(**changes), headers=teacher.headers)

        assert (await save()).status_code == 201
        wrong = await save(solution_code="def add(a, b):\n    return min(a + b, 10)\n")
        assert (wrong.status_code, wrong.json()["code"]) == (422, "verification_failed")
        assert [problem["field"] for problem in wrong.json()["errors"]] == ["test_cases[1]"]
        assert "a large number" in wrong.json()["detail"]
        broken = await save(solution_code="def add(a, b:\n    return a + b\n")
        assert "syntax_error" in broken.json()["detail"]
        finished = await save(starter_code="def add(a, b):\n    return a + b\n")
        assert [problem["field"] for problem in finished.json()["errors"]] == ["starter_code"]


@pytest.mark.parametrize("force", [True, False])
async def test_without_a_grader_only_force_saves(
    client: httpx.AsyncClient, app: FastAPI, force: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("learnflow.exercises.save.VERIFY_SECONDS", 0.5)
    teacher = await join(app, Role.teacher)
    answer = await client.post(f"/api/exercises/?force={force}", json=exercise(), headers=teacher.headers)
    assert answer.status_code == (201 if force else 503), answer.text
