"""The events stream: from the queue to the verdict, and never longer than the sign-in."""

import asyncio
import json
import time
from datetime import timedelta
from typing import Any

import httpx
from httpx_sse import EventSource
from sqlalchemy import update

from learnflow.accounts.models import SignInSession
from learnflow.core.clock import now
from learnflow.core.config import Tier
from learnflow.grading.service import graders
from tests.submissions.conftest import WRONG, School
from tests.support.people import access_token, bearer
from tests.support.waiting import eventually


def events_of(answer: httpx.Response) -> list[tuple[str, dict[str, Any]]]:
    assert answer.status_code == 200
    return [(event.event, json.loads(event.data)) for event in EventSource(answer).iter_sse()]


async def is_followed(school: School, submission_id: int) -> bool:
    return ("submission", submission_id) in school.app.state.live._watches


async def test_a_submission_is_followed_to_its_verdict(school: School) -> None:
    await school.hand_in("x = 1", by=school.other)
    submission_id = (await school.hand_in(WRONG)).json()["id"]
    stream = asyncio.create_task(school.get(f"{submission_id}/events"))
    state = school.app.state
    await eventually(lambda: is_followed(school, submission_id))
    await school.get(str(submission_id))  # the stream has had its first look into the database by then
    async with graders(state.database, state.live, size=1, lowest_tier=Tier.full):
        events = events_of(await stream)
    names = [name for name, _ in events]
    assert names[0] == "queued"
    assert events[0][1]["position"] == 2
    assert names[-4:] == ["running", "case", "case", "graded"]
    cases = {data["case"]["name"]: data for name, data in events if name == "case"}
    assert {(data["attempt"], data["provisional"]) for data in cases.values()} == {(1, True)}
    assert cases["a large number"]["case"]["verdict"] == "wrong_answer"
    assert cases["two and three"]["case"]["actual"] == "5"
    assert events[-1][1] == (await school.get(str(submission_id))).json()
    assert "7340917" not in json.dumps(events)
    assert "7340918" not in json.dumps(events)


async def test_the_stream_of_a_graded_submission_is_its_verdict(judging_school: School) -> None:
    handed_in = (await judging_school.hand_in(wait=20)).json()
    answer = await judging_school.get(f"{handed_in['id']}/events")
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert events_of(answer) == [("graded", handed_in)]


async def test_without_hints_from_the_grader_the_database_tells(school: School) -> None:
    """A grader in another process: nothing but the database is shared with it."""
    submission_id = (await school.hand_in()).json()["id"]
    stream = asyncio.create_task(school.get(f"{submission_id}/events"))
    state = school.app.state
    async with graders(state.database, type(state.live)(), size=1, lowest_tier=Tier.full):
        events = events_of(await stream)
    assert events[-1][0] == "graded"
    assert events[-1][1]["status"] == "passed"


async def test_the_stream_ends_with_the_session(school: School) -> None:
    submission_id = (await school.hand_in()).json()["id"]
    stream = asyncio.create_task(school.get(f"{submission_id}/events"))
    async with school.app.state.database.write() as session:
        mine = SignInSession.id == school.student.session_id
        await eventually(lambda: is_followed(school, submission_id))
        await session.execute(update(SignInSession).where(mine).values(revoked_at=now()))
    revoked = time.monotonic()
    names = [name for name, _ in events_of(await stream)]
    assert time.monotonic() - revoked < 5
    assert names == ["queued"]


async def test_the_stream_ends_with_the_token(school: School) -> None:
    submission_id = (await school.hand_in()).json()["id"]
    life = timedelta(minutes=school.app.state.settings.access_token_minutes)
    almost_over = access_token(school.app, school.student, school.student.session_id, at=now() - life)
    started = time.monotonic()
    answer = await school.client.get(f"/api/submissions/{submission_id}/events", headers=bearer(almost_over))
    assert [name for name, _ in events_of(answer)] == ["queued"]
    assert time.monotonic() - started < 5


async def test_a_reader_who_leaves_is_forgotten(school: School) -> None:
    submission_id = (await school.hand_in()).json()["id"]
    stream = asyncio.create_task(school.get(f"{submission_id}/events"))
    await eventually(lambda: is_followed(school, submission_id))
    stream.cancel()
    await asyncio.gather(stream, return_exceptions=True)
    assert school.app.state.live._watches == {}
