"""Judging a submission again as it was judged: bit for bit the same, and a difference is told."""

import asyncio
import json
import os
import subprocess
import sys

import pytest
from sqlalchemy import update

from learnflow.core.database import Database
from learnflow.core.errors import Conflict
from learnflow.grading import worker
from learnflow.grading.replay import replay
from learnflow.judge import JUDGE_VERSION, ForkerPool, Limits
from learnflow.judge.replay import Difference, differences, limits_of
from learnflow.submissions import queries
from learnflow.submissions.errors import SubmissionNotFound
from learnflow.submissions.models import CaseOutcome, Submission
from tests.grading.support import a_bench, a_student, handed_in, read
from tests.support.exercises import published_exercise

CHANCE = """
import random
def add(a, b):
    print(object(), random.random(), {"x", "y", "z", "w"}, hash("text"), id(None) % 2)
    return random.randrange(10**9)
"""


async def judged(database: Database, pool: ForkerPool, exercise_id: int, code: str) -> int:
    bench = a_bench(database, pool)
    submission_id = await handed_in(database, await a_student(database), exercise_id, code)
    found = await worker.take_next(bench)
    assert found is not None
    await worker.handle(bench, found)
    return submission_id


async def test_a_result_carries_what_it_takes_to_judge_it_again(
    database: Database, pool: ForkerPool, exercise_id: int
) -> None:
    submission_id = await judged(database, pool, exercise_id, CHANCE)
    kept = (await read(database, submission_id)).judged_with or {}
    assert kept["judge_version"] == JUDGE_VERSION
    assert kept["interpreter"] == pool.interpreter
    assert (kept["hash_seed"], kept["random_seed"]) == (0, 0)
    assert limits_of(kept, Limits(cpu_seconds=1)) == Limits()


async def test_chance_and_the_order_of_sets_are_the_same_again(
    database: Database, pool: ForkerPool, exercise_id: int
) -> None:
    submission_id = await judged(database, pool, exercise_id, CHANCE)
    result = await replay(database, pool, submission_id)
    assert (result.differences, result.other_conditions, result.cases) == ([], [], 2)


async def test_in_another_pool_it_is_the_same_too(database: Database, pool: ForkerPool, exercise_id: int) -> None:
    submission_id = await judged(database, pool, exercise_id, CHANCE)
    async with ForkerPool(2) as another:
        assert (await replay(database, another, submission_id)).differences == []


UNIT = """
import random, unittest
from main import add, Pile
class TestAdd(unittest.TestCase):
    def test_chance(self):
        self.assertEqual(add(1, 2), random.random())
    def test_order(self):
        self.assertEqual(Pile({"x", "y", "z"}).shown(), "")
def test_fine():
    assert isinstance(add(1, 2), int)
"""
UNIT_SOURCE = """
import random
def add(a, b):
    print({"p", "q", "r"}, random.random())
    return random.randrange(10**9)
class Pile:
    def __init__(self, items): self.items = items
    def shown(self): return f"{self} {list(self.items)} {hash('a')}"
"""
CHECKER = """
import random
def check(expected, actual, input):
    return {"passed": False, "message": f"{actual} {random.random()} { {'x', 'y', 'z'} }"}
"""


@pytest.mark.parametrize(
    ("case", "code"),
    [
        ({"kind": "unit", "input": {"test_file": UNIT, "module": "main"}}, UNIT_SOURCE),
        (
            {
                "kind": "call",
                "input": {"function": "add", "args": [1, 2]},
                "expected": 3,
                "comparison": {"mode": "checker", "code": CHECKER},
            },
            CHANCE,
        ),
    ],
)
async def test_tests_and_checkers_say_the_same_again(
    database: Database, pool: ForkerPool, case: dict[str, object], code: str
) -> None:
    made = await published_exercise(database, test_cases=[{"name": "it", **case}])
    submission_id = await judged(database, pool, made.id, code)
    async with ForkerPool(2) as another:
        result = await replay(database, another, submission_id)
    assert (result.differences, result.other_conditions, result.cases) == ([], [], 1)
    async with database.read() as session:
        [outcome] = await queries.case_outcomes(session, submission_id)
    assert outcome.verdict == "wrong_answer"


