"""Which modules an exercise may name, and what is kept of them; prompts for a whole exercise."""

from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from learnflow.accounts.access import Role
from learnflow.core.config import Settings
from learnflow.core.database import Database
from learnflow.entry.app import create_app
from learnflow.exercises import queries
from learnflow.exercises.cases import cases_to_judge
from learnflow.exercises.course.check import prove
from learnflow.exercises.course.export import export_course
from learnflow.exercises.course.format import Course, digest
from learnflow.exercises.course.load import load_course
from learnflow.exercises.course.read import read_course
from learnflow.exercises.save import Source, write_next
from learnflow.exercises.schemas import ExerciseIn
from learnflow.grading.definitions import Definitions, definition_check
from learnflow.grading.verify import code_judge
from learnflow.judge import ForkerPool
from tests.conftest import client_of
from tests.exercises.test_course import course_at
from tests.support.exercises import exercise, published_exercise
from tests.support.people import Person, join

NUMPY_FILE = """\
title: Add
topic: variables
difficulty: beginner
modules: [numpy]
prompts: true
cases:
  - name: small
    kind: call
    input: {function: add, args: [1, 2]}
    expected: 3
  - name: typed
    kind: stdio
    input: {stdin: "1", prompts: false}
    expected: {stdout: ""}
    hidden: true
"""


def with_numpy(folder: Path) -> Path:
    solution = "import numpy\ndef add(a, b):\n    return numpy.add(a, b)\n"
    return course_at(folder, **{"01-basics/add/exercise.yaml": NUMPY_FILE, "01-basics/add/solution.py": solution})


def read(folder: Path, *offered: str) -> Course:
    return read_course(folder, check_definition=definition_check(offered))


@pytest.mark.parametrize(
    ("modules", "field", "words"),
    [
        (["pandas"], "modules[0]", "not offered here (no module beside the standard library is)"),
        (["numpy", "numpy"], "modules[1]", "listed twice"),
        (["math"], "modules[0]", "always there"),
        (["numpy", "os"], "modules[1]", "always there"),
        (["numpy.linalg"], "modules[0]", "Name the whole module, 'numpy'"),
        ([".."], "modules[0]", "behind `import`"),
        (["../../etc"], "modules[0]", "behind `import`"),
        (["num py"], "modules[0]", "behind `import`"),
        (["num\0py"], "modules[0]", "behind `import`"),
        (["import"], "modules[0]", "behind `import`"),
        (["ñumpy"], "modules[0]", "behind `import`"),
        (["n" * 100], "modules[0]", "behind `import`"),
        ([""], "modules[0]", "behind `import`"),
        (["main"], "modules[0]", "taken here"),
        (["learnflow"], "modules[0]", "taken here"),
        ([f"m{number}" for number in range(9)], "modules", "8"),
        ("numpy", "modules", "list"),
        ([1], "modules[0]", "string"),
        ({"numpy": 1}, "modules", "list"),
        (None, "modules", "list"),
    ],
)
@pytest.mark.parametrize("force", ["false", "true"])
async def test_what_is_no_module_to_have_is_refused_with_the_reason(
    client: httpx.AsyncClient, teacher: Person, modules: Any, field: str, words: str, force: str
) -> None:
    where = f"/api/exercises/?force={force}"
    answer = await client.post(where, json=exercise(modules=modules), headers=teacher.headers)
    assert answer.status_code == 422, answer.text
    (problem,) = answer.json()["errors"]
    assert problem["field"] == field
    assert words in problem["message"]


@pytest.mark.parametrize("prompts", ["yes", 1, None, []])
async def test_prompts_are_true_or_false(client: httpx.AsyncClient, teacher: Person, prompts: Any) -> None:
    answer = await client.post("/api/exercises/", json=exercise(prompts=prompts), headers=teacher.headers)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "prompts")


