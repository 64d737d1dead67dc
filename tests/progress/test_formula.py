"""The rules by which attempts become figures."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from learnflow.progress.formula import (
    NOT_STARTED,
    Streak,
    add,
    attempt,
    extend,
    periods_of,
    points_by_period,
    replay,
    streak_of,
    streak_today,
)

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(("last_active", "shown"), [(0, 4), (1, 4), (2, 0), (30, 0)])
def test_a_streak_runs_until_a_whole_day_has_passed(last_active: int, shown: int) -> None:
    assert streak_today(4, TODAY - timedelta(days=last_active), TODAY) == shown


def test_who_never_was_active_has_no_streak() -> None:
    assert streak_today(0, None, TODAY) == 0


@given(st.lists(st.dates(date(2026, 1, 1), date(2026, 2, 15)), max_size=30))
def test_a_streak_kept_day_by_day_is_the_one_of_all_days(days: list[date]) -> None:
    kept = Streak()
    for number, day in enumerate(days, start=1):
        kept = extend(kept, day) or streak_of(days[:number])
    assert kept == streak_of(days)


def test_a_week_belongs_to_the_year_of_its_thursday() -> None:
    assert periods_of(date(2027, 1, 1)) == ("all", "2027-01", "2026-W53")


def test_a_day_is_a_utc_day() -> None:
    late_in_new_york = datetime(2026, 11, 30, 23, 0, tzinfo=timezone(timedelta(hours=-5)))
    figures = add(NOT_STARTED, attempt(submitted_at=late_in_new_york, passed=False, score=40))
    assert figures.gains == {date(2026, 12, 1): 40}


@pytest.mark.parametrize(
    ("passed", "evaluated", "solves"),
    [
        (True, None, True),
        (False, None, False),
        (True, 80, True),
        (True, 0, False),
        (False, 100, True),
        (False, 99, False),
    ],
)
def test_what_a_teachers_score_does_to_completion(passed: bool, evaluated: int | None, solves: bool) -> None:
    found = attempt(submitted_at=datetime(2026, 11, 23, tzinfo=UTC), passed=passed, score=50, evaluated_score=evaluated)
    assert found.solves is solves


@given(st.lists(st.tuples(st.integers(0, 60 * 24), st.integers(0, 100)), max_size=20))
def test_points_of_all_time_are_the_best_score(attempts: list[tuple[int, int]]) -> None:
    start = datetime(2026, 11, 23, tzinfo=UTC)
    figures = replay(
        attempt(submitted_at=start + timedelta(hours=hour), passed=score == 100, score=score)
        for hour, score in sorted(attempts)
    )
    points = points_by_period(figures)
    assert points.get("all", (0, 0))[0] == figures.best_score
    for length in (len("2026-11"), len("2026-W48")):
        assert sum(gained for period, (gained, _) in points.items() if len(period) == length) == figures.best_score
