"""POST /api/submissions/trace: the steps of one run, to be drawn."""

from datetime import timedelta

import httpx
from sqlalchemy import func, select, update

from learnflow.core.clock import now
from learnflow.grading.janitor import tidy
from learnflow.submissions.models import Execution, Submission
from tests.submissions.conftest import WRONG, School


async def ask(school: School, code: str, **fields: object) -> httpx.Response:
    return await school.client.post(
        "/api/submissions/trace", json={"code": code, **fields}, headers=school.student.headers
    )


async def test_a_program_is_answered_step_by_step_and_is_no_attempt(judging_school: School) -> None:
    answer = await ask(judging_school, "n = int(input())\nprint(n * 2)\n", stdin="21\n")
    assert answer.status_code == 200
    body = answer.json()
    assert (body["stdout"], body["verdict"], body["ended"], body["error"]) == ("42\n", "passed", "end", None)
    assert [(step["event"], step["line"]) for step in body["steps"]] == [("line", 1), ("line", 2), ("return", 2)]
    assert body["steps"][1]["changed"] == [{"frame": 0, "name": "n", "value": "21"}]
    assert (body["steps"][1]["output"], body["steps"][2]["output"]) == (0, 3)
    async with judging_school.app.state.database.read() as session:
        assert await session.scalar(select(func.count()).select_from(Submission)) == 0


async def test_a_trace_that_is_cut_short_has_no_verdict(judging_school: School) -> None:
    body = (await ask(judging_school, "while True:\n    pass\n")).json()
    assert (body["ended"], body["verdict"], len(body["steps"])) == ("steps", None, 1000)


async def test_an_error_is_shown_with_its_line(judging_school: School) -> None:
    body = (await ask(judging_school, "x = 1\nx / 0\n")).json()
    assert (body["verdict"], body["error"]["line"], body["steps"][-1]["event"]) == ("runtime_error", 2, "exception")


async def test_a_visible_case_is_traced_and_a_hidden_one_is_not(judging_school: School) -> None:
    exercise = {"exercise_id": judging_school.exercise_id}
    body = (await ask(judging_school, WRONG, **exercise, position=0)).json()
    assert [step["value"] for step in body["steps"] if step["event"] == "return"] == ["None", "5"]
    hidden = await ask(judging_school, "def add(a, b):\n    print(a, b)\n", **exercise, position=1)
    assert (hidden.status_code, hidden.json()["errors"][0]["field"]) == (422, "position")
    assert "7340917" not in hidden.text


async def test_what_makes_no_sense_is_refused(school: School) -> None:
    exercise = {"exercise_id": school.exercise_id}
    assert (await ask(school, "")).status_code == 422
    assert (await ask(school, "x" * (64 * 1024 + 1))).status_code == 413
    assert (await ask(school, "1", exercise_id=999, position=0)).status_code == 404
    for fields in (exercise, {"position": 0}, {**exercise, "position": 2}, {**exercise, "position": -1}):
        answer = await ask(school, "1", **fields)
        assert (answer.status_code, answer.json()["errors"][0]["field"] in ("position", "exercise_id")) == (422, True)


async def test_what_was_traced_is_emptied_after_an_hour(judging_school: School) -> None:
    database = judging_school.app.state.database
    await ask(judging_school, "secret = 1\n")
    async with database.write() as session:
        await session.execute(update(Execution).values(created_at=now() - timedelta(minutes=61)))
    await tidy(database)
    async with database.read() as session:
        row = (await session.scalars(select(Execution))).one()
    assert (row.kind, row.status, row.request, row.outcome) == ("trace", "done", None, None)
