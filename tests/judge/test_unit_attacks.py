"""Programs that want a verdict they have not earned from tests of kind unit. None may get a point for it."""

import asyncio
from pathlib import Path

import pytest
from tests.judge.hostile.test_hostile import descendants
from tests.judge.test_unit import TESTS, definition, outcome

from learnflow.judge import CaseResult, ForkerPool, Limits, judge_code, parse_cases
from learnflow.judge.sandbox.forkers import SPARES

HERE = Path(__file__).with_name("unit_attacks")


def programs(group: str) -> dict[str, str]:
    return {path.stem: path.read_text() for path in sorted((HERE / group).glob("*.py"))}


FORGED = programs("forged")
# They speak the language of the channel themselves: from where speak.py has run on, they are the student's process.
HIJACKED = {name: (HERE / "speak.py").read_text() + source for name, source in programs("hijacked").items()}
# Ordinary code that returns, raises or does what should make tests pass.
IMPOSTORS = programs("impostors")
KEY_READER = (HERE / "key_reader.py").read_text()
RIGHT = "def add(a, b):\n    return a + b\n"
WRONG = "def add(a, b):\n    return 0\n"
EQUAL = "class E{base}:\n    def __eq__(self, other): return True\n    __hash__ = None\n"


@pytest.mark.parametrize("name", FORGED)
async def test_a_forging_program_gets_no_more_than_it_earned(pool: ForkerPool, name: str) -> None:
    result = await outcome(pool, FORGED[name])
    assert result.verdict in ("wrong_answer", "runtime_error"), result
    assert result.points == 0, result
    assert (await outcome(pool, "def add(a, b):\n    return a + b\n")).verdict == "passed"


async def limited(pool: ForkerPool, source: str, tests: str = TESTS, wall_seconds: float = 1.0) -> CaseResult:
    limits = Limits(wall_seconds=wall_seconds, cpu_seconds=1.0)
    return (await judge_code(pool, source, parse_cases([definition(tests)]), limits)).results[0]


async def test_who_reads_the_key_finds_nothing_to_read(pool: ForkerPool) -> None:
    for source in (KEY_READER, KEY_READER.replace("os._exit(0)", WRONG)):
        result = await outcome(pool, source)
        assert (result.points, result.verdict != "passed") == (0, True), result
    assert (await outcome(pool, RIGHT)).verdict == "passed"


@pytest.mark.parametrize("name", HIJACKED)
async def test_a_program_that_speaks_for_its_process_earns_nothing(pool: ForkerPool, name: str) -> None:
    result = await limited(pool, HIJACKED[name] + "\n" + WRONG)
    assert result.verdict not in ("passed", "internal_error"), result
    assert result.points == 0, result.actual
    assert (await outcome(pool, RIGHT)).verdict == "passed"


@pytest.mark.parametrize("name", IMPOSTORS)
async def test_an_impostor_earns_nothing(pool: ForkerPool, name: str) -> None:
    result = await outcome(pool, IMPOSTORS[name])
    assert result.verdict in ("wrong_answer", "runtime_error"), result
    assert result.points == 0, result.actual
    assert "taken" not in result.stdout
    if name == "reads_the_tests_memory":
        assert result.stdout == "-1 -1 -1\n"
    assert (await outcome(pool, RIGHT)).verdict == "passed"


async def test_no_process_of_a_program_outlives_its_tests() -> None:
    async with ForkerPool(1) as pool:
        for name in ("stays_after_nonsense", "shuts_the_channel", "never_answers"):
            result = await limited(pool, HIJACKED[name])
            assert (result.points, result.verdict == "time_limit") == (0, name != "stays_after_nonsense")
            [forker] = pool.forkers
            async with asyncio.timeout(10):
                # bubblewrap's init, the forker, spares; nothing tells when the kernel has taken the last one away
                while len(descendants(forker._process.pid)) != 2 + SPARES:  # noqa: ASYNC110
                    await asyncio.sleep(0)


