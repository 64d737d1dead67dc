"""Kind property: whose fault it is when a function fails, and what hostile programs gain by all inputs in one child."""

import json
from typing import Any

import pytest
from tests.support.properties import NUMBERS, SORTED, judged

from learnflow.judge import ForkerPool


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        (
            {"generator": "def generate(random, size):\n    return [1 / (size - 50)]\n"},
            "input.generator: generate raised ",
        ),
        ({"generator": "def generate(random, size):\n    return [1 / (size - 50)]\n"}, "on line 2: division by zero"),
        ({"generator": "1 / 0\ndef generate(random, size): ..."}, "generate raised ZeroDivisionError on line 1"),
        (
            {"generator": "def generate(random, size):\n    return 7\n"},
            "returned 7; a list of the function's arguments",
        ),
        ({"generator": "def generate(random, size): ..."}, "returned None; a list of"),
        ({"generator": "def generate(random, size):\n    return [object()]\n"}, "<object object>"),
        (
            {"generator": "def generate(random, size):\n    return ['x' * 10**6]\n"},
            "which is no plain value (run 1, size 0)",
        ),
        ({"generator": "def generate(random, size):\n    return ['x' * 90_000]\n"}, "together they may have 1 MiB"),
        ({"generator": "def generate(random, size):\n    while True: pass\n"}, "gave no answer (time_limit) (run 1"),
        ({"generator": "import os\ndef generate(random, size):\n    os._exit(0)\n"}, "gave no answer (runtime_error)"),
        ({"generator": "def generate(random, size):\n    print('x' * 10**6)\n"}, "gave no answer (output_limit)"),
        (
            {"generator": NUMBERS},
            "expected.reference: reference raised TypeError on line 2: 'int' object is not iterable for (",
        ),
        (
            {"reference": "def reference(xs):\n    return map(int, xs)\n"},
            "reference returned <map object>, which is no",
        ),
        ({"reference": "def reference(): ..."}, "reference raised TypeError: reference() takes 0 positional arguments"),
        ({"reference": "def reference(xs):\n    while xs: pass\n"}, "reference gave no answer (time_limit) for (["),
        (
            {"valid": "def valid(xs):\n    return len(xs) < 9\n"},
            "input.valid: valid returned False for an input of the",
        ),
        ({"valid": "def valid(xs):\n    return 1\n"}, "input.valid: valid returned 1 for an input of the"),
        ({"valid": "def valid(xs):\n    raise KeyError\n"}, "input.valid: valid raised KeyError on line 2"),
        ({"mutates": 1}, "input.mutates: argument 1 is not there, which a function can't change (run 1, size 0)"),
        ({"mutates": 0, "generator": NUMBERS}, "input.mutates: argument 0 is a int, which a function can't change"),
        ({"check": "def check(args, result):\n    return result[99]\n"}, "expected.check: check raised IndexError on"),
        (
            {"check": "def check(args, result):\n    return 1\n"},
            "check returned 1 for ([]) and the answer []; True or a",
        ),
        ({"check": "def check(args, result):\n    return None\n"}, "check returned None for ([])"),
        ({"check": "def check(args, result):\n    exit()\n"}, "check raised SystemExit on line 2"),
    ],
)
async def test_a_function_that_fails_is_the_teachers_fault(
    pool: ForkerPool, changes: dict[str, Any], reason: str
) -> None:
    expected = {name: changes.pop(name) for name in ("reference", "check") if name in changes} or SORTED
    result = await judged(pool, "def f(xs):\n    return sorted(xs)\n", expected=expected, input=changes)
    assert (result.verdict, result.points, result.actual, result.diff) == ("internal_error", 0, None, None)
    assert (result.fault or "").startswith("The case 'any list', ")
    assert reason in (result.fault or ""), result.fault
    assert "not your program's fault" in (result.explanation or "")
    assert reason not in (result.explanation or "")


async def test_patterns_that_a_reference_makes_are_checked(pool: ForkerPool) -> None:
    case = {"expected": {"reference": "def reference(xs):\n    return '(a+)+b'\n"}, "comparison": {"mode": "regex"}}
    result = await judged(pool, "def f(xs):\n    return 'a'\n", **case)
    assert "reference returned patterns that can't be used: Line 1: This pattern could take" in (result.fault or "")


@pytest.mark.parametrize(
    ("source", "verdict", "words"),
    [
        ("def f(:", "syntax_error", "Line 1"),
        ("1 / 0", "runtime_error", "On line 1"),
        ("def g(xs):\n    return xs\n", "runtime_error", "Your code defines no 'f'"),
        ("while True: pass", "time_limit", "not done after"),
        ("x = 'x' * 10**9", "memory_limit", "memory"),
        ("import os; os._exit(0)", "runtime_error", "ended early"),
        ("import os; os.fork()", "forbidden", "not allowed"),
    ],
)
async def test_code_that_is_not_even_imported_is_told_without_an_input(
    pool: ForkerPool, source: str, verdict: str, words: str
) -> None:
    result = await judged(pool, source)
    assert (result.verdict, result.expected, result.actual) == (verdict, "right for 100 inputs", None)
    assert words in (result.explanation or "")
    assert "inputs failed" not in (result.explanation or "")


