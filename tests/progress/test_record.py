"""What a graded attempt means for progress, streak, totals and points."""

import asyncio
from datetime import date, timedelta

from sqlalchemy import select

from learnflow.core.database import Database
from learnflow.events.models import OutboxRow
from learnflow.progress.models import ExerciseTotals, LeaderboardPoints, Progress, StudentTotals
from learnflow.progress.standing import ProgressStanding
from tests.progress.rows import MONDAY, a_student, an_attempt, an_exercise


async def points(database: Database, student_id: int) -> dict[tuple[str, str], tuple[int, int]]:
    async with database.read() as session:
        rows = await session.scalars(select(LeaderboardPoints).where(LeaderboardPoints.student_id == student_id))
        return {(row.period, row.topic): (row.points, row.completed) for row in rows}


async def test_a_first_failed_attempt_starts_the_exercise(database: Database) -> None:
    async with database.write() as session:
        student, exercise = await a_student(session), await an_exercise(session)
        progress = await an_attempt(session, student, exercise, score=40)
    assert (progress.status, progress.attempts, progress.best_score) == ("in_progress", 1, 40)
    assert progress.completed_at is None
    async with database.read() as session:
        event = (await session.scalars(select(OutboxRow))).one()
    assert event.type == "learnflow.progress.changed"
    assert event.key == str(student.user_id)


async def test_passing_completes_and_a_later_failure_takes_nothing_back(database: Database) -> None:
    async with database.write() as session:
        student, exercise = await a_student(session), await an_exercise(session)
        for hour, score in enumerate([40, 100, 20]):
            progress = await an_attempt(session, student, exercise, score=score, at=MONDAY + timedelta(hours=hour))
    assert (progress.status, progress.attempts, progress.best_score) == ("completed", 3, 100)
    assert progress.completed_at == MONDAY + timedelta(hours=1)
    assert progress.attempts_to_complete == 2
    async with database.read() as session:
        totals = await session.get_one(StudentTotals, student.id)
        of_exercise = await session.get_one(ExerciseTotals, exercise.id)
        assert await ProgressStanding().has_solved(session, student.id, exercise.id)
        statuses = (await session.execute(ProgressStanding().statuses(student.id))).all()
    assert [tuple(row) for row in statuses] == [(exercise.id, "solved")]
    assert (totals.submissions, totals.passed, totals.exercises_completed, totals.points) == (3, 1, 1, 100)
    assert (of_exercise.submissions, of_exercise.students_tried, of_exercise.students_completed) == (3, 1, 1)
    assert (of_exercise.best_score_sum, of_exercise.attempts_to_complete_sum) == (100, 2)


async def test_points_belong_to_the_period_in_which_the_best_score_rose(database: Database) -> None:
    async with database.write() as session:
        student, exercise = await a_student(session), await an_exercise(session, topic="loops")
        await an_attempt(session, student, exercise, score=40)
        await an_attempt(session, student, exercise, score=30, at=MONDAY + timedelta(days=7))
        await an_attempt(session, student, exercise, score=100, at=MONDAY + timedelta(days=8))
    found = await points(database, student.id)
    for topic in ("", "loops"):
        assert found["all", topic] == (100, 1)
        assert found["2026-11", topic] == (40, 0)
        assert found["2026-W48", topic] == (40, 0)
        assert found["2026-12", topic] == (60, 1)
        assert found["2026-W49", topic] == (60, 1)
    assert len(found) == 10


async def test_points_stay_with_the_topic_that_the_exercise_had_when_it_was_begun(database: Database) -> None:
    async with database.write() as session:
        student, exercise = await a_student(session), await an_exercise(session, topic="loops")
        await an_attempt(session, student, exercise, score=40)
        exercise.topic = "lists"
        await an_attempt(session, student, exercise, score=100, at=MONDAY + timedelta(hours=1))
    found = await points(database, student.id)
    assert {topic for _, topic in found} == {"", "loops"}
    assert found["all", "loops"] == (100, 1)


async def test_an_attempt_recorded_late_takes_its_place_by_when_it_was_handed_in(database: Database) -> None:
    async with database.write() as session:
        student, exercise = await a_student(session), await an_exercise(session)
        await an_attempt(session, student, exercise, score=100, at=MONDAY + timedelta(days=8))
        progress = await an_attempt(session, student, exercise, score=40, at=MONDAY)
    assert progress.attempts_to_complete == 2
    assert progress.first_attempt_at == MONDAY
    found = await points(database, student.id)
    assert found["2026-11", ""] == (40, 0)
    assert found["2026-12", ""] == (60, 1)


async def test_a_streak_counts_days_in_a_row_and_keeps_the_longest(database: Database) -> None:
    async with database.write() as session:
        student, exercise = await a_student(session), await an_exercise(session)
        for day in (0, 1, 1, 2, 5):
            await an_attempt(session, student, exercise, score=10, at=MONDAY + timedelta(days=day))
    async with database.read() as session:
        totals = await session.get_one(StudentTotals, student.id)
    assert (totals.streak_days, totals.longest_streak_days) == (1, 3)
    assert totals.last_active_on == date(2026, 11, 28)


async def test_a_day_recorded_late_closes_the_gap_in_the_streak(database: Database) -> None:
    async with database.write() as session:
        student, exercise = await a_student(session), await an_exercise(session)
        for day in (0, 2, 1):
            await an_attempt(session, student, exercise, score=10, at=MONDAY + timedelta(days=day))
    async with database.read() as session:
        totals = await session.get_one(StudentTotals, student.id)
    assert (totals.streak_days, totals.longest_streak_days) == (3, 3)


async def test_two_graders_may_record_for_one_student_at_once(database: Database) -> None:
    async with database.write() as session:
        student = await a_student(session)
        exercises = [await an_exercise(session) for _ in range(4)]

    async def grade(number: int) -> None:
        async with database.write() as session:
            at = MONDAY + timedelta(minutes=number * 7 % 10)
            await an_attempt(session, student, exercises[number % 4], score=10 * number, at=at)

    await asyncio.gather(*(grade(number) for number in range(10)))
    async with database.read() as session:
        totals = await session.get_one(StudentTotals, student.id)
        rows = (await session.scalars(select(Progress).where(Progress.student_id == student.id))).all()
    assert totals.submissions == 10
    assert totals.points == sum(row.best_score for row in rows) == 80 + 90 + 60 + 70
    assert (await points(database, student.id))["all", ""] == (totals.points, 0)


async def test_two_graders_may_record_for_one_exercise_at_once(database: Database) -> None:
    async with database.write() as session:
        students = [await a_student(session) for _ in range(4)]
        exercises = [await an_exercise(session) for _ in range(2)]

    async def grade(number: int) -> None:
        async with database.write() as session:
            at = MONDAY + timedelta(minutes=number)
            await an_attempt(session, students[number % 4], exercises[number // 4 % 2], score=100, at=at)

    await asyncio.gather(*(grade(number) for number in range(16)))
    async with database.read() as session:
        for exercise in exercises:
            totals = await session.get_one(ExerciseTotals, exercise.id)
            assert (totals.submissions, totals.passed) == (8, 8)
            assert (totals.students_tried, totals.students_completed, totals.best_score_sum) == (4, 4, 400)
