"""A teacher's score counts in place of the judge's."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from learnflow.accounts.models import Student
from learnflow.core.clock import now
from learnflow.core.database import Database
from learnflow.core.ids import new_uuid
from learnflow.events.catalog import SubmissionEvaluated
from learnflow.events.envelope import Envelope
from learnflow.events.models import OutboxRow
from learnflow.progress.evaluation import on_submission_evaluated
from learnflow.progress.models import ExerciseTotals, LeaderboardPoints, Progress, StudentTotals
from learnflow.progress.recount import recount
from learnflow.submissions.models import Submission
from tests.progress.rows import MONDAY, a_student, a_submission, an_attempt, an_exercise


async def evaluate(database: Database, student: Student, submission_id: int, score: int) -> Envelope:
    """What the evaluate route writes, and the event it publishes."""
    async with database.write() as session:
        submission = await session.get_one(Submission, submission_id)
        submission.evaluated_score, submission.evaluated_at = score, now()
        event = SubmissionEvaluated(
            submission_id=submission_id,
            student_id=student.id,
            exercise_id=submission.exercise_id,
            score=score,
            evaluated_by=student.id,
        )
    return Envelope(
        event_id=new_uuid(),
        type=event.type,
        topic=event.topic,
        key=str(student.user_id),
        subject=f"submission/{submission_id}",
        data=event.model_dump(mode="json"),
        origin={},
        occurred_at=now(),
    )


async def deliver(database: Database, envelope: Envelope) -> None:
    async with database.write() as session:
        await on_submission_evaluated(session, [envelope])


async def the_figures(database: Database) -> tuple[str, int, int, int, int]:
    """Status and best score of the one progress row; points of the student, the exercise and this week."""
    async with database.read() as session:
        progress = (await session.scalars(select(Progress))).one()
        totals = (await session.scalars(select(StudentTotals))).one()
        of_exercise = (await session.scalars(select(ExerciseTotals))).one()
        week = await session.get_one(LeaderboardPoints, ("2026-W48", "loops", totals.student_id))
    return progress.status, progress.best_score, totals.points, of_exercise.best_score_sum, week.points


@pytest.mark.parametrize(
    ("judged", "evaluated", "expected"),
    [
        (40, 70, ("in_progress", 70, 70, 70, 70)),
        (40, 100, ("completed", 100, 100, 100, 100)),
        (100, 80, ("completed", 80, 80, 80, 80)),
        (100, 0, ("in_progress", 0, 0, 0, 0)),
    ],
)
async def test_every_figure_follows_a_teachers_score(
    database: Database, judged: int, evaluated: int, expected: tuple[str, int, int, int, int]
) -> None:
    async with database.write() as session:
        student, exercise = await a_student(session), await an_exercise(session)
        await an_attempt(session, student, exercise, score=judged)
        submission_id = await session.scalar(select(func.max(Submission.id)))
    assert submission_id is not None
    await deliver(database, await evaluate(database, student, submission_id, evaluated))
    assert await the_figures(database) == expected
    assert [each async for each in recount(database)] == []


async def test_an_evaluation_delivered_twice_changes_nothing_the_second_time(database: Database) -> None:
    async with database.write() as session:
        student, exercise = await a_student(session), await an_exercise(session)
        await an_attempt(session, student, exercise, score=40)
        submission_id = await session.scalar(select(func.max(Submission.id)))
    assert submission_id is not None
    envelope = await evaluate(database, student, submission_id, 100)
    await deliver(database, envelope)
    before = await the_figures(database)
    async with database.read() as session:
        told = await session.scalar(select(func.count()).select_from(OutboxRow))
    await deliver(database, envelope)
    assert await the_figures(database) == before
    async with database.read() as session:
        assert await session.scalar(select(func.count()).select_from(OutboxRow)) == told


async def test_a_lower_score_leaves_another_attempts_better_one(database: Database) -> None:
    async with database.write() as session:
        student, exercise = await a_student(session), await an_exercise(session)
        await an_attempt(session, student, exercise, score=60)
        await an_attempt(session, student, exercise, score=100, at=MONDAY + timedelta(hours=1))
        submission_id = await session.scalar(select(func.max(Submission.id)))
    assert submission_id is not None
    await deliver(database, await evaluate(database, student, submission_id, 0))
    assert await the_figures(database) == ("in_progress", 60, 60, 60, 60)


async def test_a_score_for_what_the_judge_could_not_grade_makes_it_an_attempt(database: Database) -> None:
    async with database.write() as session:
        student, exercise = await a_student(session), await an_exercise(session)
        submission = await a_submission(session, student, exercise, score=0)
        submission.status, submission.score = "error", None
    await deliver(database, await evaluate(database, student, submission.id, 100))
    assert await the_figures(database) == ("completed", 100, 100, 100, 100)
    async with database.read() as session:
        totals = await session.get_one(StudentTotals, student.id)
    assert (totals.submissions, totals.passed, totals.streak_days) == (1, 0, 1)
    assert [each async for each in recount(database)] == []
