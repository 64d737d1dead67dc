"""Cases of kind unit: a teacher's tests in the student's process, points per test, and programs that forge."""

from typing import Any

import pytest

from learnflow.judge import CaseError, CaseResult, ForkerPool, judge_code, parse_cases
from learnflow.judge.cases import ExpectedTests, job_input
from learnflow.judge.unit import unit_job

TESTS = """
import math
import unittest
from add import add

class TestAdd(unittest.TestCase):
    def setUp(self):
        self.big = 10**9

    def test_small(self):
        self.assertEqual(add(1, 2), 3)

    def test_big(self):
        self.assertEqual(add(self.big, 1), 10**9 + 1)

    def test_text(self):
        with self.assertRaises(TypeError):
            add("a", 1)

def test_plain():
    assert add(2, 2) == 4

def test_near():
    assert math.isclose(add(0.1, 0.2), 0.3), "not near 0.3"
"""
NAMES = ("TestAdd.test_small", "TestAdd.test_big", "TestAdd.test_text", "test_plain", "test_near")


def definition(test_file: str = TESTS, **changes: Any) -> dict[str, Any]:
    return {"name": "tests", "kind": "unit", "input": {"test_file": test_file, "module": "add"}, **changes}


async def outcome(pool: ForkerPool, source: str, test_file: str = TESTS, **changes: Any) -> CaseResult:
    return (await judge_code(pool, source, parse_cases([definition(test_file, **changes)]))).results[0]


async def test_every_test_has_its_own_points(pool: ForkerPool) -> None:
    right = await outcome(pool, "def add(a, b):\n    return a + b\n", weight=2)
    assert (right.verdict, right.points, right.weight, right.trust) == ("passed", 10, 10, "isolated")
    wrong = await outcome(pool, "def add(a, b):\n    return 3\n", weight=2)
    assert (wrong.verdict, wrong.points, wrong.weight) == ("wrong_answer", 2, 10)
    assert wrong.explanation == "The test TestAdd.test_big fails. 3 != 1000000001"
    assert (wrong.actual or "").splitlines() == [
        "passed TestAdd.test_small",
        "failed TestAdd.test_big: 3 != 1000000001",
        "failed TestAdd.test_text: TypeError not raised",
        "failed test_plain: add(2, 2) == 4: 3 == 4 is not so.",
        "failed test_near: not near 0.3",
    ]


async def test_a_program_that_fails_by_itself_is_told_as_in_other_cases(pool: ForkerPool) -> None:
    assert (await outcome(pool, "def add(a, b:")).verdict == "syntax_error"
    broken = await outcome(pool, "x = 1\ny = x / 0\n")
    assert broken.error is not None
    assert (broken.verdict, broken.points, broken.weight, broken.error["line"]) == ("runtime_error", 0, 5, 2)
    missing = await outcome(pool, "def ad(a, b): return a + b")
    assert (missing.verdict, missing.points) == ("wrong_answer", 0)
    assert "cannot import name 'add'" in (missing.explanation or "")


async def test_set_ups_async_tests_sub_tests_and_plain_classes_run(pool: ForkerPool) -> None:
    tests = """
import unittest, add

class Base(unittest.TestCase):
    @classmethod
    def setUpClass(cls): cls.made = [1]
    def test_inherited(self): self.assertEqual(self.made, [1])

class TestMore(Base):
    def test_all(self):
        for number in range(3):
            with self.subTest(number=number):
                self.assertNotEqual(add.add(number, 1), 2)

class TestAsync(unittest.IsolatedAsyncioTestCase):
    async def test_wait(self): self.assertEqual(add.add(1, 1), 2)

class TestPlain:
    def setup_method(self): self.value = 3
    def test_value(self): assert add.add(self.value, 0) in (3, 4)
"""
    result = await outcome(pool, "def add(a, b): return a + b", tests)
    assert (result.actual or "").splitlines() == [
        "passed Base.test_inherited",
        "failed TestMore.test_all: 2 == 2",
        "passed TestMore.test_inherited",
        "passed TestAsync.test_wait",
        "passed TestPlain.test_value",
    ]


