"""What becomes of a piece of work: recorded once, tried again, or told to a teacher."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update

from learnflow.core.clock import now
from learnflow.core.database import Database
from learnflow.events.catalog import SubmissionGraded
from learnflow.events.models import OutboxRow
from learnflow.exercises.models import ExerciseVersion
from learnflow.grading import judging, queue, worker
from learnflow.grading.feedback import NOT_JUDGED
from learnflow.grading.judging import JudgeFailed
from learnflow.judge import ForkerLost, ForkerPool, JudgeUnavailable, Verdict
from learnflow.progress.models import Progress
from learnflow.submissions.models import CaseOutcome, QueuedWork
from learnflow.submissions.run import enqueue
from tests.grading.support import a_bench, a_student, handed_in, read


async def count(database: Database, table: Any) -> int:
    async with database.read() as session:
        return await session.scalar(select(func.count()).select_from(table)) or 0


async def end_leases(database: Database) -> None:
    async with database.write() as session:
        await session.execute(update(QueuedWork).values(leased_until=now() - timedelta(seconds=1)))


async def take(bench: worker.Bench) -> worker.Work:
    found = await worker.take_next(bench)
    assert found is not None
    return found


async def test_a_verdict_its_progress_and_its_event_are_recorded_together(
    database: Database, pool: ForkerPool, exercise_id: int
) -> None:
    student = await a_student(database)
    submission_id = await handed_in(database, student, exercise_id)
    bench = a_bench(database, pool)
    found = await take(bench)
    assert (await read(database, submission_id)).status == "running"
    await worker.handle(bench, found)
    row = await read(database, submission_id)
    assert (row.status, row.score, row.attempt) == ("passed", 100, 1)
    async with database.read() as session:
        progress = (await session.scalars(select(Progress))).one()
        graded = (await session.scalars(select(OutboxRow).where(OutboxRow.type == SubmissionGraded.type))).one()
        cases = (await session.scalars(select(CaseOutcome).order_by(CaseOutcome.position))).all()
    assert (progress.attempts, progress.best_score, progress.status) == (1, 100, "completed")
    assert (graded.data["status"], graded.key) == ("passed", str(student.user_id))
    assert [(case.name, case.points) for case in cases] == [("two and three", 1), ("a large number", 1)]
    assert await count(database, QueuedWork) == 0
    assert bench.held == set()


async def test_of_two_graders_only_the_one_that_holds_the_lease_records(
    database: Database, pool: ForkerPool, exercise_id: int
) -> None:
    """The first is presumed dead, and both have judged; the fence lets the second alone write."""
    submission_id = await handed_in(database, await a_student(database), exercise_id)
    first, second = a_bench(database, pool, holder="first"), a_bench(database, pool, holder="second")
    presumed_dead = await take(first)
    await end_leases(database)
    alive = await take(second)
    assert (presumed_dead.claim.attempt, alive.claim.attempt) == (1, 2)
    await worker.handle(first, presumed_dead)
    row = await read(database, submission_id)
    assert (row.status, row.graded_at) == ("running", None), "the dead one's verdict is not recorded"
    await worker.handle(second, alive)
    await worker.handle(first, presumed_dead)
    row = await read(database, submission_id)
    assert (row.status, row.attempt) == ("passed", 2)
    async with database.read() as session:
        assert (await session.scalars(select(Progress))).one().attempts == 1
    assert await count(database, CaseOutcome) == 2


async def test_a_renewed_lease_is_not_claimed_and_a_lost_one_is_not_renewed(
    database: Database, pool: ForkerPool, exercise_id: int
) -> None:
    await handed_in(database, await a_student(database), exercise_id)
    first, second = a_bench(database, pool, holder="first"), a_bench(database, pool, holder="second")
    mine = (await take(first)).claim
    await end_leases(database)
    async with database.write() as session:
        assert await queue.renew(session, {mine}, timedelta(seconds=30)) == {mine}
    assert await worker.take_next(second) is None
    await end_leases(database)
    theirs = (await take(second)).claim
    async with database.write() as session:
        assert await queue.renew(session, {mine}, timedelta(seconds=30)) == set()
        assert not await queue.give_back(session, mine, after=timedelta(0), counts=False)
        assert await queue.renew(session, {theirs}, timedelta(seconds=30)) == {theirs}


async def test_runs_come_before_submissions_and_these_in_their_order(
    database: Database, pool: ForkerPool, exercise_id: int
) -> None:
    student = await a_student(database)
    first = await handed_in(database, student, exercise_id)
    second = await handed_in(database, student, exercise_id)
    assert student.id is not None
    async with database.write() as session:
        asked = {"code": "print(1)", "stdin": "", "test_cases": [], "limits": {}}
        execution_id = await enqueue(session, student_id=student.id, kind="run", request=asked)
    bench = a_bench(database, pool)
    claims = [(await take(bench)).claim for _ in range(3)]
    assert [claim.execution_id for claim in claims] == [execution_id, None, None]
    assert [claim.submission_id for claim in claims] == [None, first, second]


async def test_after_three_graders_that_ended_over_it_a_teacher_is_told(
    database: Database, pool: ForkerPool, exercise_id: int
) -> None:
    submission_id = await handed_in(database, await a_student(database), exercise_id)
    for number in range(3):
        await take(a_bench(database, pool, holder=f"crashes {number}"))
        await end_leases(database)
    bench = a_bench(database, pool)
    await worker.handle(bench, await take(bench))
    row = await read(database, submission_id)
    assert (row.status, row.score, row.feedback) == ("error", None, NOT_JUDGED)
    assert row.judged_with == {"fault": "3 graders ended or fell silent while they judged this."}
    assert await count(database, Progress) == 0
    assert await count(database, QueuedWork) == 0


@pytest.mark.parametrize("failure", [ForkerLost("gone"), JudgeFailed("The judge failed."), TimeoutError()])
async def test_a_failing_judge_is_tried_three_times_and_is_never_a_zero(
    database: Database, pool: ForkerPool, exercise_id: int, monkeypatch: pytest.MonkeyPatch, failure: Exception
) -> None:
    submission_id = await handed_in(database, await a_student(database), exercise_id)

    async def fails(*_arguments: object, **_named: object) -> None:
        raise failure

    monkeypatch.setattr(judging, "judge", fails)
    bench = a_bench(database, pool)
    for attempt in (1, 2):
        found = await take(bench)
        assert found.claim.attempt == attempt
        await worker.handle(bench, found)
        assert (await read(database, submission_id)).status == "queued"
        assert await worker.take_next(bench) is None, "it rests before the next try"
        await end_leases(database)
    await worker.handle(bench, await take(bench))
    row = await read(database, submission_id)
    assert (row.status, row.score) == ("error", None)
    assert "failed 3 times" in (row.judged_with or {})["fault"]
    assert await count(database, Progress) == 0


async def test_an_internal_error_of_one_case_fails_the_whole_try(
    database: Database, pool: ForkerPool, exercise_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = judging.judge_code

    async def with_a_lost_case(*arguments: Any, **named: Any) -> Any:
        judgement = await real(*arguments, **named)
        lost = replace(judgement.results[0], verdict=Verdict.internal_error, points=0)
        return replace(judgement, results=[lost, *judgement.results[1:]], passed=False, score=50)

    submission_id = await handed_in(database, await a_student(database), exercise_id)
    bench = a_bench(database, pool)
    with monkeypatch.context() as patch:
        patch.setattr(judging, "judge_code", with_a_lost_case)
        await worker.handle(bench, await take(bench))
    assert (await read(database, submission_id)).status == "queued"
    await end_leases(database)
    await worker.handle(bench, await take(bench))
    row = await read(database, submission_id)
    assert (row.status, row.attempt) == ("passed", 2)


async def test_without_a_judge_the_work_waits_and_no_try_is_counted(
    database: Database, pool: ForkerPool, exercise_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def unavailable(*_arguments: object, **_named: object) -> None:
        raise JudgeUnavailable("bubblewrap is gone")

    monkeypatch.setattr(judging, "judge", unavailable)
    monkeypatch.setattr(worker, "REST_WITHOUT_JUDGE", timedelta(0))
    submission_id = await handed_in(database, await a_student(database), exercise_id)
    bench = a_bench(database, pool)
    for _ in range(5):
        await worker.handle(bench, await take(bench))
    monkeypatch.undo()
    await worker.handle(bench, await take(bench))
    row = await read(database, submission_id)
    assert (row.status, row.attempt) == ("passed", 1)


async def test_a_definition_the_judge_cannot_read_is_a_fault_for_the_teacher(
    database: Database, pool: ForkerPool, exercise_id: int
) -> None:
    async with database.write() as session:
        await session.execute(update(ExerciseVersion).values(test_cases=[{"name": "odd", "kind": "psychic"}]))
    submission_id = await handed_in(database, await a_student(database), exercise_id)
    bench = a_bench(database, pool)
    await worker.handle(bench, await take(bench))
    row = await read(database, submission_id)
    assert (row.status, row.score) == ("error", None)
    assert "test_cases[0]" in (row.judged_with or {})["fault"]
