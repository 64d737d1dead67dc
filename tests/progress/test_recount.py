"""`learnflow db recount`: what is kept equals what would be counted, whatever happened in whatever order."""

import random
from datetime import timedelta

import anyio.to_thread
import pytest
from sqlalchemy import select, update
from typer.testing import CliRunner

from learnflow.accounts.models import Student
from learnflow.core.clock import now
from learnflow.core.database import Database
from learnflow.entry.commands.db import app as db_commands
from learnflow.exercises.models import Exercise
from learnflow.progress.models import ExerciseTotals, LeaderboardPoints, Progress, StudentTotals
from learnflow.progress.record import follow_evaluation
from learnflow.progress.recount import Difference, recount
from learnflow.submissions.models import Submission
from tests.progress.rows import MONDAY, a_student, a_submission, an_attempt, an_exercise


async def differences(database: Database, *, fix: bool = False) -> list[Difference]:
    return [each async for each in recount(database, fix=fix)]


async def _a_random_history(database: Database, chance: random.Random) -> None:
    async with database.write() as session:
        students = [await a_student(session) for _ in range(3)]
        exercises = [await an_exercise(session, topic=chance.choice(["loops", "lists"])) for _ in range(4)]
    for _ in range(40):
        async with database.write() as session:
            for _ in range(chance.randint(1, 3)):
                await an_attempt(
                    session,
                    student := chance.choice(students),
                    exercise := chance.choice(exercises),
                    score=chance.choice([0, 30, 60, 100]),
                    at=MONDAY + timedelta(hours=chance.randrange(24 * 12)),
                )
        if chance.random() < 0.3:
            await _evaluate_one(database, chance, student, exercise)
        if chance.random() < 0.2:
            async with database.write() as session:
                submission = await a_submission(
                    session, student, exercise, score=0, at=MONDAY + timedelta(hours=chance.randrange(24 * 12))
                )
                submission.status, submission.score = "error", None


async def _evaluate_one(database: Database, chance: random.Random, student: Student, exercise: Exercise) -> None:
    async with database.write() as session:
        of_these = select(Submission).where(Submission.student_id == student.id, Submission.exercise_id == exercise.id)
        submission = chance.choice((await session.scalars(of_these.order_by(Submission.id))).all())
        submission.evaluated_score = chance.choice([0, 50, 100])
        submission.evaluated_at = now()
    if chance.random() < 0.5:  # another attempt overtakes the news of the evaluation
        async with database.write() as session:
            await an_attempt(session, student, exercise, score=30, at=MONDAY - timedelta(hours=1))
    async with database.write() as session:
        await follow_evaluation(session, student_id=student.id, student_key=student.user_id, exercise_id=exercise.id)


@pytest.mark.parametrize("seed", range(4))
async def test_random_outcomes_in_random_order_leave_no_difference(database: Database, seed: int) -> None:
    await _a_random_history(database, random.Random(seed))  # noqa: S311 - chance for a test, not a secret
    assert await differences(database) == []


async def test_a_submission_the_judge_could_not_grade_counts_for_nothing(database: Database) -> None:
    async with database.write() as session:
        student, exercise = await a_student(session), await an_exercise(session)
        submission = await a_submission(session, student, exercise, score=0)
        submission.status, submission.score = "error", None
    assert await differences(database) == []


async def test_every_kind_of_wrong_figure_is_found_and_put_right(database: Database) -> None:
    async with database.write() as session:
        student, other = await a_student(session), await a_student(session)
        exercise = await an_exercise(session)
        for each in (student, other):
            await an_attempt(session, each, exercise, score=100)
        await session.execute(update(StudentTotals).values(points=7).where(StudentTotals.student_id == student.id))
        await session.execute(update(ExerciseTotals).values(passed=0))
        await session.execute(update(Progress).values(best_score=1).where(Progress.student_id == other.id))
        await session.execute(
            update(LeaderboardPoints)
            .values(points=9)
            .where(LeaderboardPoints.student_id == student.id, LeaderboardPoints.period == "2026-W48")
        )
    found = await differences(database)
    assert {each.table for each in found} == {
        "student_totals.points",
        "exercise_totals.passed",
        "progress.best_score",
        "leaderboard_points.points",
        "exercise_totals.best_score_sum",
    }
    assert Difference("student_totals.points", f"student {student.id}", "7", "100") in found
    assert await differences(database, fix=True)
    assert await differences(database) == []


async def test_lost_rows_are_counted_again(database: Database) -> None:
    async with database.write() as session:
        student, exercise = await a_student(session), await an_exercise(session)
        await a_submission(session, student, exercise, score=100)
    assert await differences(database, fix=True)
    assert await differences(database) == []
    async with database.read() as session:
        assert (await session.get_one(StudentTotals, student.id)).points == 100


async def test_the_command_tells_differences_by_its_exit_code(
    database: Database, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with database.write() as session:
        student, exercise = await a_student(session), await an_exercise(session)
        await an_attempt(session, student, exercise, score=100)
        await session.execute(update(StudentTotals).values(points=7))
    monkeypatch.setenv("LEARNFLOW_DATABASE_URL", database_url)

    async def run(*arguments: str) -> tuple[int, str]:
        result = await anyio.to_thread.run_sync(CliRunner().invoke, db_commands, ["recount", *arguments])
        return result.exit_code, result.output

    code, output = await run()
    assert code == 1
    assert f"student_totals.points of student {student.id}: kept 7, counted 100" in output
    assert (await run("--fix"))[0] == 0
    assert await run() == (0, "0 differences found.\n")
