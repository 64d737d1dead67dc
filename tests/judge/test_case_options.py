"""What a case may ask for beyond a value: patterns, tolerances, the message of an exception, prompts."""

from typing import Any

import pytest

from learnflow.judge import CaseResult, ForkerPool, Verdict, judge_code, parse_cases, run_code
from learnflow.judge.cases import Comparison
from learnflow.judge.compare import same_text, same_value
from learnflow.judge.inside.encoder import encode


async def judged(pool: ForkerPool, source: str, **case: Any) -> CaseResult:
    judgement = await judge_code(pool, source, parse_cases([{"name": "case", "input": {}, **case}]))
    return judgement.results[0]


async def printed(pool: ForkerPool, source: str, pattern: str) -> CaseResult:
    return await judged(pool, source, kind="stdio", expected={"stdout": pattern}, comparison={"mode": "regex"})


async def test_each_line_of_a_pattern_describes_a_whole_line_of_the_output(pool: ForkerPool) -> None:
    pattern = "Hello, \\w+!\nTotal: \\d+\\.\\d\\d\n"
    assert (await printed(pool, "print('Hello, Ada!')\nprint('Total: 3.50  ')", pattern)).verdict == "passed"
    short = await printed(pool, "print('Hello, Ada!')", pattern)
    assert (short.verdict, short.explanation) == ("wrong_answer", "Expected were 2 lines, but there are 1.")
    other = await printed(pool, "print('Hello, Ada!')\nprint('Total: 3.5')", pattern)
    assert (
        other.explanation == "Line 2 is 'Total: 3.5', which does not match the pattern 'Total: \\\\d+\\\\.\\\\d\\\\d'."
    )
    assert other.diff is None
    long = await printed(pool, "print('a' * 201)", "a+")
    assert long.explanation == "Line 1 has 201 characters; at most 200 are looked at."


async def test_a_returned_text_can_be_described_by_a_pattern(pool: ForkerPool) -> None:
    case = {
        "kind": "call",
        "input": {"function": "f"},
        "expected": "[A-Z]{3}-\\d{3}",
        "comparison": {"mode": "regex"},
    }
    assert (await judged(pool, "def f(): return 'ABC-123'", **case)).verdict == "passed"
    assert "does not match" in ((await judged(pool, "def f(): return 'ABC-12'", **case)).explanation or "")
    assert (await judged(pool, "def f(): return 3", **case)).verdict == "wrong_answer"


async def test_the_whole_message_and_the_very_class_of_an_exception_can_be_asked_for(pool: ForkerPool) -> None:
    async def raised(statement: str, **expected: Any) -> Verdict:
        source = f"def f():\n    raise {statement}\n"
        expected = {"raises": "LookupError", **expected}
        return (await judged(pool, source, kind="call", input={"function": "f"}, expected=expected)).verdict

    assert await raised("KeyError(1)") == "passed"
    assert await raised("KeyError(1)", exact_type=True) == "runtime_error"
    assert await raised("LookupError('no such row')", exact_type=True, message="no such row") == "passed"
    assert await raised("LookupError('no such row!')", message="no such row") == "wrong_answer"
    assert await raised("LookupError()", message="") == "passed"


async def test_a_prompt_counts_only_where_the_case_says_so(pool: ForkerPool) -> None:
    source = "name = input('Name: ')\nprint('Hi', name)"
    case = {"kind": "stdio", "expected": {"stdout": "Hi Ada\n"}}
    unseen = await judged(pool, source, **case, input={"stdin": "Ada\n"})
    assert (unseen.verdict, unseen.stdout) == ("passed", "Hi Ada\n")
    assert (await judged(pool, source, **case, input={"stdin": "Ada\n", "prompts": True})).verdict == "wrong_answer"
    assert (await judged(pool, "print('Name: ', end='')\n" + source, **case, input={"stdin": "Ada\n"})).actual != "Hi"
    assert (await run_code(pool, source, stdin="Ada\n")).stdout == "Name: Hi Ada\n"
    ended = await judged(pool, source, **case)
    assert ended.error is not None
    assert (ended.error["type"], ended.error["line"]) == ("EOFError", 1)


INF, NAN = float("inf"), float("nan")
HUGE = 10**400


@pytest.mark.parametrize(
    ("expected", "actual", "tolerances", "same"),
    [
        (NAN, NAN, {}, True),
        (NAN, 0.0, {"abs": 1e299}, False),
        (INF, INF, {}, True),
        (INF, -INF, {"rel": 1.0}, False),
        (INF, 1e308, {"rel": 1.0, "abs": 1e299}, False),
        (0.0, -0.0, {"rel": 0.0, "abs": 0.0}, True),
        (0.0, 1e-10, {"rel": 1.0, "abs": 0.0}, True),
        (0.0, 1e-10, {"rel": 1e-9, "abs": 0.0}, False),
        (0.0, 1e-10, {"rel": 0.0, "abs": 1e-9}, True),
        (100.0, 101, {"rel": 0.01, "abs": 0.0}, True),
        (100.0, 102, {"rel": 0.01, "abs": 0.0}, False),
        (3, 3.0, {"rel": 0.0, "abs": 0.0}, True),
        (1, True, {}, False),
        (HUGE, HUGE + 1, {"rel": 1e-9}, True),
        (HUGE, HUGE * 2, {"rel": 1e-9}, False),
        (HUGE, INF, {"rel": 1.0}, False),
        ({1.0, NAN}, {NAN, 1.0}, {}, True),
        ({2.0, NAN, 1.0}, {1.0, 2.0, NAN}, {}, True),
        ([1.0, [2.0]], [1.0 + 1e-12, [2.0 - 1e-12]], {}, True),
        ({"a": 1.0}, {"a": 1.1}, {"abs": 0.2}, True),
        (complex(1, NAN), complex(1, NAN), {}, True),
    ],
)
def test_numbers_near_enough_are_the_same(expected: Any, actual: Any, tolerances: dict[str, float], same: bool) -> None:
    comparison = Comparison("float", **tolerances)
    assert same_value(encode(expected), encode(actual), comparison) is same
    assert same_value(encode(actual), encode(expected), comparison) is same


@pytest.mark.parametrize(
    ("expected", "actual", "same"),
    [
        ("nan inf", "NaN Infinity", True),
        ("10", "1_0", False),
        ("-inf", "inf", False),
        ("x 1.0", "x 1.0000000001", True),
    ],
)
def test_numbers_in_a_text_are_compared_word_by_word(expected: str, actual: str, same: bool) -> None:
    assert same_text(expected, actual, Comparison("float")) is same
