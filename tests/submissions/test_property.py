"""Cases of kind property over HTTP: what saving proves, what students are told, and what stays hidden."""

from typing import Any

import httpx
import pytest

from tests.submissions.conftest import School
from tests.support.exercises import exercise

GENERATOR = "def generate(random, size):\n    return [random.randint(-size, size), 7000 + size]\n"
REFERENCE = "def reference(a, b):\n    the_secret_sum = a + b\n    return the_secret_sum\n"
WRONG = "def add(a, b):\n    return abs(a) + b\n"


def case(**changes: Any) -> dict[str, Any]:
    given = {"function": "add", "generator": GENERATOR, "valid": "def valid(a, b):\n    return b >= 7000\n"}
    return {"name": "any two", "kind": "property", "input": given, "expected": {"reference": REFERENCE}} | changes


async def save(school: School, *cases: dict[str, Any], force: bool = False, **changes: Any) -> httpx.Response:
    body = exercise(test_cases=list(cases), **changes)
    return await school.client.post(f"/api/exercises/?force={force}", json=body, headers=school.teacher.headers)


async def saved(school: School, *cases: dict[str, Any], force: bool = False) -> int:
    answer = await save(school, *cases, force=force)
    assert answer.status_code == 201, answer.text
    exercise_id: int = answer.json()["id"]
    return exercise_id


async def test_a_student_is_told_the_smallest_input_that_fails(judging_school: School) -> None:
    school = judging_school
    exercise_id = await saved(school, case(weight=3))
    right = await school.hand_in(exercise_id=exercise_id, wait=10)
    assert (right.json()["status"], right.json()["score"]) == ("passed", 100)
    wrong = (await school.hand_in(WRONG, exercise_id=exercise_id, wait=10)).json()
    assert (wrong["status"], wrong["score"]) == ("failed", 0)
    [result] = wrong["cases"]
    assert (result["verdict"], result["points"], result["weight"]) == ("wrong_answer", 0, 3)
    assert (result["expected"], result["actual"], result["trust"]) == ("6999", "7001", "isolated")
    assert result["explanation"].startswith("add(-1, 7000): Your function returned 7001, but 6999 was expected. The sm")
    assert "add(-1, 7000)" in wrong["feedback"]
    body = {"code": WRONG, "exercise_id": exercise_id}
    run = await school.client.post("/api/submissions/run", json=body, headers=school.student.headers)
    assert run.json()["cases"][0]["explanation"] == result["explanation"]


async def test_students_get_no_function_of_the_teachers(judging_school: School) -> None:
    school = judging_school
    check = {"check": "def check(args, result):\n    the_secret_sum = sum(args)\n    return result == the_secret_sum\n"}
    exercise_id = await saved(school, case(), case(name="checked", expected=check))
    for headers in (school.student.headers, {}):
        seen = await school.client.get(f"/api/exercises/{exercise_id}", headers=headers)
        assert "secret_sum" not in seen.text
        assert "7000" not in seen.text
        assert seen.json()["test_cases"][0]["input"] == {"function": "add"}
        assert seen.json()["test_cases"][0]["expected"] is None
    seen = await school.client.get(f"/api/exercises/{exercise_id}", headers=school.teacher.headers)
    assert seen.json()["test_cases"][0]["expected"] == {"reference": REFERENCE}
    assert seen.json()["test_cases"][0]["input"]["generator"] == GENERATOR


async def test_of_a_hidden_property_students_see_name_and_verdict(judging_school: School) -> None:
    school = judging_school
    exercise_id = await saved(school, case(hidden=True))
    source = "import sys\ndef add(a, b):\n    print(a, b)\n    print(a, b, file=sys.stderr)\n    {}\n"
    for body, verdict in (
        ("return abs(a) + b", "wrong_answer"),
        ("raise ValueError((a, b))", "runtime_error"),
        ("return print('x' * 10**6)", "output_limit"),
    ):
        answer = await school.hand_in(source.format(body), exercise_id=exercise_id, wait=10)
        [result] = answer.json()["cases"]
        assert (result["name"], result["verdict"], result["hidden"]) == ("any two", verdict, True)
        assert not any(result.get(name) for name in ("expected", "actual", "diff", "explanation", "error", "stdout"))
        submission_id = answer.json()["id"]
        events = await school.get(f"{submission_id}/events")
        for text in (answer.text, events.text, (await school.get(str(submission_id))).text):
            assert "7000" not in text
            assert "add(-" not in text
    teachers = await school.get(str(submission_id), by=school.teacher)
    assert "7000" in teachers.text


async def test_it_can_not_be_traced(judging_school: School) -> None:
    school = judging_school
    exercise_id = await saved(school, case())
    body = {"code": WRONG, "exercise_id": exercise_id, "position": 0}
    answer = await school.client.post("/api/submissions/trace", json=body, headers=school.student.headers)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "position")
    assert "kind property has no single run" in answer.json()["errors"][0]["message"]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        (
            {"input": {"function": "add", "generator": "def generate(random, size):\n    return [size]\n"}},
            "reference()",
        ),
        (
            {"input": {"function": "add", "generator": "def generate(random, size):\n    return 1 / size\n"}},
            "line 2: di",
        ),
        ({"expected": {"reference": "def reference(a, b):\n    return object()\n"}}, "returned <object object>, which"),
        # The starter returns None, which a check has to bear.
        (
            {"expected": {"check": "def check(args, result):\n    return result > 0 or result <= 0\n"}},
            "the answer None",
        ),
    ],
)
async def test_saving_proves_the_functions(judging_school: School, changes: dict[str, Any], reason: str) -> None:
    answer = await save(judging_school, case(), case(name="other", **changes))
    assert answer.status_code == 422, answer.text
    [problem] = answer.json()["errors"]  # once, though neither the solution nor the starter could be judged
    assert problem["field"] == "test_cases[1]"
    message = problem["message"]
    assert message.startswith("The case 'other' can't be judged by. The case 'other', ")
    assert reason in message


async def test_saving_proves_that_the_solution_is_right_for_every_input(judging_school: School) -> None:
    answer = await save(judging_school, case(), solution_code=WRONG)
    assert answer.status_code == 422
    [problem] = answer.json()["errors"]
    assert problem["field"] == "test_cases[0]"
    assert "(wrong_answer). add(-1, 7000): Your function returned 7001" in problem["message"]


async def test_a_generator_that_fails_is_no_zero_for_the_student(judging_school: School) -> None:
    school = judging_school
    broken = {"function": "add", "generator": "def generate(random, size):\n    raise KeyError('teacher')\n"}
    exercise_id = await saved(school, case(input=broken), force=True)
    answer = (await school.hand_in(exercise_id=exercise_id, wait=10)).json()
    assert (answer["status"], answer["score"]) == ("error", None)
    assert "not your fault" in answer["feedback"]
    assert "KeyError" not in str(answer)
    seen = (await school.get(str(answer["id"]), by=school.teacher)).json()
    assert "input.generator: generate raised KeyError on line 2" in seen["judged_with"]["fault"]
