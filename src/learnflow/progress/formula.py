"""How attempts become figures: pure, so that what is kept incrementally and what is counted anew agree.

The rules, over a student's graded attempts at one exercise in the order in which they were handed in:

- An attempt's score is the teacher's where there is one, else the judge's.
- The exercise is completed by the first attempt that passed every case, or that a teacher gave all 100 points. A
  teacher's 0 takes that back; any other score of theirs does not: what passed has passed.
- Points are the best score. They are gained on the UTC day of the attempt that raised it, so all-time points are the
  sum of best scores, and a month's or week's points are what was gained on its days.
- A streak is a run of UTC days, each with an attempt.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

FULL_SCORE = 100
ALL_TIME = "all"
ALL_TOPICS = ""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One graded submission: when it was handed in (UTC), its score from 0 to 100, whether it solves the exercise."""

    submitted_at: datetime
    score: int
    solves: bool


def attempt(*, submitted_at: datetime, passed: bool, score: int, evaluated_score: int | None = None) -> Attempt:
    """The attempt that counts: the judge's verdict, unless a teacher said otherwise."""
    if evaluated_score is None:
        return Attempt(submitted_at, score, passed)
    return Attempt(submitted_at, evaluated_score, evaluated_score == FULL_SCORE or (passed and evaluated_score > 0))


@dataclass(frozen=True, slots=True)
class Figures:
    """A student's progress with one exercise; `gains` maps UTC days to the points gained on them."""

    attempts: int = 0
    best_score: int = 0
    first_attempt_at: datetime | None = None
    last_attempt_at: datetime | None = None
    completed_at: datetime | None = None
    attempts_to_complete: int | None = None
    gains: dict[date, int] = field(default_factory=dict)

    @property
    def status(self) -> str:
        return "completed" if self.completed_at else "in_progress"


NOT_STARTED = Figures()


def follows(figures: Figures, submitted_at: datetime) -> bool:
    """Whether an attempt handed in then comes after all that are in the figures, so that it can just be added."""
    return figures.last_attempt_at is None or submitted_at > figures.last_attempt_at


def add(figures: Figures, attempt: Attempt) -> Figures:
    """The figures after one more attempt, which must be the latest."""
    day = attempt.submitted_at.astimezone(UTC).date()
    gained = attempt.score - figures.best_score
    completes = attempt.solves and figures.completed_at is None
    return Figures(
        attempts=figures.attempts + 1,
        best_score=max(figures.best_score, attempt.score),
        first_attempt_at=figures.first_attempt_at or attempt.submitted_at,
        last_attempt_at=attempt.submitted_at,
        completed_at=attempt.submitted_at if completes else figures.completed_at,
        attempts_to_complete=figures.attempts + 1 if completes else figures.attempts_to_complete,
        gains=figures.gains | {day: figures.gains.get(day, 0) + gained} if gained > 0 else figures.gains,
    )


def replay(attempts: Iterable[Attempt]) -> Figures:
    """The figures of a whole history, given in the order of handing in."""
    figures = NOT_STARTED
    for each in attempts:
        figures = add(figures, each)
    return figures


def periods_of(day: date) -> tuple[str, str, str]:
    """The leaderboard's periods a UTC day belongs to: all time, its month, its ISO 8601 week."""
    return ALL_TIME, month_of(day), week_of(day)


def month_of(day: date) -> str:
    return f"{day.year:04d}-{day.month:02d}"


def week_of(day: date) -> str:
    year, week, _ = day.isocalendar()
    return f"{year:04d}-W{week:02d}"


def points_by_period(figures: Figures) -> dict[str, tuple[int, int]]:
    """Period → (points gained, exercises completed: 0 or 1) of one exercise."""
    points: dict[str, tuple[int, int]] = {}
    for day, gained in figures.gains.items():
        for period in periods_of(day):
            before = points.get(period, (0, 0))
            points[period] = (before[0] + gained, before[1])
    if figures.completed_at:
        for period in periods_of(figures.completed_at.astimezone(UTC).date()):
            points[period] = (points.get(period, (0, 0))[0], 1)
    return points


@dataclass(frozen=True, slots=True)
class Streak:
    """Days in a row with an attempt, up to `last_active_on`, and the longest such run ever."""

    days: int = 0
    longest: int = 0
    last_active_on: date | None = None


def extend(streak: Streak, day: date) -> Streak | None:
    """The streak with an attempt on `day`. None when that lies before the present run: only all days can tell."""
    last = streak.last_active_on
    if last is None or day > last:
        days = streak.days + 1 if last is not None and day - last == timedelta(days=1) else 1
        return Streak(days, max(streak.longest, days), day)
    return streak if day > last - timedelta(days=streak.days) else None


def streak_of(days: Collection[date]) -> Streak:
    """The streak of all the days with an attempt, in any order."""
    streak = Streak()
    for day in sorted(set(days)):
        streak = extend(streak, day) or streak
    return streak


def streak_today(days: int, last_active_on: date | None, today: date) -> int:
    """The streak that still runs: broken, so 0, once a whole UTC day has passed without an attempt."""
    if last_active_on is None or today - last_active_on > timedelta(days=1):
        return 0
    return days
