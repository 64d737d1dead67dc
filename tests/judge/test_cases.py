"""What a definition of test cases means, and which ones are refused with what to do about it."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from learnflow.judge.cases import (
    Case,
    Comparison,
    ExpectedError,
    ExpectedOutput,
    ExpectedValue,
    case_from_expected_output,
    job_input,
    parse_cases,
)
from learnflow.judge.inside.encoder import encode
from learnflow.judge.limits import RANGES, CaseError, Limits
from learnflow.judge.patterns import check_pattern, found


def call(**changes: Any) -> dict[str, Any]:
    definition = {"name": "adds", "kind": "call", "input": {"function": "add", "args": [1, 2]}, "expected": 3}
    return {**definition, **changes}


def stdio(**changes: Any) -> dict[str, Any]:
    return {"name": "doubles", "kind": "stdio", "input": {"stdin": "3\n"}, "expected": {"stdout": "6\n"}, **changes}


def parsed(definition: dict[str, Any]) -> Case:
    return parse_cases([definition])[0]


def test_a_call_has_its_arguments_in_wire_form_and_compares_exactly() -> None:
    case = parsed(call(input={"function": "f", "args": [1, {"$py": "{2}"}], "kwargs": {"key": None}}))
    assert case.input["args"] == [1, encode({2})]
    assert case.input["kwargs"] == {"key": None}
    assert case.expected == ExpectedValue(3)
    assert (case.hidden, case.weight, case.comparison) == (False, 1, Comparison("exact"))


def test_what_is_expected_never_goes_into_the_job() -> None:
    for definition in (call(expected=4711), stdio(expected={"stdout": "4711"}), call(expected={"raises": "E4711"})):
        assert "4711" not in repr(job_input(parsed(definition)))


def test_a_program_is_compared_trimmed_and_its_files_are_read_back_by_name() -> None:
    case = parsed(stdio(expected={"files": {"out.txt": "1\n"}, "exit_code": 2}))
    assert case.comparison == Comparison("trimmed")
    assert case.expected == ExpectedOutput(stdout=None, files={"out.txt": "1\n"}, exit_code=2)
    assert job_input(case)["want_files"] == ["out.txt"]


def test_a_method_gets_an_object_made_with_init() -> None:
    case = parsed(call(input={"function": "Stack.push", "args": [1], "init": {"args": [5], "kwargs": {"size": 3}}}))
    assert case.input["init"] == {"args": [5], "kwargs": {"size": 3}}
    assert parsed(call(input={"function": "Stack.push"})).input["init"] == {"args": [], "kwargs": {}}
    assert parsed(call(input={"function": "Stack.push", "init": [5]})).input["init"] == {"args": [5], "kwargs": {}}
    assert parsed(call()).input["init"] is None


@pytest.mark.parametrize(
    "definition",
    [
        call(input={"function": "sort", "args": [[2, 1]], "mutates": 0}, expected=[1, 2]),
        call(input={"function": "sort", "args": [[2, 1]]}, expected=[1, 2], mutates=0),
        call(input={"function": "sort", "args": [[2, 1]]}, expected={"mutates": 0, "value": [1, 2]}),
    ],
)
def test_mutates_may_stand_in_the_input_the_case_or_what_is_expected(definition: dict[str, Any]) -> None:
    case = parsed(definition)
    assert case.input["mutates"] == 0
    assert case.expected == ExpectedValue([1, 2])


def test_an_exception_is_expected_by_name_and_pattern() -> None:
    case = parsed(call(expected={"raises": "ValueError", "match": "neg.*"}))
    assert case.expected == ExpectedError("ValueError", "neg.*")


def test_an_expected_output_alone_is_one_program_case() -> None:
    case = case_from_expected_output("Hello\n")
    assert (case.kind, case.name) == ("stdio", "output")
    assert case.expected == ExpectedOutput(stdout="Hello\n", files={}, exit_code=None)


def test_a_case_without_a_name_is_called_by_its_place() -> None:
    nameless = call()
    del nameless["name"]
    assert [case.name for case in parse_cases([call(), nameless])] == ["adds", "Case 2"]


CHECKER = "def check(expected, actual, input):\n    return True\n"
GENERATOR = "def generate(random, size):\n    return [size]\n"
CHECK = "def check(args, result):\n    return True\n"


def prop(expected: Any = None, comparison: Any = None, **inputs: Any) -> dict[str, Any]:
    """A property case."""
    given = {"function": "f", "generator": GENERATOR} | inputs
    return {
        "name": "a",
        "kind": "property",
        "input": {name: value for name, value in given.items() if value != "left out"},
        "expected": expected or {"check": CHECK},
        "comparison": comparison,
    }


REFUSED: list[tuple[Any, str]] = [
    ("x", "test_cases"),
    ([], "test_cases"),
    ([call(name=str(number)) for number in range(101)], "test_cases"),
    ([call(weight=0)], "test_cases"),
    (["x"], "test_cases[0]"),
    ([call(colour="red")], "test_cases[0].colour"),
    ([call(), call()], "test_cases[1].name"),
    ([call(name=" ")], "test_cases[0].name"),
    ([call(name="a\nb")], "test_cases[0].name"),
    ([call(name="x" * 201)], "test_cases[0].name"),
    ([call(name=1)], "test_cases[0].name"),
    ([call(kind=None)], "test_cases[0].kind"),
    ([call(kind=["call"])], "test_cases[0].kind"),
    ([call(kind="quiz")], "test_cases[0].kind"),
    ([{"name": "a", "kind": "call", "input": {"function": "f"}}], "test_cases[0].expected"),
    ([call(hidden="yes")], "test_cases[0].hidden"),
    ([call(weight=-1)], "test_cases[0].weight"),
    ([call(weight=1.5)], "test_cases[0].weight"),
    ([call(weight=True)], "test_cases[0].weight"),
    ([call(input=[])], "test_cases[0].input"),
    ([call(input={})], "test_cases[0].input.function"),
    ([call(input={"function": "a.b.c"})], "test_cases[0].input.function"),
    ([call(input={"function": "os.system('x')"})], "test_cases[0].input.function"),
    ([call(input={"function": "f", "args": 1})], "test_cases[0].input.args"),
    ([call(input={"function": "f", "args": [{"$py": "x"}]})], "test_cases[0].input.args[0]"),
    ([call(input={"function": "f", "kwargs": []})], "test_cases[0].input.kwargs"),
    ([call(input={"function": "f", "kwargs": {"a b": 1}})], "test_cases[0].input.kwargs.a b"),
    ([call(input={"function": "f", "init": []})], "test_cases[0].input.init"),
    ([call(input={"function": "f", "stdin": ""})], "test_cases[0].input.stdin"),
    ([call(input={"function": "f", "args": [[]], "mutates": 1})], "test_cases[0].input.mutates"),
    ([call(input={"function": "f", "args": [1], "mutates": 0})], "test_cases[0].input.mutates"),
    ([call(input={"function": "f", "mutates": 0})], "test_cases[0].input.mutates"),
    ([call(input={"function": "f", "args": [[]], "mutates": 0}, mutates=0)], "test_cases[0].mutates"),
    ([stdio(mutates=0)], "test_cases[0].mutates"),
    (
        [call(input={"function": "f", "args": [[]], "mutates": 0}, expected={"raises": "ValueError"})],
        "test_cases[0].expected",
    ),
    ([call(expected={"raises": "Value Error"})], "test_cases[0].expected.raises"),
    ([call(expected={"raises": "ValueError", "match": "("})], "test_cases[0].expected.match"),
    ([call(expected={"raises": "ValueError", "match": "(a+)+$"})], "test_cases[0].expected.match"),
    ([call(expected={"raises": "ValueError", "match": 1})], "test_cases[0].expected.match"),
    ([call(expected={"raises": "ValueError", "note": 1})], "test_cases[0].expected.note"),
    ([call(expected={"$py": "1 +"})], "test_cases[0].expected"),
    ([call(comparison="exact")], "test_cases[0].comparison"),
    ([call(comparison={})], "test_cases[0].comparison.mode"),
    ([call(comparison={"mode": "regex"})], "test_cases[0].comparison.mode"),
    ([call(comparison={"mode": "regex"}, expected="(a+)+b")], "test_cases[0].expected"),
    ([stdio(comparison={"mode": "regex"}, expected={"stdout": "ok\n("})], "test_cases[0].expected"),
    ([stdio(comparison={"mode": "regex"}, expected={"stdout": ".*.*.*\n" * 2})], "test_cases[0].expected"),
    ([stdio(input={"prompts": 1})], "test_cases[0].input.prompts"),
    ([call(expected={"raises": "ValueError", "match": "a", "message": "a"})], "test_cases[0].expected.message"),
    ([call(expected={"raises": "ValueError", "message": 1})], "test_cases[0].expected.message"),
    ([call(expected={"raises": "ValueError", "exact_type": "yes"})], "test_cases[0].expected.exact_type"),
    ([call(comparison={"mode": "checker"})], "test_cases[0].comparison.code"),
    ([call(comparison={"mode": "checker", "code": "..."})], "test_cases[0].comparison.code"),
    ([call(comparison={"mode": "checker", "code": "def check(:"})], "test_cases[0].comparison.code"),
    ([call(comparison={"mode": "checker", "code": CHECKER, "rel": 1})], "test_cases[0].comparison.rel"),
    (
        [call(comparison={"mode": "checker", "code": CHECKER}, expected={"raises": "E"})],
        "test_cases[0].comparison.mode",
    ),
    (
        [stdio(comparison={"mode": "checker", "code": CHECKER}, expected={"exit_code": 0})],
        "test_cases[0].comparison.mode",
    ),
    ([call(comparison={"mode": "unordered"})], "test_cases[0].comparison.mode"),
    ([call(comparison={"mode": "trimmed"})], "test_cases[0].comparison.mode"),
    ([call(comparison={"mode": "tokens"}, expected=[1])], "test_cases[0].comparison.mode"),
    ([call(comparison={"mode": "float"}, expected=[None])], "test_cases[0].comparison.mode"),
    ([call(comparison={"mode": "exact", "rel": 0.1})], "test_cases[0].comparison"),
    ([call(comparison={"mode": "float", "rel": -1})], "test_cases[0].comparison.rel"),
    ([call(comparison={"mode": "float", "abs": float("nan")})], "test_cases[0].comparison.abs"),
    ([call(comparison={"mode": "float"}, expected={"raises": "ValueError"})], "test_cases[0].comparison.mode"),
    ([stdio(input={"stdin": 3})], "test_cases[0].input.stdin"),
    ([stdio(input={"stdin": "\ud800"})], "test_cases[0].input.stdin"),
    ([stdio(input={"args": ["a\0"]})], "test_cases[0].input.args[0]"),
    ([stdio(input={"args": "a"})], "test_cases[0].input.args"),
    ([stdio(input={"files": {"../x": ""}})], "test_cases[0].input.files.../x"),
    ([stdio(input={"files": {"a\nb": ""}})], "test_cases[0].input.files.a\nb"),
    ([stdio(input={"files": {"main.py": ""}})], "test_cases[0].input.files.main.py"),
    ([stdio(input={"files": {"": ""}})], "test_cases[0].input.files."),
    ([stdio(input={"files": {str(number): "" for number in range(21)}})], "test_cases[0].input.files"),
    ([stdio(expected={})], "test_cases[0].expected"),
    ([stdio(expected=3)], "test_cases[0].expected"),
    ([stdio(expected={"exit_code": 256})], "test_cases[0].expected.exit_code"),
    ([stdio(expected={"files": {"/etc/passwd": ""}})], "test_cases[0].expected.files./etc/passwd"),
    ([stdio(expected={"stdout": "x" * 300_000})], "test_cases[0].expected.stdout"),
    ([stdio(name=str(number), expected={"stdout": "x" * 250_000}) for number in range(5)], "test_cases[4]"),
    ([prop(function="a b")], "test_cases[0].input.function"),
    ([prop(function="left out")], "test_cases[0].input.function"),
    ([prop(args=[1])], "test_cases[0].input.args"),
    ([prop(init=[])], "test_cases[0].input.init"),
    ([prop(function="A.f", init=3)], "test_cases[0].input.init"),
    ([prop(generator="left out")], "test_cases[0].input.generator"),
    ([prop(generator="def generate(:")], "test_cases[0].input.generator"),
    ([prop(generator="def make(random, size): ...")], "test_cases[0].input.generator"),
    ([prop(generator="def generate(random): ...")], "test_cases[0].input.generator"),
    ([prop(generator="def generate(random, size, more): ...")], "test_cases[0].input.generator"),
    ([prop(generator="def generate(random, size, *, more): ...")], "test_cases[0].input.generator"),
    ([prop(generator="async def generate(random, size): ...")], "test_cases[0].input.generator"),
    ([prop(generator="x" * 20_001)], "test_cases[0].input.generator"),
    ([prop(runs=0)], "test_cases[0].input.runs"),
    ([prop(runs=501)], "test_cases[0].input.runs"),
    ([prop(runs=True)], "test_cases[0].input.runs"),
    ([prop(seed=-1)], "test_cases[0].input.seed"),
    ([prop(valid="def invalid(): ...")], "test_cases[0].input.valid"),
    ([prop(mutates="0")], "test_cases[0].input.mutates"),
    ([prop(mutates=100)], "test_cases[0].input.mutates"),
    ([prop(mutates=0) | {"mutates": 0}], "test_cases[0].mutates"),
    ([prop(expected=3)], "test_cases[0].expected"),
    ([prop(expected={"reference": None})], "test_cases[0].expected"),
    ([prop(expected={"reference": "def reference(): ...", "check": CHECK})], "test_cases[0].expected"),
    ([prop(expected={"raises": "ValueError"})], "test_cases[0].expected.raises"),
    ([prop(expected={"reference": "reference = sorted"})], "test_cases[0].expected.reference"),
    ([prop(expected={"check": "def check(result): ..."})], "test_cases[0].expected.check"),
    ([prop(comparison={"mode": "float"})], "test_cases[0].comparison.mode"),
    ([prop(comparison={"mode": "checker", "code": CHECKER})], "test_cases[0].comparison.mode"),
    ([call(kind="expression", input={"expression": "x ="})], "test_cases[0].input.expression"),
    ([call(kind="expression", input={"expression": "import os"})], "test_cases[0].input.expression"),
    ([call(kind="expression", input={"expression": ""})], "test_cases[0].input.expression"),
    ([call(kind="expression", input={})], "test_cases[0].input.expression"),
    ([call(kind="expression", input={"expression": "f\0()"})], "test_cases[0].input.expression"),
]


@pytest.mark.parametrize(("definitions", "field"), REFUSED)
def test_what_makes_no_sense_is_refused_by_field(definitions: Any, field: str) -> None:
    with pytest.raises(CaseError) as refused:
        parse_cases(definitions)
    assert refused.value.field == field
    assert len(refused.value.message) > 10


@given(
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers()
        | st.floats()
        | st.text(max_size=5)
        | st.sampled_from(["call", "stdio"]),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    ["name", "kind", "input", "expected", "args", "function", "$py", "raises", "mode", "mutates"]
                ),
                inner,
                max_size=4,
            )
        ),
        max_leaves=15,
    )
)
def test_random_definitions_raise_nothing_but_case_errors(definition: Any) -> None:
    for raw in (
        definition,
        [definition],
        [call(input=definition)],
        [call(expected=definition)],
        [stdio(input=definition)],
    ):
        try:
            parse_cases(raw)
        except CaseError:
            continue


@pytest.mark.parametrize(
    "pattern", ["(a+)+$", "(a|a)*$", ".*.*.*.*x", "(?:a?){60}", "((a*)*)*", "(a|b|ab)*c", "(x+x+)+y"]
)
def test_patterns_that_backtrack_for_long_are_refused(pattern: str) -> None:
    with pytest.raises(CaseError):
        check_pattern(pattern, "match")


@pytest.mark.parametrize(
    "pattern", ["must be .* between .*", r"\d+ > \d+", r"(\d{1,3}\.){3}", "neg|pos", "^a+b+$", "(?i)no"]
)
def test_ordinary_patterns_are_taken(pattern: str) -> None:
    check_pattern(pattern, "match")


def test_a_pattern_is_searched_in_the_beginning_of_the_message() -> None:
    assert found("neg", "it is negative")
    assert not found("neg", "x" * 200 + "neg")


def test_limits_have_the_products_defaults() -> None:
    assert Limits() == Limits(
        wall_seconds=5.0, cpu_seconds=2.0, memory_bytes=128 * 2**20, output_bytes=64 * 2**10, file_bytes=16 * 2**20
    )


def test_an_exercise_may_override_limits_within_their_range() -> None:
    assert Limits().with_overrides({"wall_seconds": 1, "memory_bytes": 64 * 2**20}).memory_bytes == 64 * 2**20
    assert Limits().with_overrides(None) == Limits()
    for name, (low, high) in RANGES.items():
        Limits().with_overrides({name: low})
        Limits().with_overrides({name: high})


@pytest.mark.parametrize(
    ("overrides", "field"),
    [
        ({"processes": 3}, "limits.processes"),
        ({"wall_seconds": 16}, "limits.wall_seconds"),
        ({"wall_seconds": 0}, "limits.wall_seconds"),
        ({"wall_seconds": float("nan")}, "limits.wall_seconds"),
        ({"cpu_seconds": "2"}, "limits.cpu_seconds"),
        ({"cpu_seconds": True}, "limits.cpu_seconds"),
        ({"memory_bytes": 1}, "limits.memory_bytes"),
        ({"memory_bytes": 2**27 + 0.5}, "limits.memory_bytes"),
        ([1], "limits"),
    ],
)
def test_limits_out_of_range_or_unknown_are_refused(overrides: Any, field: str) -> None:
    with pytest.raises(CaseError) as refused:
        Limits().with_overrides(overrides)
    assert refused.value.field == field


def test_a_property_case_keeps_its_functions_out_of_every_job_of_a_single_run() -> None:
    [case] = parse_cases([prop(expected={"reference": "def reference(*args): ..."}, comparison={"mode": "float"})])
    assert (case.kind, case.input["runs"], case.input["seed"], case.comparison.mode) == ("property", 100, 0, "float")
    with pytest.raises(ValueError, match="of kind property"):
        job_input(case)
    for generator in ("def generate(random, size=3): ...", "def generate(*args): ...", "def generate(r, /, s): ..."):
        parse_cases([prop(generator=generator)])
