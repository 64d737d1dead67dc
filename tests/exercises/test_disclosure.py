"""Students and guests see neither solution, nor hidden cases' data, nor unrevealed hints; the ladder and the policy."""

import asyncio

import httpx
import pytest
from fastapi import FastAPI

from learnflow.accounts.access import GUEST, Caller, Role
from learnflow.core.clock import now
from learnflow.core.database import Database
from learnflow.exercises.disclosure import visible_case, visible_cases
from learnflow.progress.record import record_outcome
from tests.support.exercises import HIDDEN_NUMBER, HINTS, SOLUTION, events_about_exercises, published_exercise
from tests.support.people import Person, join

STUDENT, TEACHER = Caller(Role.student, id=1), Caller(Role.teacher, id=2)


async def attempt(database: Database, person: Person, exercise_id: int, *, passed: bool) -> None:
    async with database.write() as session:
        await record_outcome(
            session,
            student_id=person.id,
            student_key=person.user_id,
            exercise_id=exercise_id,
            topic="variables",
            passed=passed,
            score=100 if passed else 50,
            submitted_at=now(),
        )


async def test_students_and_guests_see_a_hidden_case_by_name_only(
    client: httpx.AsyncClient, app: FastAPI, student: Person
) -> None:
    made = await published_exercise(app.state.database)
    for headers in ({}, student.headers):
        answer = await client.get(f"/api/exercises/{made.id}", headers=headers)
        assert answer.json()["test_cases"][1] == {"name": "a large number", "hidden": True}
        assert answer.json()["test_cases"][0]["expected"] == 5
        for secret in (str(HIDDEN_NUMBER), "reference solution", *HINTS):
            assert secret not in answer.text


async def test_staff_see_everything(client: httpx.AsyncClient, app: FastAPI, teacher: Person) -> None:
    made = await published_exercise(app.state.database)
    body = (await client.get(f"/api/exercises/{made.id}", headers=teacher.headers)).json()
    assert body["solution_code"] == SOLUTION
    assert body["test_cases"][1]["input"]["args"] == [HIDDEN_NUMBER, 1]
    assert body["hints"] == HINTS


def test_a_hidden_cases_outcome_is_for_staff() -> None:
    detail = {"expected": "8"}
    assert visible_case(detail, True, STUDENT) is None
    assert visible_case(detail, True, GUEST) is None
    assert visible_case(detail, True, TEACHER) == detail
    assert visible_case(detail, False, STUDENT) == detail
    cases = [{"hidden": True}, {"hidden": False}]
    assert visible_cases(cases, STUDENT) == [{"hidden": False}]
    assert visible_cases(cases, TEACHER) == cases


async def test_hints_are_revealed_rung_by_rung_and_remembered(
    client: httpx.AsyncClient, app: FastAPI, student: Person
) -> None:
    made = await published_exercise(app.state.database)
    address = f"/api/exercises/{made.id}"
    assert (await client.post(f"{address}/hints/next")).status_code == 401
    for rung, hint in enumerate(HINTS, 1):
        answer = await client.post(f"{address}/hints/next", headers=student.headers)
        assert answer.json() == {"rung": rung, "hint": hint, "hints_total": 3}
        shown = (await client.get(address, headers=student.headers)).json()
        assert (shown["hints"], shown["hints_total"]) == (HINTS[:rung], 3)
    after = await client.post(f"{address}/hints/next", headers=student.headers)
    assert (after.status_code, after.json()["code"]) == (409, "no_more_hints")
    assert (await client.get(address, headers=(await join(app)).headers)).json()["hints"] == []
    events = await events_about_exercises(app.state.database, "hint_revealed")
    assert events == [{"student_id": student.id, "exercise_id": made.id, "rung": rung} for rung in (1, 2, 3)]


async def test_hints_asked_for_at_once_never_skip_a_rung(
    client: httpx.AsyncClient, app: FastAPI, student: Person
) -> None:
    made = await published_exercise(app.state.database, hints=[f"Hint {n}" for n in range(1, 11)])
    address = f"/api/exercises/{made.id}/hints/next"
    answers = await asyncio.gather(*(client.post(address, headers=student.headers) for _ in range(4)))
    rungs = {answer.json()["rung"] for answer in answers}
    assert rungs == set(range(1, len(rungs) + 1))
    shown = (await client.get(f"/api/exercises/{made.id}", headers=student.headers)).json()
    assert len(shown["hints"]) == len(rungs)


async def test_an_exercise_without_hints_says_so(client: httpx.AsyncClient, app: FastAPI, student: Person) -> None:
    made = await published_exercise(app.state.database, hints=[])
    answer = await client.post(f"/api/exercises/{made.id}/hints/next", headers=student.headers)
    assert (answer.status_code, answer.json()["detail"]) == (409, "It has no hints.")


async def test_the_solution_is_for_those_who_solved_the_exercise(
    client: httpx.AsyncClient, app: FastAPI, student: Person, teacher: Person
) -> None:
    made = await published_exercise(app.state.database)
    address = f"/api/exercises/{made.id}/solution"
    assert (await client.get(address)).status_code == 401
    refused = await client.get(address, headers=student.headers)
    assert (refused.status_code, refused.json()["code"]) == (403, "solution_locked")
    assert "Solve the exercise first" in refused.json()["detail"]
    assert SOLUTION not in refused.text
    assert (await client.get(address, headers=teacher.headers)).json()["solution_code"] == SOLUTION
    await attempt(app.state.database, student, made.id, passed=False)
    assert (await client.get(address, headers=student.headers)).status_code == 403
    await attempt(app.state.database, student, made.id, passed=True)
    assert (await client.get(address, headers=student.headers)).json() == {
        "exercise_id": made.id,
        "version": 1,
        "solution_code": SOLUTION,
    }
    assert (await client.get(address, headers=(await join(app)).headers)).status_code == 403


@pytest.mark.parametrize(("policy", "before", "after"), [("always", 200, 200), ("never", 403, 403)])
async def test_an_exercises_policy_decides_about_its_solution(
    client: httpx.AsyncClient, app: FastAPI, student: Person, policy: str, before: int, after: int
) -> None:
    made = await published_exercise(app.state.database, solution_policy=policy)
    address = f"/api/exercises/{made.id}/solution"
    assert (await client.get(address, headers=student.headers)).status_code == before
    await attempt(app.state.database, student, made.id, passed=True)
    assert (await client.get(address, headers=student.headers)).status_code == after
