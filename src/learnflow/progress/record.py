"""Record what a graded attempt means for the student's progress and for every total, in the caller's transaction.

Order of locks, on which freedom from deadlock rests: the student's totals first, the exercise's last, nothing else in
between that another student's attempt could hold. Whoever holds the student's totals may read and change all that is
the student's: progress, streak, points. So two graders that finish for one student, or for one exercise, wait for each
other and neither's figures are lost.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from learnflow.core.database import upsert
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
from learnflow.progress.queries import active_days, attempts_at, progress_with


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
) -> Progress:
    """One more graded attempt. Not for a submission that ended as `error`, and only once for each submission.

    The submission's status and score must have been written in this transaction before, for an attempt that is
    recorded after a later one is put in its place by reading the exercise's attempts again. Call it late in the
    transaction: until the commit, everybody else's attempts at this exercise wait.
    """
    totals = await lock_student(session, student_id)
    row = await progress_with(session, student_id, exercise_id)
    before = figures_of(row)
    if follows(before, submitted_at):
        after = add(before, Attempt(submitted_at, score, passed))
    else:
        after = replay(await attempts_at(session, student_id, exercise_id))
    row = _written(session, row, after, student_id=student_id, exercise_id=exercise_id, topic=topic)
    more = after.attempts - before.attempts  # over 1 when `follow_evaluation` has something still to come
    totals.submissions += more
    totals.passed += passed
    await _extend_streak(session, totals, submitted_at.astimezone(UTC).date() if more == 1 else None)
    await _carry_over(session, totals, row, before, after, student_key, submissions=more, passed=int(passed))
    return row


async def follow_evaluation(
    session: AsyncSession, *, student_id: int, student_key: UUID, exercise_id: int
) -> Progress | None:
    """Bring progress and totals to what the exercise's attempts say now; doing it again changes nothing.

    None when the student has no attempt at the exercise that counts.
    """
    totals = await lock_student(session, student_id)
    row = await progress_with(session, student_id, exercise_id)
    before = figures_of(row)
    after = replay(await attempts_at(session, student_id, exercise_id))
    if after == before:
        return row
    topic = (
        row.topic if row else (await session.scalars(select(Exercise.topic).where(Exercise.id == exercise_id))).one()
    )
    row = _written(session, row, after, student_id=student_id, exercise_id=exercise_id, topic=topic)
    # A submission that ended as `error` becomes an attempt when a teacher scores it.
    more = after.attempts - before.attempts
    if more:
        totals.submissions += more
        await _extend_streak(session, totals, None)
    await _carry_over(session, totals, row, before, after, student_key, submissions=more)
    return row


async def lock_student(session: AsyncSession, student_id: int) -> StudentTotals:
    """The student's totals, made if need be, locked until the transaction ends."""
    zero = {
        "student_id": student_id,
        "submissions": 0,
        "passed": 0,
        "exercises_tried": 0,
        "exercises_completed": 0,
        "points": 0,
        "streak_days": 0,
        "longest_streak_days": 0,
        "last_active_on": None,
    }
    statement = upsert(session, StudentTotals, zero, conflict=["student_id"], add=["submissions"])
    totals = await session.scalars(statement.returning(StudentTotals), execution_options={"populate_existing": True})
    row: StudentTotals = totals.one()
    return row


def figures_of(row: Progress | None) -> Figures:
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


def write_figures(row: Progress, figures: Figures) -> None:
    """Write figures with at least one attempt into a row of progress."""
    assert figures.first_attempt_at is not None
    assert figures.last_attempt_at is not None
    row.status = figures.status
    row.attempts = figures.attempts
    row.best_score = figures.best_score
    row.first_attempt_at = figures.first_attempt_at
    row.last_attempt_at = figures.last_attempt_at
    row.completed_at = figures.completed_at
    row.attempts_to_complete = figures.attempts_to_complete
    row.gains = {day.isoformat(): points for day, points in figures.gains.items()}


def _written(
    session: AsyncSession, row: Progress | None, figures: Figures, *, student_id: int, exercise_id: int, topic: str
) -> Progress:
    if row is None:
        row = Progress(student_id=student_id, exercise_id=exercise_id, topic=topic)
        session.add(row)
    write_figures(row, figures)
    return row


async def _extend_streak(session: AsyncSession, totals: StudentTotals, day: date | None) -> None:
    """Add an active day to the streak; None counts all days anew."""
    before = Streak(totals.streak_days, totals.longest_streak_days, totals.last_active_on)
    after = extend(before, day) if day is not None else None
    streak = after or streak_of(await active_days(session, totals.student_id))
    totals.streak_days, totals.longest_streak_days = streak.days, streak.longest
    totals.last_active_on = streak.last_active_on


async def _carry_over(
    session: AsyncSession,
    totals: StudentTotals,
    row: Progress,
    before: Figures,
    after: Figures,
    student_key: UUID,
    *,
    submissions: int = 0,
    passed: int = 0,
) -> None:
    """Add the difference between two states of one exercise's figures to every total, and tell it."""
    tried = int(before.attempts == 0)
    completed = int(after.completed_at is not None) - int(before.completed_at is not None)
    totals.exercises_tried += tried
    totals.exercises_completed += completed
    totals.points += after.best_score - before.best_score
    publish(
        session,
        ProgressChanged(
            student_id=row.student_id,
            exercise_id=row.exercise_id,
            status=row.status,
            attempts=row.attempts,
            best_score=row.best_score,
        ),
        subject=f"exercise/{row.exercise_id}",
        key=student_key,
    )
    await session.flush()
    await _add_points(session, row, points_by_period(before), points_by_period(after))
    difference = {
        "submissions": submissions,
        "passed": passed,
        "students_tried": tried,
        "students_completed": completed,
        "best_score_sum": after.best_score - before.best_score,
        "attempts_to_complete_sum": (after.attempts_to_complete or 0) - (before.attempts_to_complete or 0),
    }
    if any(difference.values()):
        await session.execute(
            upsert(
                session,
                ExerciseTotals,
                {"exercise_id": row.exercise_id, **difference},
                conflict=["exercise_id"],
                add=list(difference),
            )
        )


async def _add_points(
    session: AsyncSession,
    row: Progress,
    before: Mapping[str, tuple[int, int]],
    after: Mapping[str, tuple[int, int]],
) -> None:
    rows = []
    for period in sorted(before.keys() | after.keys()):
        old, new = before.get(period, (0, 0)), after.get(period, (0, 0))
        if old != new:
            change = {"points": new[0] - old[0], "completed": new[1] - old[1]}
            rows += [
                {"period": period, "topic": topic, "student_id": row.student_id, **change}
                for topic in sorted({ALL_TOPICS, row.topic})
            ]
    if rows:
        table = LeaderboardPoints.__table__
        statement = upsert(session, table, conflict=["period", "topic", "student_id"], add=["points", "completed"])
        await session.execute(statement, rows)
