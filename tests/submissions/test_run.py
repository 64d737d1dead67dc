"""The Run button: output at once, not an attempt."""

from datetime import timedelta

import httpx
import pytest
from sqlalchemy import func, select, update

from learnflow.core.clock import now
from learnflow.grading.janitor import tidy
from learnflow.submissions import run
from learnflow.submissions.errors import NoGraderInTime
from learnflow.submissions.models import Execution, Submission
from tests.submissions.conftest import WRONG, School


async def ask(school: School, code: str, **fields: object) -> httpx.Response:
    return await school.client.post(
        "/api/submissions/run", json={"code": code, **fields}, headers=school.student.headers
    )


async def test_a_program_reads_stdin_and_its_output_comes_back(judging_school: School) -> None:
    answer = await ask(judging_school, "print(int(input()) * 2)", stdin="21\n")
    assert answer.status_code == 200
    body = answer.json()
    assert (body["stdout"], body["verdict"], body["cases"], body["error"]) == ("42\n", "passed", [], None)


async def test_an_error_is_shown_with_its_line(judging_school: School) -> None:
    body = (await ask(judging_school, "x = 1\nprint(x / 0)\n")).json()
    assert (body["verdict"], body["error"]["type"], body["error"]["line"]) == ("runtime_error", "ZeroDivisionError", 2)
    async with judging_school.app.state.database.read() as session:
        row = (await session.scalars(select(Execution))).one()
    assert (row.kind, row.status, row.error_type) == ("run", "done", "ZeroDivisionError")


async def test_with_an_exercise_its_visible_cases_are_judged_and_no_attempt_is_counted(judging_school: School) -> None:
    body = (await ask(judging_school, WRONG, exercise_id=judging_school.exercise_id)).json()
    assert [(case["name"], case["verdict"]) for case in body["cases"]] == [("two and three", "passed")]
    assert "7340917" not in str(body)
    async with judging_school.app.state.database.read() as session:
        assert await session.scalar(select(func.count()).select_from(Submission)) == 0


async def test_without_a_grader_whoever_waits_is_told_in_time(school: School) -> None:
    database = school.app.state.database
    asked = {"code": "print(1)", "stdin": "", "test_cases": [], "limits": {}}
    async with database.write() as session:
        execution_id = await run.enqueue(session, student_id=school.student.id, kind="run", request=asked)
    with pytest.raises(NoGraderInTime), school.app.state.live.watch(("execution", execution_id)) as watch:
        await run.outcome_of(database, watch, execution_id, patience_seconds=0.1)


async def test_code_is_refused_like_a_hand_in(school: School) -> None:
    assert (await ask(school, "")).status_code == 422
    assert (await ask(school, "x" * (64 * 1024 + 1))).status_code == 413
    assert (await ask(school, "1", exercise_id=999)).status_code == 404
    assert (await ask(school, "1", stdin="\0")).json()["errors"][0]["field"] == "stdin"


async def test_what_was_run_is_emptied_after_an_hour_and_its_figures_kept(judging_school: School) -> None:
    database = judging_school.app.state.database
    await ask(judging_school, "secret = 1\nprint(secret / 0)\n")
    await ask(judging_school, "print(2)")
    async with database.write() as session:
        first = (await session.scalars(select(Execution.id).order_by(Execution.id))).first()
        await session.execute(
            update(Execution).where(Execution.id == first).values(created_at=now() - timedelta(minutes=61))
        )
    await tidy(database)
    async with database.read() as session:
        old, new = (await session.scalars(select(Execution).order_by(Execution.id))).all()
    assert (old.request, old.outcome, old.error_type, old.kind) == (None, None, "ZeroDivisionError", "run")
    assert old.emptied_at is not None
    assert new.request is not None