async def test_generated_inputs_and_the_smallest_of_them_are_the_same_again(
    database: Database, pool: ForkerPool
) -> None:
    generator = (
        "import random as r\ndef generate(random, size):\n    return [random.random() + size, r.randint(-9, size)]\n"
    )
    case = {
        "name": "any two",
        "kind": "property",
        "input": {"function": "add", "generator": generator},
        "expected": {"reference": "def reference(a, b):\n    return a + b\n"},
        "comparison": {"mode": "float"},
    }
    made = await published_exercise(database, test_cases=[case])
    code = "def add(a, b):\n    print(a, b)\n    return a + b if a < 3 and b < 5 else hash(str(b))\n"
    submission_id = await judged(database, pool, made.id, code)
    async with ForkerPool(2) as another:
        result = await replay(database, another, submission_id)
    assert (result.differences, result.other_conditions, result.cases) == ([], [], 1)


async def test_what_is_not_as_it_was_is_told(database: Database, pool: ForkerPool, exercise_id: int) -> None:
    submission_id = await judged(database, pool, exercise_id, CHANCE)
    kept = (await read(database, submission_id)).judged_with or {}
    async with database.write() as session:
        await session.execute(update(CaseOutcome).where(CaseOutcome.position == 1).values(verdict="passed"))
        await session.execute(update(Submission).values(judged_with=kept | {"interpreter": "CPython 3.0"}))
    result = await replay(database, pool, submission_id)
    assert result.differences == [Difference(1, "a large number", "verdict", "passed", "wrong_answer")]
    assert result.other_conditions == [f"interpreter: CPython 3.0 then, {pool.interpreter} now"]


async def test_without_a_judgement_there_is_nothing_to_compare_with(
    database: Database, pool: ForkerPool, exercise_id: int
) -> None:
    waiting = await handed_in(database, await a_student(database), exercise_id)
    with pytest.raises(Conflict):
        await replay(database, pool, waiting)
    with pytest.raises(SubmissionNotFound):
        await replay(database, pool, waiting + 1)


def test_a_case_that_came_or_went_is_a_difference() -> None:
    case = {"position": 0, "name": "adds", "verdict": "passed", "actual": "3", "stdout": ""}
    assert differences([case], [case]) == []
    assert {each.what for each in differences([case], [])} == {"name", "verdict", "actual", "stdout"}
    assert differences([], [case])[0] == Difference(0, "adds", "name", None, "adds")


async def test_the_command_ends_with_1_if_anything_differs(
    database: Database, database_url: str, pool: ForkerPool, exercise_id: int
) -> None:
    submission_id = await judged(database, pool, exercise_id, CHANCE)
    command = [sys.executable, "-m", "learnflow.entry.cli", "judge", "replay", str(submission_id)]

    def run(*more: str) -> subprocess.CompletedProcess[str]:
        environment = {"PATH": os.environ["PATH"], "LEARNFLOW_DATABASE_URL": database_url}
        return subprocess.run([*command, *more], env=environment, capture_output=True, text=True, check=False)

    same = await asyncio.to_thread(run)
    assert (same.returncode, same.stdout) == (0, "2 cases of version 1 judged again: no difference.\n"), same.stderr
    async with database.write() as session:
        await session.execute(update(CaseOutcome).where(CaseOutcome.position == 0).values(verdict="time_limit"))
    other = await asyncio.to_thread(run)
    assert other.returncode == 1
    assert "Case 0, two and three: verdict was 'time_limit', now 'wrong_answer'" in other.stdout
    told = json.loads((await asyncio.to_thread(run, "--json")).stdout)
    assert [each["what"] for each in told["differences"]] == ["verdict"]