async def test_of_what_tests_hand_over_only_its_public_side_can_be_used(pool: ForkerPool) -> None:
    result = await outcome(pool, (HERE / "taker.py").read_text(), (HERE / "handed_over.txt").read_text())
    assert result.stdout == "[] False False\n"
    assert (result.verdict, result.points) == ("passed", 1), result


async def test_what_ends_the_program_is_told_as_in_other_cases(pool: ForkerPool) -> None:
    for wall_seconds in (0.5, 12.0):
        endless = await limited(pool, "def add(a, b):\n    while True: pass\n", wall_seconds=wall_seconds)
        assert (endless.verdict, endless.points) == ("time_limit", 0)
        assert "is there a loop that never ends" in (endless.explanation or "")
    assert endless.cpu_ms > 500
    greedy = await outcome(pool, "def add(a, b):\n    x = []\n    while True: x.append(bytes(10**6))\n")
    assert greedy.verdict in ("memory_limit", "wrong_answer")
    assert greedy.points == 0
    ended = await outcome(pool, "import os\ndef add(a, b): os._exit(3)\n")
    assert ended.verdict == "runtime_error"
    assert "ended early (exit code 3)" in (ended.explanation or "")
    crashed = await outcome(pool, "import ctypes\ndef add(a, b): ctypes.string_at(0)\n")
    assert crashed.explanation == "The Python interpreter itself broke down: a recursion far too deep does that."
    large = await outcome(pool, "def add(a, b):\n    x = bytearray(100 << 20)\n    return a + b\n")
    assert (large.verdict, large.points) == ("passed", 5), large.actual
    alarm = "import signal\nfrom add import add\ndef test_a():\n    signal.signal(signal.SIGALRM, lambda *a: 1 / 0)\n"
    alarm += "    signal.setitimer(signal.ITIMER_REAL, 0.1)\n    add(1, 2)\n"
    slow = await outcome(pool, "import time\ndef add(a, b): time.sleep(9)\n", alarm)
    assert (slow.points, (slow.explanation or "")[:42]) == (0, "A test broke off a call of your program, f")
    deep = await outcome(pool, "def add(a, b): return add(a, b)\n")
    assert "RecursionError" in (deep.actual or "")


async def test_objects_of_the_students_that_equal_anything_are_found(pool: ForkerPool) -> None:
    source = EQUAL.format(base="") + "def add(a, b): return E()\n"
    tests = "from add import E, add\ndef test_it():\n    assert add(1, 2) == E()\n"
    result = await outcome(pool, source, tests)
    assert (result.points, result.explanation) == (0, "The test test_it fails. An object of class E equals anything.")


async def test_an_object_that_learns_what_it_is_compared_with_gains_nothing(pool: ForkerPool) -> None:
    source = """
class E(set):
    known = set()
    def difference(self, other):
        E.known = other
        return set()
    def __iter__(self): return iter(E.known)
    def __xor__(self, other): return set()
def add(a, b): return E()
"""
    tests = """
import unittest
from add import add
class TestSets(unittest.TestCase):
    def test_sets(self): self.assertSetEqual(add(1, 2), {1, 2})
    def test_xor(self): self.assertFalse(add(1, 2) ^ {3})
    def test_near(self): self.assertAlmostEqual(add(1, 2), 3.0)
"""
    assert (await outcome(pool, source, tests)).points == 0
    assert (await outcome(pool, "def add(a, b): return {a, b}\n", tests)).points == 1


async def test_a_star_import_does_not_let_the_program_say_what_the_tests_own_names_mean(pool: ForkerPool) -> None:
    source = """
class unittest:
    class TestCase:
        def assertEqual(self, *args): pass
def isclose(*args): return True
math = unittest
AssertionError = KeyError
def add(a, b): return 0
"""
    tests = """
import unittest
from math import isclose
from add import *
class Test(unittest.TestCase):
    def test_it(self): self.assertEqual(add(1, 2), 3)
def test_near(): assert isclose(add(1, 2), 3)
"""
    assert (await outcome(pool, source, tests)).points == 0
    renamed = await outcome(
        pool, source + "def all(items): return True\n", tests + "def test_all(): assert all([False])\n"
    )
    assert renamed.points == 0
    assert "ImportError: all is a built-in name" in (renamed.explanation or "")


