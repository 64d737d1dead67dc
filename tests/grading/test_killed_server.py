"""A server killed with -9 at any instant and started again finishes what was accepted, once each."""

import asyncio
import random
import signal
from collections import Counter
from contextlib import AbstractAsyncContextManager, suppress

import httpx
from sqlalchemy import func, select

from learnflow.core.config import Settings
from learnflow.core.database import Database
from learnflow.entry.app import create_app
from learnflow.events.catalog import SubmissionGraded
from learnflow.events.models import OutboxRow, SystemEvent
from learnflow.progress.models import ExerciseTotals, Progress, StudentTotals
from learnflow.submissions.models import CaseOutcome, QueuedWork, Submission
from learnflow.submissions.state import FINAL
from tests.support.exercises import published_exercise
from tests.support.people import Person, join
from tests.support.servers import SECRET, free_port, server_process
from tests.support.waiting import eventually

KILLS = 2
"""Fewer than the tries a submission has, so that none may end as an error."""
HAND_INS_EACH = 10
HAND_INS = HAND_INS_EACH * (KILLS + 1)

CODE = "import time\n\ndef add(a, b):\n    time.sleep(0.03)\n    return a + b\n"


async def test_every_accepted_submission_ends_with_one_verdict(settings: Settings, database: Database) -> None:
    chance = random.Random()  # noqa: S311  # the instants of the kills, different in every run
    student, exercise_id = await school(settings)
    port = free_port()
    accepted: dict[str, int] = {}
    async with (
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=10) as client,
        asyncio.TaskGroup() as all_,
    ):

        def hand_in_some() -> None:
            for _ in range(HAND_INS_EACH):
                key = f"key-{len(keys)}"
                keys.append(key)
                all_.create_task(hand_in(client, student, exercise_id, key, accepted))

        keys: list[str] = []
        for _ in range(KILLS):
            before = len(accepted)
            hand_in_some()
            async with server(settings, port) as process:
                await eventually(lambda: has_more_than(accepted, before), seconds=30)  # noqa: B023  # awaited here
                await asyncio.sleep(chance.uniform(0, 0.5))
                process.send_signal(signal.SIGKILL)
        hand_in_some()
        async with server(settings, port):
            await eventually(lambda: has_more_than(accepted, HAND_INS - 1), seconds=40)
            await eventually(lambda: all_are_graded(database), seconds=40)
            await eventually(lambda: all_are_told(database), seconds=20)
    await check(database, accepted, student)


async def school(settings: Settings) -> tuple[Person, int]:
    app = create_app(settings.model_copy(update={"secret_key": type(settings.secret_key)(SECRET)}))
    async with app.router.lifespan_context(app):
        exercise = await published_exercise(app.state.database)
        return await join(app), exercise.id


async def hand_in(
    client: httpx.AsyncClient, student: Person, exercise_id: int, key: str, accepted: dict[str, int]
) -> None:
    """Hand in again and again until it is accepted, whatever becomes of the server meanwhile."""
    while key not in accepted:
        with suppress(httpx.TransportError):
            answer = await client.post(
                "/api/submissions/",
                json={"exercise_id": exercise_id, "code": CODE},
                headers=student.headers | {"Idempotency-Key": key},
            )
            assert answer.status_code == 201, answer.text
            accepted[key] = answer.json()["id"]
        await asyncio.sleep(0.02)


def server(settings: Settings, port: int) -> AbstractAsyncContextManager[asyncio.subprocess.Process]:
    return server_process(settings, port, grader_lease_seconds="1", submission_rate="1000/minute")


async def has_more_than(accepted: dict[str, int], number: int) -> bool:
    return len(accepted) > number


async def all_are_graded(database: Database) -> bool:
    async with database.read() as session:
        statuses = set(await session.scalars(select(Submission.status)))
    return statuses <= set(FINAL)


async def all_are_told(database: Database) -> bool:
    async with database.read() as session:
        return await session.scalar(select(func.count()).select_from(OutboxRow)) == 0


async def check(database: Database, accepted: dict[str, int], student: Person) -> None:
    async with database.read() as session:
        rows = (await session.execute(select(Submission.id, Submission.status, Submission.score))).all()
        cases = Counter(await session.scalars(select(CaseOutcome.submission_id)))
        progress = (await session.scalars(select(Progress))).one()
        totals = (await session.scalars(select(StudentTotals))).one()
        of_exercise = (await session.scalars(select(ExerciseTotals))).one()
        queued = await session.scalar(select(func.count()).select_from(QueuedWork))
        told = await session.scalars(select(SystemEvent).where(SystemEvent.type == SubmissionGraded.type))
        graded = Counter(event.data["submission_id"] for event in told)
    assert len(set(accepted.values())) == HAND_INS
    assert {row.id for row in rows} == set(accepted.values()), "no key made two, none that was accepted is lost"
    assert {(row.status, row.score) for row in rows} == {("passed", 100)}
    assert cases == dict.fromkeys(accepted.values(), 2)
    assert graded == dict.fromkeys(accepted.values(), 1)
    assert queued == 0
    assert (progress.student_id, progress.attempts, progress.best_score) == (student.id, HAND_INS, 100)
    assert (totals.submissions, totals.passed, totals.points) == (HAND_INS, HAND_INS, 100)
    assert (of_exercise.submissions, of_exercise.students_completed) == (HAND_INS, 1)
