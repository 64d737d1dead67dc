"""Modules beside the standard library: who sees them, what they cost the others, what their values count as."""

import asyncio
import json
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
from tests.judge.with_modules import NUMPY, run

from learnflow.judge import (
    ForkerPool,
    Judgement,
    Limits,
    ModulesUnavailable,
    Tier,
    Verdict,
    examine_modules,
    judge_code,
    parse_cases,
    trace_code,
)
from learnflow.judge.sandbox.modules import find


async def judged(pool: ForkerPool, source: str, *cases: dict[str, Any]) -> Judgement:
    return await judge_code(pool, source, parse_cases(list(cases)), modules=NUMPY)


def call(function: str, expected: object, *args: object, **comparison: object) -> dict[str, Any]:
    return {
        "name": f"{function} of {args}",
        "kind": "call",
        "input": {"function": function, "args": list(args)},
        "expected": expected,
        "comparison": comparison or None,
    }


async def test_a_module_is_there_for_those_who_ask_and_for_nobody_else(numpy_pool: ForkerPool) -> None:
    program = "import numpy\nprint(numpy.arange(3).sum())"
    assert (await run(numpy_pool, program)).stdout == "3\n"
    other = await run(numpy_pool, program, modules=())
    assert other.report is not None
    assert other.report["error"]["type"] == "ModuleNotFoundError"


async def test_nothing_else_that_is_installed_is_there(numpy_pool: ForkerPool) -> None:
    program = """
import os, sys
print(sorted(os.listdir("/modules")), [path for path in sys.path if "packages" in path])
for name in ("pydantic", "learnflow", "pytest", "pip", "sqlalchemy"):
    try:
        __import__(name)
        print("found", name)
    except ImportError:
        pass
try:
    open("/modules/numpy/mine.py", "w")
except OSError as error:
    print(error.errno in (13, 30))
"""
    ended = await run(numpy_pool, program)
    assert ended.stdout.splitlines() == ["['numpy', 'numpy.libs'] []", "True"], ended.stderr


async def test_without_modules_there_is_no_folder_of_them(numpy_pool: ForkerPool) -> None:
    assert (await run(numpy_pool, "import os\nprint(os.listdir('/'))", modules=())).stdout.count("modules") == 0


async def test_chance_is_the_same_again(numpy_pool: ForkerPool) -> None:
    program = """
import random
import numpy as np
print(random.random(), np.random.rand(3), np.random.default_rng().integers(10**9, size=3))
"""
    ended = await asyncio.gather(*(run(numpy_pool, program, seed=seed) for seed in (5, 5, 5, 6)))
    outputs = [execution.stdout for execution in ended]
    assert outputs[0]
    assert outputs[0] == outputs[1] == outputs[2] != outputs[3]
    rolls = "import numpy as np\nprint(*(np.random.default_rng().random() for _ in range(20)))"
    assert len(set((await run(numpy_pool, rolls)).stdout.split())) == 20


async def test_it_calculates_within_the_smallest_limit_of_memory_and_on_one_thread(numpy_pool: ForkerPool) -> None:
    program = """
import threading
import numpy as np
a = np.random.rand(200, 200)
print((a @ a).shape, np.linalg.inv(a).shape, np.fft.fft(a).shape, np.sort(a).shape, threading.active_count())
"""
    ended = await run(numpy_pool, program, memory_bytes=32 * 2**20)
    assert ended.stdout == "(200, 200) (200, 200) (200, 200) (200, 200) 1\n", ended.stderr


async def test_an_array_beyond_the_limit_is_told_as_too_much_memory(numpy_pool: ForkerPool) -> None:
    outcome = await judged(numpy_pool, "import numpy\ndef f(): return numpy.zeros(10**9)", call("f", [0]))
    assert outcome.results[0].verdict is Verdict.memory_limit


VALUES = """
import numpy as np
def whole(): return np.int64(3)
def decimal(): return np.float64(1.5)
def truth(): return np.bool_(True)
def word(): return np.str_("a")
def unsigned(): return np.uint8(200)
def long(): return np.longlong(3)
def array(): return np.array([1, 2, 3])
def matrix(): return np.array([[1.5, 2.0], [3.0, 4.0]])
def single(): return np.array(7)
def inside(): return {np.int64(1): (np.float64(0.5), [np.array([1])])}
def objects(): return np.array([None, [1], np.int64(2)], dtype=object)
def texts(): return np.array(["a", "b"])
def changed(xs): xs[0] = np.int64(5)
"""


