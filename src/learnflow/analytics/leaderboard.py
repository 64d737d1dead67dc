"""The leaderboard: who gained most points in a period, under chosen names, of those who want to be seen.

Reads from the top of an index on (period, topic, points); the caller's own rank counts the visible students above.
Equal points share a rank ("1, 2, 2, 4", standard competition ranking); among them the longer-standing student comes
first, so that the order is the same on every request.
"""

from datetime import date

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from learnflow.accounts.models import Student
from learnflow.analytics.schemas import Leaderboard, LeaderboardEntry, Period
from learnflow.progress.formula import ALL_TIME, ALL_TOPICS, month_of, week_of
from learnflow.progress.models import LeaderboardPoints as Points


def period_name(period: Period, today: date) -> str:
    """The period's name in `leaderboard_points`."""
    if period is Period.month:
        return month_of(today)
    return week_of(today) if period is Period.week else ALL_TIME


async def leaderboard(
    session: AsyncSession, *, viewer: Student, period: Period, today: date, topic: str | None, limit: int
) -> Leaderboard:
    """The first `limit` entries and the viewer's own."""
    name = period_name(period, today)
    shown = and_(Points.period == name, Points.topic == (topic or ALL_TOPICS), Points.points > 0, *_visible())
    rows = await session.execute(
        select(Points.student_id, Points.points, Points.completed, Student.pseudonym)
        .join(Student, Student.id == Points.student_id)
        .where(shown)
        .order_by(Points.points.desc(), Points.student_id)
        .limit(limit)
    )
    entries: list[LeaderboardEntry] = []
    for position, (student_id, points, completed, pseudonym) in enumerate(rows, start=1):
        ties = bool(entries) and entries[-1].points == points
        entries.append(
            LeaderboardEntry(
                rank=entries[-1].rank if ties else position,
                pseudonym=pseudonym,
                points=points,
                completed=completed,
                is_me=student_id == viewer.id,
            )
        )
    opted_in = viewer.on_leaderboard and viewer.pseudonym is not None
    me = await _own_entry(session, shown, viewer) if opted_in else None
    return Leaderboard(
        period=period,
        period_name=name,
        topic=topic,
        entries=entries,
        me=me,
        me_missing=None if me else "no_points" if opted_in else "not_opted_in",
    )


def _visible() -> tuple[ColumnElement[bool], ...]:
    return (Student.on_leaderboard.is_(True), Student.pseudonym.is_not(None), Student.is_active.is_(True))


async def _own_entry(session: AsyncSession, shown: ColumnElement[bool], viewer: Student) -> LeaderboardEntry | None:
    joined = select(Points).join(Student, Student.id == Points.student_id).where(shown)
    mine = await session.scalar(joined.where(Points.student_id == viewer.id))
    if mine is None or viewer.pseudonym is None:
        return None
    above = await session.scalar(
        select(func.count()).select_from(
            joined.where(Points.points > mine.points).with_only_columns(Points.student_id).subquery()
        )
    )
    return LeaderboardEntry(
        rank=(above or 0) + 1,
        pseudonym=viewer.pseudonym,
        points=mine.points,
        completed=mine.completed,
        is_me=True,
    )
