"""Handing in: what is accepted and judged, what is refused and why."""

import httpx
import pytest
from sqlalchemy import func, select, update

from learnflow.core.clock import now
from learnflow.exercises.models import Exercise
from learnflow.submissions.models import QueuedWork, Submission
from tests.submissions.conftest import WRONG, School


async def submissions_in(school: School) -> int:
    async with school.app.state.database.read() as session:
        return await session.scalar(select(func.count()).select_from(Submission)) or 0


async def test_create_submission(judging_school: School) -> None:
    school = judging_school
    answer = await school.hand_in(wait=20)
    assert answer.status_code == 201
    body = answer.json()
    assert (body["status"], body["score"], body["feedback"]) == ("passed", 100, "All 2 cases passed.")
    assert [case["verdict"] for case in body["cases"]] == ["passed", "passed"]
    assert body["student_id"] == school.student.id
    assert body["exercise_version"] == 1
    assert body["judged_with"]["tier"] == "full"


async def test_a_wrong_submission_is_told_the_first_failing_case_and_nothing_hidden(judging_school: School) -> None:
    body = (await judging_school.hand_in(WRONG, wait=20)).json()
    assert (body["status"], body["score"]) == ("failed", 50)
    assert body["feedback"] == "1 of 2 cases passed; first failing: a large number."
    visible, hidden = body["cases"]
    assert (visible["expected"], visible["actual"]) == ("5", "5")
    told = {name for name, value in hidden.items() if value is not None}
    assert told == {"position", "name", "hidden", "verdict"}
    assert hidden["verdict"] == "wrong_answer"


async def test_code_that_python_cannot_read_says_so(judging_school: School) -> None:
    body = (await judging_school.hand_in("def add(a, b)\n    return a + b\n", wait=20)).json()
    assert (body["status"], body["score"]) == ("failed", 0)
    assert body["feedback"].startswith("Python can't read this code")


async def test_without_a_wait_the_answer_is_queued_and_the_promise_is_in_the_queue(school: School) -> None:
    body = (await school.hand_in()).json()
    assert (body["status"], body["score"], body["cases"]) == ("queued", None, [])
    async with school.app.state.database.read() as session:
        row = (await session.scalars(select(QueuedWork))).one()
    assert (row.submission_id, row.attempt, row.leased_until) == (body["id"], 0, None)


async def test_a_wait_that_runs_out_answers_queued(school: School) -> None:
    answer = await school.hand_in(wait=0.1)
    assert (answer.status_code, answer.json()["status"]) == (201, "queued")


async def test_both_slash_forms_answer(school: School) -> None:
    body = {"exercise_id": school.exercise_id, "code": "x = 1"}
    answer = await school.client.post("/api/submissions", json=body, headers=school.student.headers)
    assert answer.status_code == 201


@pytest.mark.parametrize(
    ("fields", "status", "field"),
    [
        ({"code": ""}, 422, "code"),
        ({"code": "x = '\0'"}, 422, "code"),
        ({"code": 7}, 422, "code"),
        ({"code": "x" * (64 * 1024 + 1)}, 413, "code"),
        ({"code": "ä" * (32 * 1024 + 1)}, 413, "code"),
        ({"language": "perl"}, 422, "language"),
        ({"exercise_id": 0}, 422, "exercise_id"),
        ({"exercise_id": -1}, 422, "exercise_id"),
        ({"exercise_id": 2**63}, 422, "exercise_id"),
        ({"exercise_id": "1"}, 422, "exercise_id"),
        ({"score": 100}, 422, "score"),
        ({"exercise_id": 999}, 404, None),
    ],
)
async def test_a_bad_hand_in_is_refused_naming_the_field(
    school: School, fields: dict[str, object], status: int, field: str | None
) -> None:
    answer = await school.hand_in(**{"code": "x = 1", **fields})
    problem = answer.json()
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    assert [error["field"] for error in problem["errors"]] == ([field] if field else [])
    assert await submissions_in(school) == 0


async def test_code_of_64_kib_is_taken(school: School) -> None:
    assert (await school.hand_in("ä" * (32 * 1024))).status_code == 201


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b'{"exercise_id": 1, "code": "\xff\xfe"}', 400),
        (b'{"exercise_id": 1, "code": "\\ud800"}', 422),
        (b'{"exercise_id": 1, "code": ', 422),
        (b"[" * 100_000, 400),
        (b"", 422),
    ],
)
async def test_a_body_that_is_no_text_is_a_problem(school: School, body: bytes, status: int) -> None:
    headers = school.student.headers | {"Content-Type": "application/json"}
    answer = await school.client.post("/api/submissions/", content=body, headers=headers)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")


async def test_an_archived_exercise_takes_no_more(school: School) -> None:
    async with school.app.state.database.write() as session:
        await session.execute(update(Exercise).values(archived_at=now()))
    answer = await school.hand_in()
    assert (answer.status_code, answer.json()["code"]) == (410, "exercise_archived")
    run = await school.client.post(
        "/api/submissions/run",
        json={"code": "1", "exercise_id": school.exercise_id},
        headers=school.student.headers,
    )
    assert run.status_code == 410


async def test_a_guest_hands_in_nothing(school: School) -> None:
    answer = await school.client.post("/api/submissions/", json={"exercise_id": 1, "code": "x"})
    assert answer.status_code == 401


@pytest.mark.parametrize("wait", ["-1", "31", "nan", "x"])
async def test_a_wait_is_at_most_thirty_seconds(school: School, wait: str) -> None:
    answer = await school.client.post(
        f"/api/submissions/?wait={wait}", json={"exercise_id": 1, "code": "x"}, headers=school.student.headers
    )
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "wait")


async def test_past_the_rate_a_student_is_told_when_to_come_back(school: School) -> None:
    answers: list[httpx.Response] = [await school.hand_in("x = 1") for _ in range(31)]
    assert [answer.status_code for answer in answers] == [201] * 30 + [429]
    assert 1 <= int(answers[-1].headers["retry-after"]) <= 61
    assert (await school.hand_in("x = 1", by=school.other)).status_code == 201


async def test_a_full_queue_refuses_and_loses_nothing(school: School) -> None:
    school.app.state.settings.queue_limit = 3
    answers = [await school.hand_in("x = 1") for _ in range(4)]
    assert [answer.status_code for answer in answers] == [201, 201, 201, 503]
    assert int(answers[-1].headers["retry-after"]) >= 1
    run = await school.client.post("/api/submissions/run", json={"code": "1"}, headers=school.student.headers)
    assert run.status_code == 503
    assert await submissions_in(school) == 3