@pytest.mark.parametrize(
    ("function", "expected"),
    [
        ("whole", 3),
        ("decimal", 1.5),
        ("truth", True),
        ("word", "a"),
        ("unsigned", 200),
        ("long", 3),
        ("array", [1, 2, 3]),
        ("matrix", [[1.5, 2.0], [3.0, 4.0]]),
        ("single", 7),
        ("inside", {"$py": "{1: (0.5, [[1]])}"}),
        ("objects", [None, [1], 2]),
        ("texts", ["a", "b"]),
    ],
)
async def test_numbers_of_numpy_are_numbers_and_its_arrays_are_lists(
    numpy_pool: ForkerPool, function: str, expected: object
) -> None:
    outcome = await judged(numpy_pool, VALUES, call(function, expected))
    assert outcome.passed, outcome.results[0].explanation


async def test_what_a_function_put_into_its_argument_counts_too(numpy_pool: ForkerPool) -> None:
    case = call("changed", [5, 2], [1, 2])
    case["input"]["mutates"] = 0
    assert (await judged(numpy_pool, VALUES, case)).passed


async def test_whole_numbers_and_decimals_stay_two_things_unless_the_case_says_otherwise(
    numpy_pool: ForkerPool,
) -> None:
    source = "import numpy as np\ndef halves(): return np.array([2, 4]) / 2"
    assert not (await judged(numpy_pool, source, call("halves", [1, 2]))).passed
    assert (await judged(numpy_pool, source, call("halves", [1, 2], mode="float"))).passed


DERIVED = """
import numpy as np
class Sly(np.ndarray):
    def tolist(self): return [1, 2]
    def __eq__(self, other): return True
class Number(np.float64):
    def item(self): return 2.0
    def __float__(self): return 2.0
class Meta(type):
    def __hash__(cls): raise RuntimeError("asked")
    def __eq__(cls, other): return True
class Odd(metaclass=Meta): pass
def sly(): return np.zeros(2).view(Sly)
def number(): return Number(1.0)
def odd(): return Odd()
def dates(): return np.array(["2026-01-01"], dtype="datetime64[D]")
def large(): return np.zeros(20_000)
def itself():
    a = np.empty(1, dtype=object)
    a[0] = a
    return a
"""


@pytest.mark.parametrize(
    ("function", "expected"),
    [("sly", [1, 2]), ("number", 2.0), ("odd", [1]), ("dates", ["2026-01-01"]), ("large", [0.0]), ("itself", [[]])],
)
async def test_a_students_own_class_is_never_asked_what_it_is(
    numpy_pool: ForkerPool, function: str, expected: object
) -> None:
    outcome = await judged(numpy_pool, DERIVED, call(function, expected))
    assert outcome.results[0].verdict is Verdict.wrong_answer
    assert outcome.results[0].error is None


@pytest.mark.parametrize(
    ("mistake", "words"),
    [
        ("if np.arange(3) > 1: pass", ".any() or .all()"),
        ("np.arange(3) + np.arange(2)", "print the .shape of both"),
        ("np.array([[1, 2], [3]])", "different lengths"),
        ("np.arange(5).reshape(2, 3)", "as many elements"),
        ("np.arange(3)[5]", "no element at this index"),
    ],
)
async def test_a_beginners_mistakes_with_arrays_are_explained(numpy_pool: ForkerPool, mistake: str, words: str) -> None:
    source = f"import numpy as np\ndef f():\n    {mistake}\n"
    outcome = await judged(numpy_pool, source, call("f", 1))
    assert words in str(outcome.results[0].explanation)
    assert str(outcome.results[0].explanation).startswith("On line 3: ")


async def test_an_expression_can_ask_for_an_array_and_give_one(numpy_pool: ForkerPool) -> None:
    source = "import numpy as np\ndef double(a):\n    return np.asarray(a) * 2\n"
    expressions = {"type(double([1])).__name__": "ndarray", "double(__import__('numpy').array([1, 2]))": [2, 4]}
    cases = [
        {"name": text, "kind": "expression", "input": {"expression": text}, "expected": expected}
        for text, expected in expressions.items()
    ]
    assert (await judged(numpy_pool, source, *cases)).passed


async def test_a_checker_gets_plain_lists_and_may_use_the_module_too(numpy_pool: ForkerPool) -> None:
    checker = (
        "import numpy as np\n"
        "def check(expected, actual, input):\n"
        "    return type(actual) is list and bool(np.allclose(expected, actual))"
    )
    outcome = await judged(numpy_pool, VALUES, call("matrix", [[1.5, 2], [3, 4]], mode="checker", code=checker))
    assert outcome.passed, outcome.results[0]
    assert outcome.modules == {"numpy": version("numpy")}


async def test_a_property_case_may_use_it_in_every_function(numpy_pool: ForkerPool) -> None:
    case = {
        "name": "sums",
        "kind": "property",
        "input": {
            "function": "total",
            "generator": "import numpy\ndef generate(random, size):\n    return [numpy.arange(size).tolist()]\n",
            "runs": 10,
        },
        "expected": {"reference": "import numpy\ndef reference(xs):\n    return int(numpy.sum(xs))\n"},
    }
    right = "import numpy\ndef total(xs):\n    return int(numpy.array(xs).sum())\n"
    (result,) = (await judged(numpy_pool, right, case)).results
    assert result.verdict is Verdict.passed, (result.fault, result.explanation)