FORGING = """
import os, json
def tell(*reports):
    os.write(3, "".join(json.dumps(report) + "\\n" for report in reports).encode())
"""
READY, NOTHING = '{"ready": True}', '{"ok": True, "value": []}'


@pytest.mark.parametrize(
    "rest",
    [
        f"tell({READY}, *[{NOTHING}] * 100, {{'ok': True}})\nos._exit(0)",
        f"tell(*[{NOTHING}] * 101)\nos._exit(0)",
        f"os.write(3, json.dumps({NOTHING}).encode())\nos._exit(0)",
        f"tell({READY}, *[{NOTHING}] * 300)\ndef f(xs):\n    return []",
        f"tell({READY})\ndef f(xs):\n    os._exit(0)",
        f"def f(xs):\n    tell(*[{NOTHING}] * 99)\n    os._exit(0)",
        f"def f(xs):\n    tell(*[{NOTHING}] * 500)\n    return []",
        "def f(xs):\n    tell([], 7, None, {})\n    return sorted(xs)",
        "def f(xs):\n    os.write(3, b'\\n' * 5000)\n    return sorted(xs)",
        "def f(xs):\n    os.write(3, b'[' * 100_000)\n    return sorted(xs)",
        "def f(xs):\n    os.close(3)\n    return sorted(xs)",
        "def f(xs):\n    tell({'ok': True, 'value': {'t': 'x'}}, {'ok': False, 'error': 7})\n    return sorted(xs)",
        "import sys\ndef f(xs):\n    frame = sys._getframe(1)\n    frame.f_locals.clear()\n    return []",
        'json.JSONEncoder.encode = lambda *_: \'{"ok": true, "value": [0]}\'\ndef f(xs):\n    return []',
    ],
)
async def test_a_program_that_writes_answers_itself_gains_nothing(pool: ForkerPool, rest: str) -> None:
    result = await judged(pool, FORGING + rest)
    assert result.verdict not in ("passed", "internal_error"), result
    json.dumps([result.explanation, result.error, result.diff, result.actual])
    check = {"check": "def check(args, result):\n    return result == sorted(args[0])\n"}
    assert (await judged(pool, FORGING + rest, expected=check)).verdict not in ("passed", "internal_error")
    assert (await judged(pool, "def f(xs):\n    return sorted(xs)\n")).verdict == "passed", "the next job is unharmed"


@pytest.mark.parametrize(
    ("body", "verdict"),
    [
        ("global n; n += 1\n    if n == 3: os._exit(0)\n    return sorted(xs)", "runtime_error"),
        ("if len(xs) > 5: os._exit(0)\n    return sorted(xs)", "runtime_error"),
        ("if len(xs) > 5: exit()\n    return sorted(xs)", "runtime_error"),
        ("if len(xs) > 5: os.fork()\n    return sorted(xs)", "forbidden"),
        ("if len(xs) > 5: 'x' * 10**9\n    return sorted(xs)", "memory_limit"),
        ("if len(xs) > 5: print('x' * 10**6)\n    return sorted(xs)", "output_limit"),
        ("print('x' * 2_000)\n    return sorted(xs)", "output_limit"),
        ("kept.append(xs)\n    return kept", "wrong_answer"),
        ("if len(xs) > 5: raise BaseException('x')\n    return sorted(xs)", "runtime_error"),
    ],
)
async def test_a_program_that_ends_or_floods_at_some_input_fails_there(
    pool: ForkerPool, body: str, verdict: str
) -> None:
    result = await judged(pool, f"import os\nn = 0\nkept = []\ndef f(xs):\n    {body}\n")
    assert result.verdict == verdict, result
    assert result.fault is None
    assert (result.explanation or "").startswith("f(["), result.explanation


async def test_what_is_right_is_nowhere_in_the_students_process(pool: ForkerPool) -> None:
    expected = {"reference": "SECRET = 71_334_421\ndef reference(n):\n    return n + SECRET\n"}
    source = """
import gc, sys
def f(n):
    frames, frame = [], sys._getframe()
    while frame:
        frames.append(str(frame.f_locals) + str(frame.f_globals.get("job")))
        frame = frame.f_back
    found = [str(o) for o in gc.get_objects() if type(o) in (dict, list, tuple)]
    secrets = ["".join(parts) for parts in (["71334", "421"], ["71_334", "_421"], ["def ", "reference"])]
    return any(secret in text for text in frames + found for secret in secrets)
"""
    result = await judged(pool, source, expected=expected, input={"generator": NUMBERS, "runs": 3})
    assert (result.verdict, result.actual) == ("wrong_answer", "False")
