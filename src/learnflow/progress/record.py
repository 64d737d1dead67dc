"""Record what a graded attempt means for the student's progress and for every total, in the caller's transaction.

Order of locks, on which freedom from deadlock rests: the student's totals first, the exercise's last, nothing else in
between that another student's attempt could hold. Whoever holds the student's totals may read and change all that is
the student's: progress, streak, points. So two graders that finish for one student, or for one exercise, wait for each
other and neither's figures are lost.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from uuid import UUID

from sqlalchemy import Row, bindparam, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from learnflow.core.database import table_of, upsert
from learnflow.events.catalog import ProgressChanged
from learnflow.events.outbox import publish
from learnflow.exercises.models import Exercise
from learnflow.progress.formula import (
    ALL_TOPICS,
    NOT_STARTED,
    Attempt,
    Figures,
    Streak,
    add,
    extend,
    follows,
    points_by_period,
    replay,
    streak_of,
)
from learnflow.progress.models import ExerciseTotals, LeaderboardPoints, Progress, StudentTotals
from learnflow.progress.queries import active_days, attempts_at

# Written as tables, not as objects: this runs for every attempt, and half of its time was SQLAlchemy's keeping of them.
_PROGRESS, _TOTALS = table_of(Progress), table_of(StudentTotals)
_FIND = select(_PROGRESS).where(
    _PROGRESS.c.student_id == bindparam("student"), _PROGRESS.c.exercise_id == bindparam("exercise")
)
_INSERT = insert(_PROGRESS)
_CHANGE = update(_PROGRESS).where(_PROGRESS.c.id == bindparam("row"))
_CHANGE_TOTALS = update(_TOTALS).where(_TOTALS.c.student_id == bindparam("student"))


@dataclass(slots=True)
class Totals:
    """A student's row of `StudentTotals`, to be changed and written back."""

    student_id: int
    submissions: int = 0
    passed: int = 0
    exercises_tried: int = 0
    exercises_completed: int = 0
    points: int = 0
    streak_days: int = 0
    longest_streak_days: int = 0
    last_active_on: date | None = None


@dataclass(frozen=True, slots=True)
class _Place:
    """A student's row of progress with an exercise: its id once it is there, and the topic that its points are of."""

    student_id: int
    exercise_id: int
    topic: str
    row: int | None


async def record_outcome(
    session: AsyncSession,
    *,
    student_id: int,
    student_key: UUID,
    exercise_id: int,
    topic: str,
    passed: bool,
    score: int,
    submitted_at: datetime,
) -> Figures:
    """One more graded attempt. Not for a submission that ended as `error`, and only once for each submission.

    The submission's status and score must have been written in this transaction before, for an attempt that is
    recorded after a later one is put in its place by reading the exercise's attempts again. Call it late in the
    transaction: until the commit, everybody else's attempts at this exercise wait.
    """
    totals = await lock_student(session, student_id)
    found = await _row(session, student_id, exercise_id)
    before = figures_of(found)
    if follows(before, submitted_at):
        after = add(before, Attempt(submitted_at, score, passed))
    else:
        after = replay(await attempts_at(session, student_id, exercise_id))
    more = after.attempts - before.attempts  # over 1 when `follow_evaluation` has something still to come
    totals.submissions += more
    totals.passed += passed
    await _extend_streak(session, totals, submitted_at.astimezone(UTC).date() if more == 1 else None)
    place = _Place(student_id, exercise_id, found.topic if found else topic, found.id if found else None)
    await _write(session, place, totals, before, after, student_key, submissions=more, passed=int(passed))
    return after


async def follow_evaluation(
    session: AsyncSession, *, student_id: int, student_key: UUID, exercise_id: int
) -> Figures | None:
    """Bring progress and totals to what the exercise's attempts say now; doing it again changes nothing.

    None when the student has no attempt at the exercise that counts.
    """
    totals = await lock_student(session, student_id)
    found = await _row(session, student_id, exercise_id)
    before = figures_of(found)
    after = replay(await attempts_at(session, student_id, exercise_id))
    if after == before:
        return after if found else None
    topic = (
        found.topic
        if found
        else (await session.scalars(select(Exercise.topic).where(Exercise.id == exercise_id))).one()
    )
    # A submission that ended as `error` becomes an attempt when a teacher scores it.
    more = after.attempts - before.attempts
    if more:
        totals.submissions += more
        await _extend_streak(session, totals, None)
    place = _Place(student_id, exercise_id, topic, found.id if found else None)
    await _write(session, place, totals, before, after, student_key, submissions=more)
    return after


