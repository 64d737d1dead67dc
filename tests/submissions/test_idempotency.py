"""The same Idempotency-Key never makes two submissions."""

import asyncio
from datetime import timedelta

import httpx
import pytest
from sqlalchemy import func, select, update

from learnflow.core.clock import now
from learnflow.submissions.models import IdempotencyKey, QueuedWork, Submission
from tests.submissions.conftest import School
from tests.support.people import Person


async def hand_in(school: School, key: str, code: str = "x = 1", by: Person | None = None) -> httpx.Response:
    headers = (by or school.student).headers | {"Idempotency-Key": key}
    body = {"exercise_id": school.exercise_id, "code": code}
    return await school.client.post("/api/submissions/", json=body, headers=headers)


async def count(school: School) -> int:
    async with school.app.state.database.read() as session:
        submissions = await session.scalar(select(func.count()).select_from(Submission))
        assert submissions == await session.scalar(select(func.count()).select_from(QueuedWork))
        return submissions or 0


async def test_the_same_key_and_body_bring_the_same_submission(school: School) -> None:
    first, again = await hand_in(school, "k"), await hand_in(school, "k")
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()
    assert await count(school) == 1


async def test_the_same_key_with_another_body_is_refused(school: School) -> None:
    await hand_in(school, "k")
    answer = await hand_in(school, "k", code="x = 2")
    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_reused")
    assert answer.json()["errors"][0]["field"] == "Idempotency-Key"
    assert await count(school) == 1


async def test_a_key_is_a_students_own(school: School) -> None:
    mine, theirs = await hand_in(school, "k"), await hand_in(school, "k", by=school.other)
    assert mine.json()["id"] != theirs.json()["id"]


async def test_ten_at_once_with_one_key_make_one_submission(school: School) -> None:
    answers = await asyncio.gather(*(hand_in(school, "k") for _ in range(10)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert await count(school) == 1


async def test_a_key_is_free_again_when_its_hand_in_was_refused(school: School) -> None:
    school.app.state.settings.queue_limit = 1
    await hand_in(school, "a")
    assert (await hand_in(school, "b")).status_code == 503
    assert (await hand_in(school, "a")).status_code == 201, "what was taken before is still answered"
    school.app.state.settings.queue_limit = 2
    assert (await hand_in(school, "b")).status_code == 201


async def test_a_key_is_forgotten_after_a_day(school: School) -> None:
    first = await hand_in(school, "k")
    async with school.app.state.database.write() as session:
        await session.execute(update(IdempotencyKey).values(created_at=now() - timedelta(hours=24)))
    assert (await hand_in(school, "k", code="x = 2")).json()["id"] != first.json()["id"]


@pytest.mark.parametrize("key", ["k" * 256, "é", "tab\tbed"])
async def test_a_key_is_up_to_255_printable_characters(school: School, key: str) -> None:
    headers = school.student.headers | {"Idempotency-Key": key.encode()}
    answer = await school.client.post("/api/submissions/", json={"exercise_id": 1, "code": "x"}, headers=headers)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "Idempotency-Key")
