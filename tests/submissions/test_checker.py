"""A checker over HTTP: one that fails is refused on saving; where it fails later, teachers are told and no student."""

from typing import Any

from fastapi import FastAPI

from tests.conftest import client_of
from tests.submissions.conftest import School
from tests.support.exercises import exercise

FRAGILE = "def check(expected, actual, input):\n    return actual + 0 == expected  # told in secret\n"


def cases(code: str, **fields: Any) -> list[dict[str, Any]]:
    definition = {"name": "adds", "kind": "call", "input": {"function": "add", "args": [2, 3]}, "expected": 5}
    return [{**definition, "comparison": {"mode": "checker", "code": code}, **fields}]


async def test_a_checker_that_fails_on_the_solution_or_the_starter_is_refused_on_saving(
    judging_school: School,
) -> None:
    async def save(code: str) -> tuple[int, dict[str, Any]]:
        body = exercise(test_cases=cases(code))
        headers = judging_school.teacher.headers
        answer = await judging_school.client.post("/api/exercises/", json=body, headers=headers)
        return answer.status_code, answer.json()

    status, problem = await save("def check(expected, actual, input):\n    return 1 / 0\n")
    assert (status, problem["errors"][0]["field"]) == (422, "test_cases[0]")
    assert "ZeroDivisionError on line 2" in problem["errors"][0]["message"]
    status, problem = await save(FRAGILE)  # the starter returns None
    assert (status, problem["errors"][0]["field"]) == (422, "test_cases[0]")
    assert "TypeError" in problem["errors"][0]["message"]
    status, made = await save("def check(expected, actual, input):\n    return actual == expected\n")
    assert status == 201, made


async def test_where_a_checker_fails_the_submission_is_an_error_that_only_teachers_are_told(
    judging_school: School, judging_app: FastAPI
) -> None:
    school = judging_school
    body = exercise(test_cases=cases(FRAGILE))
    async with client_of(judging_app) as client:
        made = await client.post("/api/exercises/?force=true", json=body, headers=school.teacher.headers)
        assert made.status_code == 201
        exercise_id = made.json()["id"]
        assert made.json()["test_cases"][0]["comparison"]["code"] == FRAGILE
        shown = await client.get(f"/api/exercises/{exercise_id}", headers=school.student.headers)
        assert "told in secret" not in shown.text
        assert shown.json()["test_cases"][0]["comparison"]["mode"] == "checker"
    good = await school.hand_in(exercise_id=exercise_id, wait=10)
    assert good.json()["status"] == "passed", good.text
    answer = await school.hand_in("def add(a, b):\n    return None\n", exercise_id=exercise_id, wait=10)
    submission = answer.json()
    assert (submission["status"], submission["score"]) == ("error", None)
    assert submission["cases"][0]["verdict"] == "internal_error"
    assert "TypeError" not in answer.text
    told = await school.get(str(submission["id"]), by=school.teacher)
    assert "TypeError on line 2" in told.json()["judged_with"]["fault"]
    run = {"code": "def add(a, b):\n    return None\n", "exercise_id": exercise_id}
    ran = await school.client.post("/api/submissions/run", json=run, headers=school.student.headers)
    assert (ran.status_code, ran.json()["cases"][0]["verdict"]) == (200, "internal_error")
    assert "TypeError" not in ran.text