async def test_tests_of_kind_unit_may_use_it(numpy_pool: ForkerPool) -> None:
    tests = "import numpy as np\nfrom area import area\ndef test_all():\n    assert np.allclose(area([1, 2]), [1, 4])\n"
    case = {"name": "tests", "kind": "unit", "input": {"module": "area", "test_file": tests}}
    source = "import numpy as np\ndef area(sides):\n    return (np.array(sides) ** 2).tolist()\n"
    assert (await judged(numpy_pool, source, case)).passed


async def test_a_trace_shows_what_is_in_an_array(numpy_pool: ForkerPool) -> None:
    source = "import numpy as np\na = np.arange(3)\nb = a.sum()\nc = np.zeros((500, 2))\nprint(b)\n"
    traced = await trace_code(numpy_pool, source, modules=NUMPY)
    shown = {change["name"]: change["value"] for step in traced.steps for change in step["changed"]}
    assert shown["a"] == "array([0, 1, 2])"
    assert (shown["b"], shown["c"]) == ("3", "array of 500 x 2")


async def test_what_a_program_does_to_numpy_is_not_seen_by_the_next(numpy_pool: ForkerPool) -> None:
    spoil = """
import sys
import numpy
numpy.arange = numpy.random.seed = numpy.random.rand = None
numpy.set_printoptions(precision=1)
sys.modules["numpy.random.bit_generator"].randbits = lambda bits: 4
sys.path.clear()
del sys.modules["numpy"]
"""
    assert (await run(numpy_pool, spoil)).exit_code == 0
    program = "import numpy\nprint(numpy.arange(2), numpy.random.rand(), numpy.random.default_rng().random())"
    ended = [await run(numpy_pool, program) for _ in range(4)]
    assert {execution.exit_code for execution in ended} == {0}
    assert len({execution.stdout for execution in ended}) == 1


async def test_only_what_the_operator_offers_can_be_asked_for(numpy_pool: ForkerPool) -> None:
    with pytest.raises(ModulesUnavailable, match="psutil is not offered here"):
        await run(numpy_pool, "import psutil", ("psutil",))
    with pytest.raises(ModulesUnavailable, match="psutil is not offered here"):
        await numpy_pool.prepare(["numpy", "psutil"])


async def test_below_full_there_are_none(folder: Path) -> None:
    (folder / "greeting.py").write_text("")
    async with ForkerPool(size=1, modules=["greeting"]) as pool:
        pool.tier = replace(pool.tier, tier=Tier.reduced)
        with pytest.raises(
            ModulesUnavailable, match="greeting can be used in isolation tier full alone; here it is red"
        ):
            await pool.prepare(["greeting"])
        assert (await run(pool, "print(1)", ())).stdout == "1\n"


@pytest.mark.parametrize("name", ["os", "learnflow", "no_such_module", "numpy.linalg", "", "..", "-x", "__main__"])
def test_what_can_not_be_given_is_said(name: str) -> None:
    with pytest.raises(ModulesUnavailable, match=r"belongs to Python|itself|not installed"):
        find(name)


def test_a_folder_without_an_init_file_is_no_module_to_give(folder: Path) -> None:
    (folder / "loose").mkdir()
    with pytest.raises(ModulesUnavailable, match="no folder or file of its own"):
        find("loose")


def test_a_module_brings_its_own_files_alone() -> None:
    module = find("numpy")
    assert [inside for _, inside in module.files] == ["numpy", "numpy.libs"]
    assert module.version == version("numpy")


async def test_modules_that_need_each_other_are_tried_together(folder: Path) -> None:
    (folder / "upper.py").write_text("import lower\n")
    (folder / "lower.py").write_text("")
    (folder / "lonely.py").write_text("import missing\n")
    report = await examine_modules(["upper", "lower", "lonely", "absent"])
    faults = {module.name: module.fault for module in report.modules}
    assert (faults["upper"], faults["lower"]) == (None, None)
    assert "No module named 'missing'" in str(faults["lonely"])
    assert "not installed" in str(faults["absent"])
    assert 0 < report.megabytes < 100
    assert (await examine_modules([])).modules == []


async def test_a_file_of_the_students_does_not_take_the_place_of_the_module(numpy_pool: ForkerPool) -> None:
    source = "import json, numpy\nprint(json.dumps(numpy.arange(2).tolist()))"
    job = {"kind": "stdio", "source": source, "files": {"numpy.py": "raise SystemExit"}}
    assert json.loads((await numpy_pool.execute(job, Limits(), modules=NUMPY)).stdout) == [0, 1]