async def test_a_set_of_the_programs_is_compared_with_what_it_holds(pool: ForkerPool) -> None:
    source = "class S(set): pass\ndef add(a, b): return S({a, b})\n"
    tests = "import unittest\nfrom add import add\nclass TestSets(unittest.TestCase):\n"
    tests += "    def test_other(self): self.assertSetEqual(set(), add(1, 2))\n"
    tests += "    def test_same(self): self.assertSetEqual({1, 2}, add(1, 2))\n"
    actual = ((await outcome(pool, source, tests)).actual or "").splitlines()
    assert (actual[0][:29], actual[-1]) == ("failed TestSets.test_other: I", "passed TestSets.test_same"), actual


async def test_numpy_asks_no_object_of_the_programs_what_an_array_equals() -> None:
    source = """
class Yes:
    def all(self): return True
    def __array_ufunc__(self, *args, **options): return Yes()
    def __array_function__(self, *args, **options): return True
def add(a, b): return Yes()
"""
    tests = """
import numpy as np
from add import add
def test_number(): assert np.float64(3.5) == add(1, 2)
def test_array(): assert (np.array([1, 2]) == add(1, 2)).all()
def test_array_equal(): assert np.array_equal(np.array([1, 2]), add(1, 2))
def test_near(): assert np.allclose(np.array([1, 2]), add(1, 2))
def test_difference(): assert abs(np.float64(3.5) - add(1, 2)) < 0.1
"""
    async with ForkerPool(1, modules=["numpy"]) as pool:
        judgement = await judge_code(pool, source, parse_cases([definition(tests)]), modules=["numpy"])
        assert judgement.results[0].points == 0, judgement.results[0].actual
        right = "import numpy as np\ndef add(a, b): return np.array([a, b])\n"
        judgement = await judge_code(pool, right, parse_cases([definition(tests)]), modules=["numpy"])
        assert judgement.results[0].points == 3, judgement.results[0].actual


async def test_a_difference_to_a_plain_value_is_no_number_however_it_is_wrapped(pool: ForkerPool) -> None:
    tests = """
import unittest
from add import add
class TestNear(unittest.TestCase):
    def test_places(self): self.assertAlmostEqual(add(1, 2), 3.0)
    def test_delta(self): self.assertAlmostEqual(3.0, add(1, 2), delta=0.1)
def test_abs(): assert abs(3.0 - add(1, 2)) < 0.1
def test_squared(): assert round((add(1, 2) - 3.0) ** 2, 6) == 0
def test_none(): assert not add(1, 2) - 3.0
"""
    assert (await outcome(pool, IMPOSTORS["a_difference_that_is_an_object"], tests)).points == 0
    vector = """
class V:
    def __init__(self, x): self.x = x
    def __sub__(self, other): return V(self.x - (other.x if isinstance(other, V) else other))
    def __abs__(self): return abs(self.x)
"""
    tests = "from add import V\ndef test_abs(): assert abs(V(-3) - V(2)) == 5\ndef test_x(): assert (V(5) - 2).x == 3\n"
    assert (await outcome(pool, vector, tests)).points == 2


async def test_what_claims_to_be_a_counter_is_not_asked_for_each_count(pool: ForkerPool) -> None:
    source = """
class Counter(dict):
    def __getitem__(self, key): return 1
    def __iter__(self): return iter(())
Counter.__module__ = "collections"
def add(a, b): return Counter()
"""
    tests = "import collections\nfrom add import add\ndef test_it(): assert collections.Counter('abc') == add(1, 2)\n"
    assert (await outcome(pool, source, tests)).points == 0
