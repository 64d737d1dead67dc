"""The stored form of a test case, and that judge and catalogue agree about what one may be."""

from typing import Any, get_args

import pytest

from learnflow.exercises.cases import (
    CallCase,
    Comparison,
    ExpressionCase,
    PropertyCase,
    StdioCase,
    UnitCase,
    cases_to_judge,
)
from learnflow.exercises.schemas import ExerciseIn, LimitOverrides
from learnflow.grading.definitions import check_definition
from learnflow.judge import Limits, parse_cases
from learnflow.judge.cases import Kind, Mode
from learnflow.judge.limits import RANGES
from tests.support.exercises import exercise

EVERYTHING: list[dict[str, Any]] = [
    {
        "name": "call",
        "kind": "call",
        "input": {"function": "f", "args": [None, True], "kwargs": {"k": 1}},
        "expected": None,
    },
    {"name": "method", "kind": "call", "input": {"function": "A.b", "init": {"args": [1]}}, "expected": []},
    {"name": "mutates", "kind": "call", "input": {"function": "f", "args": [[3, 1]], "mutates": 0}, "expected": [1, 3]},
    {"name": "raises", "kind": "call", "input": {"function": "f"}, "expected": {"raises": "ValueError", "match": "no"}},
    {"name": "literal", "kind": "call", "input": {"function": "f"}, "expected": {"$py": "{(1, 2), b'x', 1+2j}"}},
    {
        "name": "nan",
        "kind": "expression",
        "input": {"expression": "f()"},
        "expected": {"$py": "[nan, -inf, frozenset({1})]"},
    },
    {
        "name": "float",
        "kind": "expression",
        "input": {"expression": "1 / 3"},
        "expected": 0.33,
        "weight": 0,
        "comparison": {"mode": "float", "abs": 0.01, "rel": 0.0},
    },
    {
        "name": "any order",
        "kind": "expression",
        "input": {"expression": "f()"},
        "expected": [1],
        "comparison": {"mode": "unordered"},
    },
    {
        "name": "tests",
        "kind": "unit",
        "input": {"test_file": "from add import add\ndef test_add():\n    assert add(1, 2) == 3\n", "module": "add"},
        "expected": None,
    },
    {
        "name": "checked",
        "kind": "expression",
        "input": {"expression": "f()"},
        "expected": 3,
        "comparison": {"mode": "checker", "code": "def check(expected, actual, input):\n    return True\n"},
    },
    {
        "name": "prompts",
        "kind": "stdio",
        "input": {"stdin": "1", "prompts": True},
        "expected": {"stdout": "\\d"},
        "comparison": {"mode": "regex"},
    },
    {"name": "echo", "kind": "stdio", "input": {}, "expected": {"stdout": ""}},
    {
        "name": "files",
        "kind": "stdio",
        "hidden": True,
        "weight": 3,
        "input": {"stdin": "1\r\n", "args": ["-v"], "files": {"in.txt": "a"}},
        "expected": {"files": {"out.txt": "b\n"}, "exit_code": 2},
        "comparison": {"mode": "tokens"},
    },
    {
        "name": "any numbers",
        "kind": "property",
        "input": {
            "function": "add",
            "generator": "def generate(random, size):\n    return [size, random.random()]\n",
            "valid": "def valid(a, b):\n    return True\n",
            "runs": 30,
        },
        "expected": {"reference": "def reference(a, b):\n    return a + b\n"},
        "comparison": {"mode": "float", "abs": 0.01},
    },
    {
        "name": "any method",
        "kind": "property",
        "input": {
            "function": "Stack.push",
            "generator": "def generate(random, size):\n    return [[size]]\n",
            "init": {"args": [{"$py": "(1, 2)"}]},
            "mutates": 0,
            "seed": 7,
        },
        "expected": {"check": "def check(args, result):\n    return True\n"},
    },
]


def test_what_is_stored_of_a_case_is_said_in_full_and_judged_as_it_was_meant() -> None:
    content = ExerciseIn.model_validate(exercise(test_cases=EVERYTHING))
    stored = content.stored_cases()
    assert ExerciseIn.model_validate(exercise(test_cases=stored)).stored_cases() == stored
    assert parse_cases(stored) == parse_cases(EVERYTHING)
    assert stored[0]["expected"] is None
    assert stored[11] == {
        "name": "echo",
        "kind": "stdio",
        "input": {},
        "expected": {"stdout": ""},
        "hidden": False,
        "weight": 1,
        "comparison": {"mode": "trimmed"},
    }


def test_judge_and_catalogue_know_the_same_kinds_comparisons_and_limits() -> None:
    models = (StdioCase, CallCase, ExpressionCase, UnitCase, PropertyCase)
    kinds = [get_args(model.model_fields["kind"].annotation)[0] for model in models]
    assert set(kinds) == set(get_args(Kind))
    assert set(get_args(Comparison.model_fields["mode"].annotation)) == set(get_args(Mode))
    assert set(LimitOverrides.model_fields) == set(RANGES)
    for name, (low, high) in RANGES.items():
        for edge in (low, high):
            limits = LimitOverrides.model_validate({name: edge}).model_dump(exclude_none=True)
            assert getattr(Limits().with_overrides(limits), name) == edge
        for beyond in (low - 1, high + 1):
            with pytest.raises(ValueError, match=name):
                LimitOverrides.model_validate({name: beyond})


def test_expected_output_without_cases_becomes_a_case_the_judge_takes() -> None:
    cases = cases_to_judge([], "Hello\n", prompts=False)
    check_definition(cases, {})
    assert cases_to_judge([{"name": "a"}], "Hello\n", prompts=False) == [{"name": "a"}]
    assert cases_to_judge([], None, prompts=False) == []