async def test_skipped_and_unfinished_tests_are_failures(pool: ForkerPool) -> None:
    tests = """
import unittest, add
class TestIt(unittest.TestCase):
    @unittest.skip("later")
    def test_skipped(self): pass
    @unittest.expectedFailure
    def test_expected(self): self.fail()
    def test_skips_itself(self): add.add(self)
    def test_ends(self): raise SystemExit(0)
def test_returns():
    return add.add
def test_fine():
    assert add
"""
    result = await outcome(pool, "def add(test): test.skipTest('no')", tests)
    assert result.points == 1
    assert [line.split()[0] for line in (result.actual or "").splitlines()] == ["failed"] * 5 + ["passed"]


async def test_the_tests_are_not_in_the_process_before_they_are_read(pool: ForkerPool) -> None:
    source = """
import gc, sys
parts = ["test_", "small", "not ", "near"]
found = []
def look(value, depth=0):
    if isinstance(value, str) and ("".join(parts[:2]) in value or "".join(parts[2:]) in value): found.append(1)
    elif depth < 2 and isinstance(value, dict): [look(item, depth + 1) for item in list(value.values())]
    elif depth < 2 and isinstance(value, (list, tuple)): [look(item, depth + 1) for item in value]
frame = sys._getframe(1)
while frame:
    look(dict(frame.f_locals)); look(frame.f_globals)
    frame = frame.f_back
for thing in gc.get_objects():
    look(thing, 1)
print("found", len(found))
def add(a, b): return a + b
"""
    result = await outcome(pool, source)
    assert (result.stdout, result.verdict) == ("found 0\n", "passed")
    case = parse_cases([definition()])[0]
    assert "test_small" not in repr(unit_job(case, b"k" * 32))
    assert case.expected == ExpectedTests(NAMES)
    assert job_input(case)["kind"] == "unit"


async def test_objects_with_their_own_equality_are_compared_with_each_other(pool: ForkerPool) -> None:
    source = """
class Point:
    def __init__(self, x): self.x = x
    def __eq__(self, other): return isinstance(other, Point) and self.x == other.x
def add(a, b): return Point(a.x + b.x)
"""
    tests = "from fractions import Fraction\nfrom add import add, Point\n"
    tests += "def test_points():\n    assert add(Point(1), Point(2)) == Point(3)\n"
    tests += "def test_wrong():\n    assert add(Point(1), Point(2)) == Point(4)\n"
    tests += "def test_fraction():\n    assert add(Point(Fraction(1, 2)), Point(0)).x == 0.5\n"
    assert (await outcome(pool, source, tests)).points == 2


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"input": {"module": "add"}}, "input.test_file"),
        ({"input": {"test_file": "x = (", "module": "add"}}, "input.test_file"),
        ({"input": {"test_file": "x = 1", "module": "add"}}, "input.test_file"),
        ({"input": {"test_file": "import pytest\ndef test_a(): pass", "module": "add"}}, "input.test_file"),
        ({"input": {"test_file": "def test_a(tmp_path): pass", "module": "add"}}, "input.test_file"),
        ({"input": {"test_file": "def test_a(): pass\ndef test_a(): pass", "module": "add"}}, "input.test_file"),
        ({"input": {"test_file": TESTS, "module": "a.b"}}, "input.module"),
        ({"input": {"test_file": TESTS, "module": "random"}}, "input.module"),
        ({"input": {"test_file": TESTS, "module": "add", "more": 1}}, "input.more"),
        ({"expected": 5}, "expected"),
        ({"comparison": {"mode": "float"}}, "comparison.mode"),
    ],
)
def test_a_test_file_that_makes_no_sense_is_refused(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(CaseError) as refused:
        parse_cases([definition(**changes)])
    assert refused.value.field == f"test_cases[0].{field}"
