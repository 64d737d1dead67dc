"""Saving: what is verified, what is refused, and that nobody's change is lost."""

import asyncio

import httpx
import pytest
from fastapi import FastAPI

from learnflow.core.errors import Unavailable
from learnflow.exercises import save
from learnflow.exercises.errors import VerificationUnavailable
from learnflow.exercises.verification import CaseVerdict, Verification
from tests.exercises.conftest import Verifier
from tests.support.exercises import exercise, published_exercise
from tests.support.people import Person

FAILS = Verification(
    failures=(CaseVerdict(name="a large number", verdict="wrong_answer", explanation="Expected 8, got 7."),)
)


async def count(client: httpx.AsyncClient) -> int:
    return len((await client.get("/api/exercises/")).json()["items"])


async def test_a_solution_that_fails_its_own_case_is_refused_with_the_case_named(
    client: httpx.AsyncClient, teacher: Person, verifier: Verifier
) -> None:
    verifier.outcome = FAILS
    answer = await client.post("/api/exercises/", json=exercise(), headers=teacher.headers)
    assert answer.status_code == 422
    body = answer.json()
    assert body["code"] == "verification_failed"
    assert body["errors"][0]["field"] == "test_cases[1]"
    assert "'a large number' (wrong_answer). Expected 8, got 7." in body["detail"]
    assert "?force=true" in body["detail"]
    assert await count(client) == 0
    forced = await client.post("/api/exercises/", params={"force": "true"}, json=exercise(), headers=teacher.headers)
    assert forced.status_code == 201
    assert len(verifier.drafts) == 1


async def test_a_starter_that_already_passes_is_refused(
    client: httpx.AsyncClient, teacher: Person, verifier: Verifier
) -> None:
    verifier.outcome = Verification(starter_passes=True)
    answer = await client.post("/api/exercises/", json=exercise(), headers=teacher.headers)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "starter_code"


@pytest.mark.parametrize(
    "outcome",
    [
        Unavailable("There is no grader running."),
        VerificationUnavailable("No grader had time."),
        Verification(failures=(CaseVerdict(name="two and three", verdict="internal_error"),)),
        TimeoutError(),
    ],
)
async def test_without_a_grader_the_answer_says_how_to_save_unverified(
    client: httpx.AsyncClient, teacher: Person, verifier: Verifier, outcome: Verification | Exception
) -> None:
    verifier.outcome = outcome
    answer = await client.post("/api/exercises/", json=exercise(), headers=teacher.headers)
    assert answer.status_code == 503
    assert "?force=true" in answer.json()["detail"]
    assert int(answer.headers["retry-after"]) > 0
    assert await count(client) == 0


