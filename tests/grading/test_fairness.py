"""Whose turn it is: one student's hundred hand-ins stand behind the first of others, and nobody waits for ever."""

import asyncio
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy import select, text

from learnflow.accounts.access import Caller
from learnflow.core.database import Database
from learnflow.grading import queue
from learnflow.grading.queue import Claim
from learnflow.submissions.models import QueuedWork
from learnflow.submissions.queue import enqueue_submission, position
from learnflow.submissions.run import enqueue
from tests.entry.test_query_plans import plan_of, statements_with_parameters
from tests.grading.support import a_student, handed_in

LEASE = timedelta(seconds=30)
ASKED: dict[str, Any] = {"code": "print(1)", "stdin": "", "test_cases": [], "limits": {}}


async def next_claim(database: Database, *, not_of: Caller | None = None) -> Claim | None:
    async with database.write() as session:
        return await queue.claim(session, "a grader", LEASE, not_of=None if not_of is None else not_of.id)


async def next_student(database: Database) -> int | None:
    """Claim what is next and be done with it at once; whose it was."""
    async with database.write() as session:
        claim = await queue.claim(session, "a grader", LEASE)
        if claim is None:
            return None
        await queue.take_out(session, claim)
    return claim.student_id


async def pressed_run(database: Database, student: Caller) -> int:
    assert student.id is not None
    async with database.write() as session:
        return await enqueue(session, student_id=student.id, kind="run", request=ASKED)


async def place(database: Database, submission_id: int) -> int | None:
    async with database.read() as session:
        return await position(session, submission_id)


async def test_a_hundred_hand_ins_of_one_student_let_another_go_first(database: Database, exercise_id: int) -> None:
    busy, other = await a_student(database), await a_student(database)
    for _ in range(100):
        await handed_in(database, busy, exercise_id)
    assert (await next_claim(database)) is not None
    submission_id = await handed_in(database, other, exercise_id)
    assert await place(database, submission_id) == 4, "one is being judged, two of the other student come before"
    served = [await next_student(database) for _ in range(3)]
    assert served == [busy.id, busy.id, other.id]
    last = await handed_in(database, busy, exercise_id)
    assert await place(database, last) == 99, "the busy student's own order is that of arrival"


async def test_students_who_all_hand_in_much_are_served_in_turn(database: Database, exercise_id: int) -> None:
    students = [await a_student(database) for _ in range(3)]
    for student in students:
        for _ in range(4):
            await handed_in(database, student, exercise_id)
    served = [await next_student(database) for _ in range(12)]
    for student in students:
        places = [at for at, owner in enumerate(served) if owner == student.id]
        assert all(later - earlier <= 4 for earlier, later in pairwise(places)), served


async def test_newcomers_without_end_starve_nobody(database: Database, exercise_id: int) -> None:
    """For every piece of work that is done, two new students come: the queue grows, the first student is served."""
    busy = await a_student(database)
    for _ in range(4):
        await handed_in(database, busy, exercise_id)
    served: list[int | None] = []
    while served.count(busy.id) < 4:
        for _ in range(2):
            await handed_in(database, await a_student(database), exercise_id)
        served.append(await next_student(database))
        assert len(served) < 30, served


async def test_a_run_goes_ahead_of_submissions_and_the_second_one_beside_it_does_not(
    database: Database, exercise_id: int
) -> None:
    busy, other = await a_student(database), await a_student(database)
    waiting = await handed_in(database, other, exercise_id)
    runs = [await pressed_run(database, busy) for _ in range(50)]
    mine = await pressed_run(database, other)
    claims = [await next_claim(database) for _ in range(4)]
    assert [claim and claim.execution_id for claim in claims] == [runs[0], mine, None, runs[1]]
    assert claims[2] is not None
    assert claims[2].submission_id == waiting


async def test_hand_ins_at_the_same_moment_get_turns_of_their_own(database: Database, exercise_id: int) -> None:
    student = await a_student(database)
    await asyncio.gather(*(handed_in(database, student, exercise_id) for _ in range(8)))
    async with database.read() as session:
        turns = (await session.scalars(select(QueuedWork.turn).order_by(QueuedWork.turn))).all()
    assert len(set(turns)) == 8, turns


async def test_a_grader_can_pass_over_one_student(database: Database, exercise_id: int) -> None:
    busy, other = await a_student(database), await a_student(database)
    for _ in range(queue.FIRST_LOOKED_THROUGH * 2):
        await handed_in(database, busy, exercise_id)
    assert await next_claim(database, not_of=busy) is None
    submission_id = await handed_in(database, other, exercise_id)
    claim = await next_claim(database, not_of=busy)
    assert claim is not None
    assert claim.submission_id == submission_id
    assert await next_claim(database, not_of=busy) is None


FILL = """
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)
INSERT INTO executions (id, student_id, kind, status, created_at)
SELECT 1000 + i, :student, 'run', 'queued', CURRENT_TIMESTAMP FROM n
"""
FILL_QUEUE = """
INSERT INTO judging_queue (id, priority, turn, student_id, execution_id, attempt, enqueued_at)
SELECT id, 1, id - 1000, student_id, id, 0, created_at FROM executions WHERE id > 1000
"""


@pytest.mark.parametrize("server_kind", ["sqlite", "postgresql"], indirect=True)
async def test_twenty_thousand_waiting_are_never_read_through_or_sorted(
    database: Database, exercise_id: int, server_kind: str
) -> None:
    busy, other = await a_student(database), await a_student(database)
    first = await handed_in(database, other, exercise_id)
    async with database.write() as session:
        await session.execute(text(FILL), {"student": busy.id})
        await session.execute(text(FILL_QUEUE))
    async with database.write() as session:
        await session.execute(text("ANALYZE"))
        await session.execute(text("DELETE FROM judging_queue WHERE submission_id IS NOT NULL"))
    with statements_with_parameters(database) as sent:
        async with database.write() as session:
            assert other.id is not None
            await enqueue_submission(session, first, student_id=other.id)
        async with database.write() as session:
            assert await queue.claim(session, "a grader", LEASE) is not None
            claim = await queue.claim(session, "a grader", LEASE, not_of=busy.id)
    assert claim is not None
    assert claim.student_id == other.id
    of_the_queue = {statement: values for statement, values in sent.items() if "judging_queue" in statement}
    assert len(of_the_queue) == 3
    for statement, values in of_the_queue.items():
        plan = await plan_of(database, statement, values, server_kind, as_it_is=True)
        assert "ix_judging_queue_priority_turn_id" in plan, plan
        assert "Seq Scan on judging_queue" not in plan, plan