async def test_every_version_keeps_its_own_list(settings: Settings) -> None:
    app: FastAPI = create_app(settings.model_copy(update={"judge_modules": ("numpy", "yaml")}))
    async with app.router.lifespan_context(app), client_of(app) as client:
        headers = (await join(app, Role.teacher)).headers
        where = "/api/exercises/?force=true"
        made = (await client.post(where, json=exercise(modules=["numpy"], prompts=True), headers=headers)).json()
        assert (made["modules"], made["prompts"]) == (["numpy"], True)
        one = f"/api/exercises/{made['id']}"
        await client.put(f"{one}?force=true", json=exercise(), headers=headers | {"If-Match": '"1"'})
        shown = (await client.get(one)).json()
        assert (shown["version"], shown["modules"], shown["prompts"]) == (2, [], False)
        async with app.state.database.read() as session:
            first = await queries.version_of(session, made["id"], 1)
        assert (first.modules, first.prompts) == (["numpy"], True)


async def test_a_version_whose_module_was_taken_away_is_the_exercises_fault(database: Database) -> None:
    made = await published_exercise(database, modules=["numpy"])
    async with database.read() as session:
        offered = await Definitions(["numpy"]).of(session, made.id, 1)
        assert (offered.fault, offered.modules) == (None, ("numpy",))
        withdrawn = await Definitions(["yaml"]).of(session, made.id, 1)
    assert "The module numpy is not offered here (offered are: yaml)" in str(withdrawn.fault)
    assert "LEARNFLOW_JUDGE_MODULES=yaml,numpy" in str(withdrawn.fault)


def test_a_case_that_says_itself_whether_prompts_count_is_left_alone() -> None:
    def stored(**inputs: object) -> list[dict[str, Any]]:
        case = {"name": "a", "kind": "stdio", "input": inputs, "expected": {"stdout": "1"}}
        return ExerciseIn.model_validate(exercise(test_cases=[case])).stored_cases()

    def judged(cases: list[dict[str, Any]], *, prompts: bool) -> object:
        return cases_to_judge(cases, None, prompts=prompts)[0]["input"].get("prompts", False)

    assert [judged(stored(), prompts=prompts) for prompts in (True, False)] == [True, False]
    assert [judged(stored(prompts=False), prompts=prompts) for prompts in (True, False)] == [False, False]
    assert [judged(stored(prompts=True), prompts=prompts) for prompts in (True, False)] == [True, True]
    assert "prompts" not in stored()[0]["input"]


async def test_a_course_holds_modules_and_prompts_and_gives_them_back(database: Database, tmp_path: Path) -> None:
    course = read(with_numpy(tmp_path / "course"), "numpy")
    assert course.faults == []
    assert (course.exercises[0].content.modules, course.exercises[0].content.prompts) == (["numpy"], True)
    async with database.write() as session:
        await load_course(session, course)
    async with database.read() as session:
        export_course(await queries.every_current(session), tmp_path / "exported", title="The course")
    again = read(tmp_path / "exported", "numpy")
    assert [digest(one.content) for one in again.exercises] == [digest(one.content) for one in course.exercises]
    assert "modules" not in (tmp_path / "exported/01-basics/double/exercise.yaml").read_text()


async def test_a_change_of_modules_or_prompts_on_the_web_is_seen_by_a_load(database: Database, tmp_path: Path) -> None:
    course = read(with_numpy(tmp_path), "numpy")
    async with database.write() as session:
        await load_course(session, course)
        before = (await queries.every_current(session))[0]
        content = course.exercises[0].content.model_copy(update={"prompts": False})
        assert await write_next(session, before, content, Source())
        (add, double) = await load_course(session, course)
    assert (add.outcome, double.outcome) == ("conflict", "unchanged")


def test_a_course_with_a_module_that_is_not_offered_names_file_and_field(tmp_path: Path) -> None:
    (fault,) = read(with_numpy(tmp_path)).faults
    assert (fault.path, fault.field) == ("01-basics/add/exercise.yaml", "modules[0]")
    assert "LEARNFLOW_JUDGE_MODULES=numpy" in fault.message


async def test_a_course_is_proved_with_its_modules(tmp_path: Path) -> None:
    course = read(with_numpy(tmp_path), "numpy")
    async with ForkerPool(1, modules=["numpy"]) as pool:
        assert await prove(course, code_judge(pool)) == []
    async with ForkerPool(1) as pool:
        (fault,) = await prove(course, code_judge(pool))
    assert (fault.path, fault.field) == ("01-basics/add/exercise.yaml", "modules")
    assert "numpy is not offered here" in fault.message
