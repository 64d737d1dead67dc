"""Count every figure anew from the submissions and compare: what is kept must equal what would be counted.

Safe beside running graders: a difference is believed only when it is still there with the student's (or exercise's)
totals locked, as `record` locks them. Memory: one student's figures, then one exercise's.
"""

from collections.abc import AsyncIterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, date
from typing import Any

from sqlalchemy import case, delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from learnflow.accounts.models import Student
from learnflow.core.database import Database, upsert
from learnflow.exercises.models import Exercise
from learnflow.progress.formula import (
    ALL_TOPICS,
    NOT_STARTED,
    Figures,
    add,
    attempt,
    points_by_period,
    streak_of,
)
from learnflow.progress.models import ExerciseTotals, LeaderboardPoints, Progress, StudentTotals
from learnflow.progress.queries import IS_ATTEMPT
from learnflow.progress.record import columns_of, figures_of, lock_student
from learnflow.submissions.models import Submission

STEP = 500
"""Ids fetched at a time."""

Points = dict[tuple[str, str], tuple[int, int]]
"""(period, topic) → (points, completed)."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One figure that is not what the submissions say: `row` names whose it is, such as `student 3, exercise 7`."""

    table: str
    row: str
    kept: str
    counted: str


@dataclass(slots=True)
class _StudentFigures:
    """Everything kept about one student, as counted or as kept."""

    exercises: dict[int, Figures] = field(default_factory=dict)
    totals: dict[str, Any] = field(default_factory=dict)
    points: Points = field(default_factory=dict)


async def recount(database: Database, *, fix: bool = False) -> AsyncIterator[Difference]:
    """Every difference between the figures kept and those counted; with `fix`, the counted ones are kept."""
    async for student_id in _ids(database, Student):
        for difference in await _recount_student(database, student_id, fix=fix):
            yield difference
    async for exercise_id in _ids(database, Exercise):
        for difference in await _recount_exercise(database, exercise_id, fix=fix):
            yield difference


async def _ids(database: Database, table: type[Student] | type[Exercise]) -> AsyncIterator[int]:
    after = 0
    while True:
        async with database.read() as session:
            ids = (await session.scalars(select(table.id).where(table.id > after).order_by(table.id).limit(STEP))).all()
        for each in ids:
            yield each
        if len(ids) < STEP:
            return
        after = ids[-1]


async def _recount_student(database: Database, student_id: int, *, fix: bool) -> Sequence[Difference]:
    async with database.read() as session:
        counted, _ = await _count_student(session, student_id)
        if not _student_differences(student_id, await _kept_of_student(session, student_id), counted):
            return ()
    async with database.write() as session:
        await lock_student(session, student_id)
        counted, topics = await _count_student(session, student_id)
        found = _student_differences(student_id, await _kept_of_student(session, student_id), counted)
        if fix and found:
            await _keep_student(session, student_id, counted, topics)
        return found


async def _count_student(session: AsyncSession, student_id: int) -> tuple[_StudentFigures, dict[int, str]]:
    """The student's figures from their submissions, and each exercise's topic as far as points go."""
    counted = _StudentFigures()
    days: set[date] = set()
    submissions = passed_all = 0
    rows = await session.stream(
        select(
            Submission.exercise_id,
            Submission.submitted_at,
            Submission.status,
            Submission.score,
            Submission.evaluated_score,
        )
        .where(Submission.student_id == student_id, IS_ATTEMPT)
        .order_by(Submission.exercise_id, Submission.submitted_at, Submission.id)
    )
    async for exercise_id, at, status, score, evaluated in rows:
        passed = status == "passed"
        each = attempt(submitted_at=at, passed=passed, score=score or 0, evaluated_score=evaluated)
        counted.exercises[exercise_id] = add(counted.exercises.get(exercise_id, NOT_STARTED), each)
        days.add(at.astimezone(UTC).date())
        submissions += 1
        passed_all += passed
    topics = await _topics(session, student_id)
    counted.points = _points(counted.exercises, topics)
    streak = streak_of(days)
    counted.totals = {
        "submissions": submissions,
        "passed": passed_all,
        "exercises_tried": len(counted.exercises),
        "exercises_completed": sum(each.completed_at is not None for each in counted.exercises.values()),
        "points": sum(each.best_score for each in counted.exercises.values()),
        "streak_days": streak.days,
        "longest_streak_days": streak.longest,
        "last_active_on": streak.last_active_on,
    }
    return counted, topics


async def _topics(session: AsyncSession, student_id: int) -> dict[int, str]:
    begun = await session.execute(
        select(Exercise.id, func.coalesce(Progress.topic, Exercise.topic))
        .outerjoin(Progress, (Progress.exercise_id == Exercise.id) & (Progress.student_id == student_id))
        .where(Exercise.id.in_(select(Submission.exercise_id).where(Submission.student_id == student_id, IS_ATTEMPT)))
    )
    return {row[0]: row[1] for row in begun}


def _points(exercises: dict[int, Figures], topics: dict[int, str]) -> Points:
    points: Points = {}
    for exercise_id, figures in exercises.items():
        for period, (gained, completed) in points_by_period(figures).items():
            for topic in {ALL_TOPICS, topics[exercise_id]}:
                before = points.get((period, topic), (0, 0))
                points[period, topic] = (before[0] + gained, before[1] + completed)
    return points


