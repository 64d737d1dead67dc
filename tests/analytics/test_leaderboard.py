"""The leaderboard: ranks, ties, periods, and nobody on it who did not ask to be."""

from typing import Any

import httpx
from fastapi import FastAPI

from learnflow.accounts.models import Student
from tests.analytics.test_figures import attempt
from tests.support.people import Person, join


async def seen(app: FastAPI, name: str, **fields: Any) -> Person:
    return await join(app, pseudonym=name, on_leaderboard=True, name=f"Real {name}", **fields)


async def board(client: httpx.AsyncClient, person: Person, **params: Any) -> dict[str, Any]:
    answer = await client.get("/api/analytics/leaderboard", params=params, headers=person.headers)
    assert answer.status_code == 200
    found: dict[str, Any] = answer.json()
    return found


async def test_equal_points_share_a_rank_and_the_next_is_skipped(app: FastAPI, client: httpx.AsyncClient) -> None:
    people = [await seen(app, name) for name in ("Owl", "Fox", "Elk", "Bee")]
    for person, score in zip(people, (40, 100, 40, 10), strict=True):
        await attempt(app, person, score=score)
    found = await board(client, people[0])
    assert [(each["rank"], each["pseudonym"], each["points"]) for each in found["entries"]] == [
        (1, "Fox", 100),
        (2, "Owl", 40),
        (2, "Elk", 40),
        (4, "Bee", 10),
    ]
    assert [each["is_me"] for each in found["entries"]] == [False, True, False, False]


async def test_my_own_rank_is_told_though_it_is_below_the_page(app: FastAPI, client: httpx.AsyncClient) -> None:
    people = [await seen(app, name) for name in ("Owl", "Fox", "Elk")]
    for person, score in zip(people, (90, 90, 20), strict=True):
        await attempt(app, person, score=score)
    found = await board(client, people[2], limit=1)
    assert [each["pseudonym"] for each in found["entries"]] == ["Owl"]
    assert found["me"] == {"rank": 3, "pseudonym": "Elk", "points": 20, "completed": 0, "is_me": True}
    assert found["me_missing"] is None


async def test_only_active_students_who_opted_in_appear_and_no_real_name(
    app: FastAPI, client: httpx.AsyncClient
) -> None:
    owl = await seen(app, "Owl")
    hidden = await join(app, pseudonym="Shy", name="Hidden Person")
    gone = await seen(app, "Gone")
    for person in (owl, hidden, gone):
        await attempt(app, person)
    async with app.state.database.write() as session:
        (await session.get_one(Student, gone.id)).is_active = False
    found = await board(client, hidden)
    assert [each["pseudonym"] for each in found["entries"]] == ["Owl"]
    assert (found["me"], found["me_missing"]) == (None, "not_opted_in")
    text = (await client.get("/api/analytics/leaderboard", headers=hidden.headers)).text
    for secret in (owl.name, owl.email, hidden.name, hidden.email, str(owl.user_id)):
        assert secret not in text


async def test_periods_and_topics_count_only_their_own_points(app: FastAPI, client: httpx.AsyncClient) -> None:
    owl = await seen(app, "Owl")
    await attempt(app, owl, score=60, topic="loops", days_ago=40)
    await attempt(app, owl, score=30, topic="lists")
    assert (await board(client, owl))["me"]["points"] == 90
    for period in ("month", "week"):
        assert (await board(client, owl, period=period))["me"]["points"] == 30
    assert (await board(client, owl, topic="loops"))["me"]["points"] == 60
    nothing = await board(client, owl, topic="loops", period="week")
    assert (nothing["entries"], nothing["me"], nothing["me_missing"]) == ([], None, "no_points")


async def test_the_leaderboard_is_for_signed_in_users_and_checks_its_input(
    app: FastAPI, client: httpx.AsyncClient
) -> None:
    assert (await client.get("/api/analytics/leaderboard")).status_code == 401
    anna = await join(app)
    for params in ({"period": "year"}, {"limit": 0}, {"limit": 101}, {"topic": ""}, {"topic": "a\0b"}):
        answer = await client.get("/api/analytics/leaderboard", params=params, headers=anna.headers)
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["field"] == next(iter(params))
