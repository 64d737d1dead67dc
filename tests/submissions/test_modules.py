"""Exercises with modules and with prompts over HTTP; what is told when the operator takes a module away."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version
from typing import Any

import pytest
from fastapi import FastAPI

from learnflow.core.config import Settings
from learnflow.core.errors import Conflict
from learnflow.entry.app import create_app
from learnflow.grading.replay import replay
from learnflow.judge import ForkerPool
from tests.conftest import client_of
from tests.submissions.conftest import School, found
from tests.support.exercises import exercise, published_exercise

SOLUTION = "import numpy as np\ndef mean(xs):\n    return np.mean(xs)\n"
CHANCE = """
import numpy as np
def mean(xs):
    print(np.random.rand(), np.random.default_rng().random())
    return 2.0
"""


def means(**changes: Any) -> dict[str, Any]:
    case = {"name": "of three", "kind": "call", "input": {"function": "mean", "args": [[1, 2, 3]]}, "expected": 2.0}
    hidden = {"name": "of two", "kind": "call", "input": {"function": "mean", "args": [[1, 2]]}, "expected": 1.5}
    fields: dict[str, Any] = {
        "title": "The mean",
        "modules": ["numpy"],
        "solution_code": SOLUTION,
        "starter_code": "import numpy as np\ndef mean(xs):\n    ...\n",
        "test_cases": [case, hidden | {"hidden": True}],
    }
    return exercise(**fields | changes)


@asynccontextmanager
async def school_with(settings: Settings, *modules: str, graders: int = 1) -> AsyncIterator[School]:
    app: FastAPI = create_app(settings.model_copy(update={"graders": graders, "judge_modules": modules}))
    async with app.router.lifespan_context(app), client_of(app) as client:
        yield await found(app, client)


async def save(school: School, **changes: Any) -> Any:
    return await school.client.post("/api/exercises/", json=means(**changes), headers=school.teacher.headers)


async def test_an_exercise_with_numpy_is_saved_handed_in_run_and_traced(settings: Settings) -> None:
    async with school_with(settings, "numpy") as school:
        made = await save(school)
        assert (made.status_code, made.json()["modules"]) == (201, ["numpy"]), made.text
        work = {"exercise_id": made.json()["id"]}
        handed_in = (await school.hand_in(SOLUTION, wait=10, **work)).json()
        assert (handed_in["status"], handed_in["score"]) == ("passed", 100), handed_in
        assert handed_in["judged_with"]["modules"] == {"numpy": version("numpy")}
        plain = (await school.hand_in(wait=10)).json()
        assert (plain["status"], plain["judged_with"]["modules"]) == ("passed", {})
        code = "import numpy as np\na = np.arange(3)\nprint(a.sum())\ndef mean(xs): return a.mean()\n"
        post, headers = school.client.post, school.student.headers
        ran = (await post("/api/submissions/run", json={"code": code, **work}, headers=headers)).json()
        assert (ran["stdout"], [case["name"] for case in ran["cases"]]) == ("3\n", ["of three"])
        asked = {"code": code, **work, "position": 0}
        steps = (await post("/api/submissions/trace", json=asked, headers=headers)).json()["steps"]
        assert {"frame": 0, "name": "a", "value": "array([0, 1, 2])"} in [c for step in steps for c in step["changed"]]
        alone = (await post("/api/submissions/run", json={"code": "import numpy"}, headers=headers)).json()
        assert (alone["verdict"], alone["error"]["type"]) == ("runtime_error", "ModuleNotFoundError")


@pytest.mark.parametrize("force", ["false", "true"])
async def test_a_module_that_is_not_offered_is_refused_on_saving(settings: Settings, force: str) -> None:
    async with school_with(settings, "psutil", graders=0) as school:
        where = f"/api/exercises/?force={force}"
        answer = await school.client.post(where, json=means(), headers=school.teacher.headers)
        (problem,) = answer.json()["errors"]
        assert (answer.status_code, problem["field"]) == (422, "modules[0]")
        assert "offered are: psutil" in problem["message"]
        assert "LEARNFLOW_JUDGE_MODULES=psutil,numpy" in problem["message"]


async def test_a_module_that_can_not_be_loaded_is_told_on_saving(settings: Settings) -> None:
    async with school_with(settings, "numpy", "no_such_module") as school:
        answer = await save(school, modules=["numpy", "no_such_module"])
        (problem,) = answer.json()["errors"]
        assert (answer.status_code, problem["field"]) == (422, "modules")
        assert "no_such_module is not installed" in problem["message"]


async def test_when_the_operator_takes_a_module_away_nobody_gets_a_zero_and_the_teacher_is_told(
    settings: Settings,
) -> None:
    async with school_with(settings) as school:
        made = await published_exercise(school.app.state.database, **means())
        handed_in = (await school.hand_in(SOLUTION, exercise_id=made.id, wait=10)).json()
        assert (handed_in["status"], handed_in["score"]) == ("error", None)
        assert handed_in["judged_with"]["fault"] is None
        told = (await school.get(str(handed_in["id"]), by=school.teacher)).json()["judged_with"]["fault"]
        assert f"Exercise {made.id}, version 1: modules[0]: The module numpy is not offered here" in told
        headers = school.student.headers
        asked: dict[str, Any] = {"code": SOLUTION, "exercise_id": made.id}
        ran = (await school.client.post("/api/submissions/run", json=asked, headers=headers)).json()
        assert (ran["verdict"], ran["cases"]) == ("internal_error", [])
        assert "tell your teacher" in ran["explanation"]
        traced = await school.client.post("/api/submissions/trace", json=asked | {"position": 0}, headers=headers)
        assert (traced.status_code, traced.json()["verdict"]) == (200, "internal_error")


async def test_a_module_that_is_offered_but_gone_is_the_exercises_fault_too(settings: Settings) -> None:
    async with school_with(settings, "no_such_module") as school:
        made = await published_exercise(school.app.state.database, **means(modules=["no_such_module"]))
        handed_in = (await school.hand_in(SOLUTION, exercise_id=made.id, wait=10)).json()
        assert (handed_in["status"], handed_in["score"]) == ("error", None)
        told = (await school.get(str(handed_in["id"]), by=school.teacher)).json()["judged_with"]["fault"]
        assert "no_such_module is not installed" in told
        assert (await school.hand_in(wait=10)).json()["status"] == "passed"


async def test_numpys_chance_is_the_same_when_it_is_judged_again_and_another_version_is_told(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with school_with(settings, "numpy") as school:
        made = await published_exercise(school.app.state.database, **means())
        handed_in = (await school.hand_in(CHANCE, exercise_id=made.id, wait=10)).json()
        assert handed_in["status"] == "failed"
        async with ForkerPool(1, modules=["numpy"]) as pool:
            again = await replay(school.app.state.database, pool, handed_in["id"])
            assert (again.differences, again.other_conditions) == ([], [])

            async def prepare(modules: object) -> dict[str, str]:
                return {"numpy": "3.0"}

            monkeypatch.setattr(pool, "prepare", prepare)
            again = await replay(school.app.state.database, pool, handed_in["id"])
            assert again.other_conditions == [f"modules: numpy {version('numpy')} then, numpy 3.0 now"]
        async with ForkerPool(1) as pool:
            with pytest.raises(Conflict, match="numpy is not offered here"):
                await replay(school.app.state.database, pool, handed_in["id"])


PROMPTING = 'name = input("Name? ")\nprint("Hi", name)\n'


def greets(**changes: Any) -> dict[str, Any]:
    """Two programs that ask: the first case follows the exercise, the second says itself that prompts don't count."""
    follows = {"name": "asks", "kind": "stdio", "input": {"stdin": "Ada\n"}, "expected": {"stdout": "Name? Hi Ada\n"}}
    own = {
        "name": "answers",
        "kind": "stdio",
        "input": {"stdin": "Bo\n", "prompts": False},
        "expected": {"stdout": "Hi Bo\n"},
    }
    fields = {"prompts": True, "solution_code": PROMPTING, "starter_code": "", "test_cases": [follows, own]}
    return exercise(**fields | changes)