async def _kept_of_student(session: AsyncSession, student_id: int) -> _StudentFigures:
    fresh = {"populate_existing": True}
    progress = await session.scalars(select(Progress).where(Progress.student_id == student_id), execution_options=fresh)
    totals = await session.get(StudentTotals, student_id, populate_existing=True)
    points = await session.scalars(
        select(LeaderboardPoints).where(LeaderboardPoints.student_id == student_id), execution_options=fresh
    )
    return _StudentFigures(
        exercises={row.exercise_id: figures_of(row) for row in progress},
        totals=_columns(totals, StudentTotals, "student_id"),
        # A row of zeros is left behind when a teacher takes points back; it says what no row says.
        points={(row.period, row.topic): (row.points, row.completed) for row in points if row.points or row.completed},
    )


def _columns(row: Any, table: Any, key: str) -> dict[str, Any]:
    names = [column.name for column in table.__table__.columns if column.name != key]
    empty = {name: None if name == "last_active_on" else 0 for name in names}
    return {name: getattr(row, name) for name in names} if row is not None else empty


def _student_differences(student_id: int, kept: _StudentFigures, counted: _StudentFigures) -> list[Difference]:
    whose = f"student {student_id}"
    found = []
    for exercise_id in sorted(kept.exercises.keys() | counted.exercises.keys()):
        old, new = (each.exercises.get(exercise_id, NOT_STARTED) for each in (kept, counted))
        found += _differences("progress", f"{whose}, exercise {exercise_id}", asdict(old), asdict(new))
    found += _differences("student_totals", whose, kept.totals, counted.totals)
    for period, topic in sorted(kept.points.keys() | counted.points.keys()):
        before, after = (each.points.get((period, topic), (0, 0)) for each in (kept, counted))
        row = f"{whose}, {period}, {topic or 'all topics'}"
        names = ("points", "completed")
        found += _differences(
            "leaderboard_points",
            row,
            dict(zip(names, before, strict=True)),
            dict(zip(names, after, strict=True)),
        )
    return found


def _differences(table: str, row: str, kept: dict[str, Any], counted: dict[str, Any]) -> list[Difference]:
    return [
        Difference(table=f"{table}.{name}", row=row, kept=str(kept[name]), counted=str(counted[name]))
        for name in counted
        if kept[name] != counted[name]
    ]


async def _keep_student(
    session: AsyncSession, student_id: int, counted: _StudentFigures, topics: dict[int, str]
) -> None:
    rows = await session.scalars(select(Progress).where(Progress.student_id == student_id))
    known = {row.exercise_id: row for row in rows}
    for exercise_id, row in known.items():
        if exercise_id not in counted.exercises:
            await session.delete(row)
    for exercise_id, figures in counted.exercises.items():
        row = known.get(exercise_id) or Progress(
            student_id=student_id, exercise_id=exercise_id, topic=topics[exercise_id]
        )
        for name, value in columns_of(figures).items():
            setattr(row, name, value)
        session.add(row)
    totals = await session.get_one(StudentTotals, student_id)
    for name, value in counted.totals.items():
        setattr(totals, name, value)
    await session.flush()
    await session.execute(delete(LeaderboardPoints).where(LeaderboardPoints.student_id == student_id))
    points = [
        {"period": period, "topic": topic, "student_id": student_id, "points": gained, "completed": completed}
        for (period, topic), (gained, completed) in counted.points.items()
    ]
    if points:
        await session.execute(insert(LeaderboardPoints), points)


async def _recount_exercise(database: Database, exercise_id: int, *, fix: bool) -> Sequence[Difference]:
    row = f"exercise {exercise_id}"
    async with database.read() as session:
        counted = await _count_exercise(session, exercise_id)
        kept = _columns(await session.get(ExerciseTotals, exercise_id), ExerciseTotals, "exercise_id")
        if kept == counted:
            return ()
    async with database.write() as session:
        nothing = {"exercise_id": exercise_id, **dict.fromkeys(counted, 0)}
        made = upsert(session, ExerciseTotals, conflict=("exercise_id",), add=("submissions",))
        await session.execute(made, nothing)
        counted = await _count_exercise(session, exercise_id)
        totals = await session.get_one(ExerciseTotals, exercise_id)
        found = _differences("exercise_totals", row, _columns(totals, ExerciseTotals, "exercise_id"), counted)
        if fix:
            for name, value in counted.items():
                setattr(totals, name, value)
        return found


async def _count_exercise(session: AsyncSession, exercise_id: int) -> dict[str, int]:
    """Attempts from the submissions, students from their progress (which was compared before)."""
    of_submissions = (
        await session.execute(
            select(func.count(), func.sum(case((Submission.status == "passed", 1), else_=0))).where(
                Submission.exercise_id == exercise_id, IS_ATTEMPT
            )
        )
    ).one()
    of_progress = (
        await session.execute(
            select(
                func.count(),
                func.count(Progress.completed_at),
                func.sum(Progress.best_score),
                func.sum(Progress.attempts_to_complete),
            ).where(Progress.exercise_id == exercise_id)
        )
    ).one()
    names = (
        "submissions",
        "passed",
        "students_tried",
        "students_completed",
        "best_score_sum",
        "attempts_to_complete_sum",
    )
    return {name: int(value or 0) for name, value in zip(names, (*of_submissions, *of_progress), strict=True)}
