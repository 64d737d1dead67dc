"""What goes wrong around a hand-in: the client leaves, the clock steps back, the disk is full."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event, select, text

from learnflow.core import clock
from learnflow.core.config import Tier
from learnflow.grading import queue, record, work, worker
from learnflow.grading.service import graders
from learnflow.submissions.models import Submission
from tests.submissions.conftest import School
from tests.support.waiting import eventually


async def statuses(school: School) -> list[str]:
    async with school.app.state.database.read() as session:
        return list(await session.scalars(select(Submission.status)))


async def test_a_client_that_leaves_before_the_answer_finds_its_verdict_later(judging_school: School) -> None:
    slow = "import time\n\ndef add(a, b):\n    time.sleep(0.3)\n    return a + b\n"
    request = asyncio.create_task(judging_school.hand_in(slow, wait=20))

    async def is_there() -> bool:
        return await statuses(judging_school) != []

    await eventually(is_there)
    request.cancel()
    await asyncio.gather(request, return_exceptions=True)

    async def is_judged() -> bool:
        return await statuses(judging_school) == ["passed"]

    await eventually(is_judged)


async def test_a_clock_that_steps_back_an_hour_costs_no_verdict(
    school: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    submission_id = (await school.hand_in()).json()["id"]

    def an_hour_ago() -> datetime:
        return clock.now() - timedelta(hours=1)

    for module in (queue, record, work, worker):
        monkeypatch.setattr(module, "now", an_hour_ago, raising=False)
    state = school.app.state
    async with graders(state.database, state.live, size=1, lowest_tier=Tier.full):

        async def is_judged() -> bool:
            return await statuses(school) == ["passed"]

        await eventually(is_judged)
    assert (await school.get(str(submission_id))).json()["score"] == 100


@pytest.mark.parametrize("server_kind", ["sqlite"], indirect=True)
async def test_on_a_full_disk_a_hand_in_is_refused_and_works_again_when_there_is_room(school: School) -> None:
    database = school.app.state.database
    await school.hand_in()
    async with database.connect() as connection:
        pages = (await connection.execute(text("PRAGMA page_count"))).scalar_one()

    room = pages

    def leave_room(connection: Any, _record: object, _proxy: object) -> None:
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA max_page_count={room}")
        cursor.close()

    event.listen(database.engine.sync_engine, "checkout", leave_room)
    answers = [await school.hand_in("x = 1  #" + "x" * 60_000) for _ in range(4)]
    refused = [answer for answer in answers if answer.status_code != 201]  # what was free in the file may take one
    assert refused
    assert all(answer.status_code in {500, 503} for answer in refused)
    assert all(answer.headers["content-type"] == "application/problem+json" for answer in refused)
    assert len(await statuses(school)) == 1 + len(answers) - len(refused)
    room = pages + 1000
    assert (await school.hand_in()).status_code == 201
