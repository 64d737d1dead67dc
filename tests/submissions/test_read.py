"""Who may read a submission, and what of it."""

import pytest

from tests.submissions.conftest import WRONG, School


async def test_get_submission(judging_school: School) -> None:
    handed_in = (await judging_school.hand_in(wait=20)).json()
    answer = await judging_school.get(str(handed_in["id"]))
    assert answer.status_code == 200
    assert answer.json() == handed_in
    assert answer.json()["code"].startswith("def add")


async def test_a_teacher_sees_the_hidden_case_of_any_submission(judging_school: School) -> None:
    handed_in = (await judging_school.hand_in(WRONG, wait=20)).json()
    seen = (await judging_school.get(str(handed_in["id"]), by=judging_school.teacher)).json()
    hidden = seen["cases"][1]
    assert (hidden["expected"], hidden["actual"], hidden["hidden"]) == ("7340918", "5", True)


async def test_anothers_submission_does_not_exist(school: School) -> None:
    mine = (await school.hand_in("x = 1")).json()["id"]
    for path in (str(mine), f"{mine}/events"):
        answer = await school.get(path, by=school.other)
        assert (answer.status_code, answer.json()["code"]) == (404, "submission_not_found")
    assert (await school.get("999")).status_code == 404


@pytest.mark.parametrize("bad", ["0", "-1", str(2**63), "x", "run"])
async def test_an_id_is_a_positive_integer(school: School, bad: str) -> None:
    for path in (bad, f"student/{bad}", f"exercise/{bad}", f"{bad}/events"):
        answer = await school.get(path)
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "id")


async def test_get_student_submissions(school: School) -> None:
    ids = [(await school.hand_in(f"x = {number}")).json()["id"] for number in range(5)]
    await school.hand_in("x = 1", by=school.other)
    path = f"student/{school.student.id}"
    first = (await school.get(path, limit=3)).json()
    second = (await school.get(path, limit=3, cursor=first["next"])).json()
    assert [item["id"] for item in first["items"] + second["items"]] == ids[::-1]
    assert second["next"] is None
    assert "code" not in first["items"][0]
    assert (await school.get(path, by=school.teacher)).json()["items"] == [*first["items"], *second["items"]]
    assert (await school.get(path, by=school.other)).status_code == 404
    assert (await school.get("student/999", by=school.teacher)).status_code == 404
    assert (await school.get(path, cursor="WyJ4Il0")).json()["errors"][0]["field"] == "cursor"


async def test_get_exercise_submissions(school: School) -> None:
    mine = (await school.hand_in("x = 1")).json()["id"]
    theirs = (await school.hand_in("x = 1", by=school.other)).json()["id"]
    path = f"exercise/{school.exercise_id}"
    assert [item["id"] for item in (await school.get(path)).json()["items"]] == [mine]
    assert [item["id"] for item in (await school.get(path, by=school.teacher)).json()["items"]] == [theirs, mine]
    assert (await school.get("exercise/999")).status_code == 404
