"""Cases of kind unit over HTTP: points per test in the score, and what a result says of its trust."""

from tests.submissions.conftest import School
from tests.support.exercises import exercise

TESTS = "from add import add\n" + "".join(
    f"def test_{number}():\n    assert add({number}, 1) == {number + 1}\n" for number in range(4)
)


async def test_each_test_counts_and_the_result_says_that_it_is_isolated(judging_school: School) -> None:
    school = judging_school
    case = {"name": "tests", "kind": "unit", "input": {"test_file": TESTS, "module": "add"}}
    headers = school.teacher.headers
    wrong = exercise(test_cases=[case], solution_code="def add(a, b):\n    return 1\n")
    refused = await school.client.post("/api/exercises/", json=wrong, headers=headers)
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "test_cases[0]")
    assert "test_1 fails" in refused.json()["errors"][0]["message"]
    made = await school.client.post("/api/exercises/", json=exercise(test_cases=[case]), headers=headers)
    assert made.status_code == 201, made.text
    exercise_id = made.json()["id"]
    answer = await school.hand_in("def add(a, b):\n    return a + b if a else 0\n", exercise_id=exercise_id, wait=10)
    submission = answer.json()
    assert (submission["status"], submission["score"]) == ("failed", 75)
    [result] = submission["cases"]
    assert (result["points"], result["weight"], result["trust"]) == (3, 4, "isolated")
    assert result["explanation"] == "The test test_0 fails. add(0, 1) == 1: 0 == 1 is not so."
    other = await school.hand_in()
    assert other.status_code == 201


async def test_of_a_hidden_test_file_students_see_name_and_verdict(judging_school: School) -> None:
    school = judging_school
    case = {"name": "tests", "kind": "unit", "hidden": True, "input": {"test_file": TESTS, "module": "add"}}
    body = exercise(test_cases=[case])
    made = await school.client.post("/api/exercises/", json=body, headers=school.teacher.headers)
    exercise_id = made.json()["id"]
    seen = await school.client.get(f"/api/exercises/{exercise_id}", headers=school.student.headers)
    assert "test_0" not in seen.text
    answer = await school.hand_in("def add(a, b):\n    return 0\n", exercise_id=exercise_id, wait=10)
    assert answer.json()["cases"][0]["verdict"] == "wrong_answer"
    assert "test_0" not in answer.text
