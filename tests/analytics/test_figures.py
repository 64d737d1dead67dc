"""Progress and figures over HTTP: right, and nobody's business but whose it is."""

from datetime import timedelta

import httpx
from fastapi import FastAPI

from learnflow.accounts.access import Role
from learnflow.accounts.models import Student
from learnflow.core.clock import now
from learnflow.core.database import Database
from learnflow.exercises.models import Exercise
from tests.progress.rows import an_attempt, an_exercise
from tests.support.people import Person, join


async def attempt(
    app: FastAPI,
    person: Person,
    *,
    exercise_id: int | None = None,
    score: int = 100,
    days_ago: int = 0,
    topic: str = "loops",
) -> int:
    """One graded attempt, at a new exercise unless one is named; returns the exercise's id."""
    database: Database = app.state.database
    async with database.write() as session:
        student = await session.get_one(Student, person.id)
        exercise = (
            await session.get_one(Exercise, exercise_id) if exercise_id else await an_exercise(session, topic=topic)
        )
        await an_attempt(session, student, exercise, score=score, at=now() - timedelta(days=days_ago))
        return exercise.id


async def test_a_students_progress_lists_what_was_begun_page_by_page(app: FastAPI, client: httpx.AsyncClient) -> None:
    anna = await join(app)
    ids = [await attempt(app, anna, score=score) for score in (100, 40, 0)]
    address = f"/api/analytics/student/{anna.id}/progress"
    first = (await client.get(address, params={"limit": 2}, headers=anna.headers)).json()
    second = (await client.get(address, params={"cursor": first["next"]}, headers=anna.headers)).json()
    items = first["items"] + second["items"]
    assert [item["exercise_id"] for item in items] == ids
    assert [item["status"] for item in items] == ["completed", "in_progress", "in_progress"]
    assert [item["best_score"] for item in items] == [100, 40, 0]
    assert second["next"] is None


async def test_a_students_stats_hold_totals_streak_and_topics(app: FastAPI, client: httpx.AsyncClient) -> None:
    anna = await join(app)
    await attempt(app, anna, days_ago=2)
    await attempt(app, anna, score=30, topic="lists", days_ago=1)
    await attempt(app, await join(app), topic="lists")
    stats = (await client.get(f"/api/analytics/student/{anna.id}/stats", headers=anna.headers)).json()
    assert (stats["submissions"], stats["passed"], stats["points"]) == (2, 1, 130)
    assert (stats["streak_days"], stats["longest_streak_days"]) == (2, 2)
    assert stats["topics"] == [
        {"topic": "lists", "exercises": 2, "tried": 1, "completed": 0},
        {"topic": "loops", "exercises": 1, "tried": 1, "completed": 1},
    ]


async def test_a_streak_that_is_broken_shows_as_zero(app: FastAPI, client: httpx.AsyncClient) -> None:
    anna = await join(app)
    await attempt(app, anna, days_ago=2)
    stats = (await client.get(f"/api/analytics/student/{anna.id}/stats", headers=anna.headers)).json()
    assert (stats["streak_days"], stats["longest_streak_days"]) == (0, 1)


async def test_whoever_has_done_nothing_has_figures_of_zero(app: FastAPI, client: httpx.AsyncClient) -> None:
    anna = await join(app)
    stats = (await client.get(f"/api/analytics/student/{anna.id}/stats", headers=anna.headers)).json()
    assert (stats["submissions"], stats["points"], stats["streak_days"], stats["last_active_on"]) == (0, 0, 0, None)


async def test_another_students_figures_do_not_exist(app: FastAPI, client: httpx.AsyncClient) -> None:
    anna, ben, teacher = await join(app), await join(app), await join(app, Role.teacher)
    for what in ("progress", "stats"):
        address = f"/api/analytics/student/{anna.id}/{what}"
        refused = await client.get(address, headers=ben.headers)
        missing = await client.get(f"/api/analytics/student/999999/{what}", headers=teacher.headers)
        assert (refused.status_code, missing.status_code) == (404, 404)
        assert refused.json()["code"] == missing.json()["code"] == "not_found"
        assert (await client.get(address, headers=teacher.headers)).status_code == 200
        assert (await client.get(address)).status_code == 401


async def test_an_exercises_stats_are_for_staff(app: FastAPI, client: httpx.AsyncClient) -> None:
    anna, ben, teacher = await join(app), await join(app), await join(app, Role.teacher)
    exercise_id = await attempt(app, anna, score=40, days_ago=1)
    await attempt(app, anna, exercise_id=exercise_id, score=100)
    await attempt(app, ben, exercise_id=exercise_id, score=50)
    address = f"/api/analytics/exercise/{exercise_id}/stats"
    stats = (await client.get(address, headers=teacher.headers)).json()
    assert stats == {
        "exercise_id": exercise_id,
        "submissions": 3,
        "passed": 1,
        "pass_rate": 0.3333,
        "students_tried": 2,
        "students_completed": 1,
        "completion_rate": 0.5,
        "average_best_score": 75.0,
        "average_attempts_to_complete": 2.0,
    }
    assert (await client.get(address, headers=anna.headers)).status_code == 403
    assert (await client.get("/api/analytics/exercise/999999/stats", headers=teacher.headers)).status_code == 404


async def test_a_tampered_cursor_is_refused_by_name(app: FastAPI, client: httpx.AsyncClient) -> None:
    anna = await join(app)
    answer = await client.get(
        f"/api/analytics/student/{anna.id}/progress", params={"cursor": "bm9uc2Vuc2U"}, headers=anna.headers
    )
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "cursor"