async def test_prompts_count_for_a_whole_exercise_unless_a_case_says_otherwise(judging_school: School) -> None:
    school = judging_school
    post = school.client.post
    made = await post("/api/exercises/", json=greets(), headers=school.teacher.headers)
    assert (made.status_code, made.json()["prompts"]) == (201, True), made.text
    work = {"exercise_id": made.json()["id"]}
    assert (await school.hand_in(PROMPTING, wait=10, **work)).json()["status"] == "passed"
    silent = (await school.hand_in("print('Hi', input())\n", wait=10, **work)).json()
    assert [case["verdict"] for case in silent["cases"]] == ["wrong_answer", "passed"]
    headers = school.student.headers
    ran = (await post("/api/submissions/run", json={"code": PROMPTING, **work}, headers=headers)).json()
    assert [case["verdict"] for case in ran["cases"]] == ["passed", "passed"]
    for position, stdout in ((0, "Name? Hi Ada\n"), (1, "Hi Bo\n")):
        asked = {"code": PROMPTING, **work, "position": position}
        traced = (await post("/api/submissions/trace", json=asked, headers=headers)).json()
        assert traced["stdout"] == stdout
    without = await post("/api/exercises/", json=greets(prompts=False), headers=school.teacher.headers)
    assert [problem["field"] for problem in without.json()["errors"]] == ["test_cases[0]"]


async def test_prompts_count_for_an_exercise_of_one_expected_output(judging_school: School) -> None:
    school = judging_school
    solution = 'import io, sys\nsys.stdin = io.StringIO("x\\n")\nprint(input("?"))\n'
    body = greets(test_cases=[], solution_code=solution, expected_output="?x\n")
    made = await school.client.post("/api/exercises/", json=body, headers=school.teacher.headers)
    assert made.status_code == 201, made.text