async def lock_student(session: AsyncSession, student_id: int) -> Totals:
    """The student's totals, made if need be, locked until the transaction ends."""
    statement = upsert(session, StudentTotals, conflict=("student_id",), add=("submissions",), returning=True)
    row = (await session.execute(statement, asdict(Totals(student_id)))).one()
    return Totals(**row._mapping)  # noqa: SLF001  # SQLAlchemy's public name for a row as a mapping


async def _row(session: AsyncSession, student_id: int, exercise_id: int) -> "Row[tuple[object, ...]] | None":
    return (await session.execute(_FIND, {"student": student_id, "exercise": exercise_id})).one_or_none()


def figures_of(row: "Progress | Row[tuple[object, ...]] | None") -> Figures:
    """The figures a row of progress holds."""
    if row is None:
        return NOT_STARTED
    return Figures(
        attempts=row.attempts,
        best_score=row.best_score,
        first_attempt_at=row.first_attempt_at,
        last_attempt_at=row.last_attempt_at,
        completed_at=row.completed_at,
        attempts_to_complete=row.attempts_to_complete,
        gains={date.fromisoformat(day): points for day, points in row.gains.items()},
    )


def columns_of(figures: Figures) -> dict[str, object]:
    """Figures with at least one attempt, by the columns of a row of progress."""
    assert figures.first_attempt_at is not None
    assert figures.last_attempt_at is not None
    return {
        "status": figures.status,
        "attempts": figures.attempts,
        "best_score": figures.best_score,
        "first_attempt_at": figures.first_attempt_at,
        "last_attempt_at": figures.last_attempt_at,
        "completed_at": figures.completed_at,
        "attempts_to_complete": figures.attempts_to_complete,
        "gains": {day.isoformat(): points for day, points in figures.gains.items()},
    }


async def _extend_streak(session: AsyncSession, totals: Totals, day: date | None) -> None:
    """Add an active day to the streak; None counts all days anew."""
    before = Streak(totals.streak_days, totals.longest_streak_days, totals.last_active_on)
    after = extend(before, day) if day is not None else None
    streak = after or streak_of(await active_days(session, totals.student_id))
    totals.streak_days, totals.longest_streak_days = streak.days, streak.longest
    totals.last_active_on = streak.last_active_on


async def _write(
    session: AsyncSession,
    place: _Place,
    totals: Totals,
    before: Figures,
    after: Figures,
    student_key: UUID,
    *,
    submissions: int = 0,
    passed: int = 0,
) -> None:
    """Write the figures, add the difference between the two states to every total, and tell it."""
    tried = int(before.attempts == 0)
    completed = int(after.completed_at is not None) - int(before.completed_at is not None)
    totals.exercises_tried += tried
    totals.exercises_completed += completed
    totals.points += after.best_score - before.best_score
    if place.row is None:
        new = {"student_id": place.student_id, "exercise_id": place.exercise_id, "topic": place.topic}
        await session.execute(_INSERT, new | columns_of(after))
    else:
        await session.execute(_CHANGE, {"row": place.row} | columns_of(after))
    await session.execute(_CHANGE_TOTALS, {"student": place.student_id} | asdict(totals))
    publish(
        session,
        ProgressChanged(
            student_id=place.student_id,
            exercise_id=place.exercise_id,
            status=after.status,
            attempts=after.attempts,
            best_score=after.best_score,
        ),
        subject=f"exercise/{place.exercise_id}",
        key=student_key,
    )
    await _add_points(session, place, points_by_period(before), points_by_period(after))
    difference = {
        "submissions": submissions,
        "passed": passed,
        "students_tried": tried,
        "students_completed": completed,
        "best_score_sum": after.best_score - before.best_score,
        "attempts_to_complete_sum": (after.attempts_to_complete or 0) - (before.attempts_to_complete or 0),
    }
    if any(difference.values()):
        statement = upsert(session, ExerciseTotals, conflict=("exercise_id",), add=tuple(difference))
        await session.execute(statement, {"exercise_id": place.exercise_id, **difference})


async def _add_points(
    session: AsyncSession,
    place: _Place,
    before: Mapping[str, tuple[int, int]],
    after: Mapping[str, tuple[int, int]],
) -> None:
    rows = []
    for period in sorted(before.keys() | after.keys()):
        old, new = before.get(period, (0, 0)), after.get(period, (0, 0))
        if old != new:
            change = {"points": new[0] - old[0], "completed": new[1] - old[1]}
            rows += [
                {"period": period, "topic": topic, "student_id": place.student_id, **change}
                for topic in sorted({ALL_TOPICS, place.topic})
            ]
    if rows:
        conflict = ("period", "topic", "student_id")
        await session.execute(upsert(session, LeaderboardPoints, conflict=conflict, add=("points", "completed")), rows)