async def test_a_verification_without_end_is_given_up(
    client: httpx.AsyncClient, app: FastAPI, teacher: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def never(*_: object) -> Verification:
        return await asyncio.get_running_loop().create_future()

    app.state.verify_exercise = never
    monkeypatch.setattr(save, "VERIFY_SECONDS", 0.05)
    answer = await client.post("/api/exercises/", json=exercise(), headers=teacher.headers)
    assert answer.status_code == 503


async def test_others_can_write_while_an_exercise_is_verified(
    client: httpx.AsyncClient, app: FastAPI, teacher: Person
) -> None:
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def slow(*_: object) -> Verification:
        begun.set()
        await go_on.wait()
        return Verification()

    app.state.verify_exercise = slow
    saving = asyncio.create_task(client.post("/api/exercises/", json=exercise(slug="mine"), headers=teacher.headers))
    await begun.wait()
    forced = await client.post("/api/exercises/?force=true", json=exercise(slug="mine"), headers=teacher.headers)
    assert forced.status_code == 201
    go_on.set()
    answer = await saving
    assert (answer.status_code, answer.json()["code"]) == (409, "slug_taken")


@pytest.mark.parametrize("if_match", ['"1"', "*"])
async def test_of_two_changes_at_once_one_is_told_that_it_is_stale(
    client: httpx.AsyncClient, app: FastAPI, teacher: Person, if_match: str
) -> None:
    made = await published_exercise(app.state.database)
    both_verify = asyncio.Barrier(2)

    async def together(*_: object) -> Verification:
        await both_verify.wait()
        return Verification()

    app.state.verify_exercise = together
    headers = {**teacher.headers, "If-Match": if_match}
    address = f"/api/exercises/{made.id}"
    answers = await asyncio.gather(
        *(client.put(address, json=exercise(title=f"Change {n}"), headers=headers) for n in range(2))
    )
    assert sorted(answer.status_code for answer in answers) == [200, 412]
    winner = next(answer for answer in answers if answer.status_code == 200)
    after = (await client.get(address)).json()
    assert (after["version"], after["title"]) == (2, winner.json()["title"])


async def test_a_change_needs_the_etag_of_the_version_it_changes(
    client: httpx.AsyncClient, app: FastAPI, teacher: Person, verifier: Verifier
) -> None:
    made = await published_exercise(app.state.database)
    address = f"/api/exercises/{made.id}"

    async def put(**headers: str) -> int:
        sent = {**teacher.headers, **{name.replace("_", "-"): value for name, value in headers.items()}}
        return (await client.put(address, json=exercise(), headers=sent)).status_code

    assert await put() == 428
    for stale in ('"2"', '"0"', "1", 'W/"1"', "x"):
        assert await put(if_match=stale) == 412
    assert not verifier.drafts
    assert await put(if_match='"7", "1"') == 200
    assert await put(if_match='"1"') == 412
    assert await put(if_match="*") == 200
    missing = await client.put("/api/exercises/99", json=exercise(), headers={**teacher.headers, "If-Match": "*"})
    assert missing.status_code == 404


async def test_a_slug_is_made_from_the_title_and_stays_unique(client: httpx.AsyncClient, teacher: Person) -> None:
    async def slug(**changes: str) -> str:
        answer = await client.post("/api/exercises/", json=exercise(**changes), headers=teacher.headers)
        made: str = answer.json()["slug" if answer.status_code == 201 else "code"]
        return made

    assert await slug(title="Über-Größe: ein Test!") == "uber-grosse-ein-test"
    assert await slug(title="数") == "exercise"
    assert await slug(title="数") == "exercise-2"
    assert await slug(slug="my-own") == "my-own"
    assert await slug(slug="my-own") == "slug_taken"
    assert len(await slug(title="long " * 40)) <= 100


async def test_ten_exercises_of_one_title_at_once_get_ten_slugs(client: httpx.AsyncClient, teacher: Person) -> None:
    answers = await asyncio.gather(
        *(client.post("/api/exercises/", json=exercise(), headers=teacher.headers) for _ in range(10))
    )
    assert len({answer.json()["slug"] for answer in answers}) == 10


async def test_a_change_may_not_take_anothers_slug(
    client: httpx.AsyncClient, app: FastAPI, teacher: Person, verifier: Verifier
) -> None:
    made = await published_exercise(app.state.database, slug="one")
    await published_exercise(app.state.database, slug="two")
    headers = {**teacher.headers, "If-Match": "*"}
    taken = await client.put(f"/api/exercises/{made.id}", json=exercise(slug="two"), headers=headers)
    assert (taken.status_code, taken.json()["code"]) == (409, "slug_taken")
    moved = await client.put(f"/api/exercises/{made.id}", json=exercise(slug="three"), headers=headers)
    assert moved.json()["slug"] == "three"
    kept = await client.put(f"/api/exercises/{made.id}", json=exercise(slug="three"), headers=headers)
    assert kept.status_code == 200


async def test_of_two_that_take_one_slug_at_once_one_gets_it(
    client: httpx.AsyncClient, app: FastAPI, teacher: Person
) -> None:
    made = [await published_exercise(app.state.database, slug=slug) for slug in ("one", "two")]
    both_verify = asyncio.Barrier(2)

    async def together(*_: object) -> Verification:
        await both_verify.wait()
        return Verification()

    app.state.verify_exercise = together
    headers = {**teacher.headers, "If-Match": "*"}
    answers = await asyncio.gather(
        *(client.put(f"/api/exercises/{each.id}", json=exercise(slug="mine"), headers=headers) for each in made)
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409]


async def test_expected_output_alone_is_judged_as_one_program(
    client: httpx.AsyncClient, teacher: Person, verifier: Verifier
) -> None:
    body = exercise(test_cases=[], expected_output="Hello\n", solution_code='print("Hello")')
    verifier.outcome = Verification(failures=(CaseVerdict(name="output", verdict="wrong_answer"),))
    answer = await client.post("/api/exercises/", json=body, headers=teacher.headers)
    assert answer.json()["errors"][0]["field"] == "expected_output"
    verifier.outcome = Verification()
    answer = await client.post("/api/exercises/", json=body, headers=teacher.headers)
    assert answer.status_code == 201
    assert (answer.json()["test_cases"], answer.json()["expected_output"]) == ([], "Hello\n")
    assert verifier.drafts[0].test_cases[0]["expected"] == {"stdout": "Hello\n"}
