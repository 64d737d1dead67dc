"""The verdict that comes of what a child left behind."""

import json
import signal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from learnflow.judge.cases import Case, parse_cases
from learnflow.judge.inside.encoder import describe_error, encode
from learnflow.judge.scoring import assess, assess_run, score_of, unrun
from learnflow.judge.verdicts import CaseResult, Execution, Verdict

SOURCE = "def add(a, b):\n    return a + b\n"


def call(expected: Any = 3, **changes: Any) -> Case:
    definition = {"name": "adds", "kind": "call", "input": {"function": "add", "args": [1, 2]}, "expected": expected}
    return parse_cases([{**definition, **changes}])[0]


def stdio(expected: Any, **changes: Any) -> Case:
    return parse_cases([{"name": "prints", "kind": "stdio", "input": {}, "expected": expected, **changes}])[0]


def returned(value: Any, **changes: Any) -> Execution:
    return Execution(exit_code=0, report={"ok": True, "value": encode(value)}, **changes)


def raised(error: BaseException, stage: str = "call", **changes: Any) -> Execution:
    report = {"ok": False, "stage": stage, "error": describe_error(error, "main.py")}
    return Execution(exit_code=1, report=json.loads(json.dumps(report)), **changes)


def ended(exit_code: int = 0, stdout: str = "", files: dict[str, str | None] | None = None) -> Execution:
    return Execution(exit_code=exit_code, stdout=stdout, report={"ok": True, "files": files or {}})


def of(case: Case, execution: Execution) -> CaseResult:
    return assess(case, 0, execution, "full", SOURCE)


def test_the_right_value_passes_and_earns_its_weight() -> None:
    result = of(call(weight=3), returned(3))
    assert (result.verdict, result.points, result.explanation, result.diff) == (Verdict.passed, 3, None, None)
    assert (result.expected, result.actual, result.tier, result.trust) == ("3", "3", "full", "isolated")


def test_a_wrong_value_is_shown_and_explained() -> None:
    result = of(call(), returned(4, stdout="hm\n"))
    assert (result.verdict, result.points, result.actual) == (Verdict.wrong_answer, 0, "4")
    assert "off by one" in (result.explanation or "")
    assert result.stdout == "hm\n"


@pytest.mark.parametrize(
    ("execution", "verdict"),
    [
        (Execution(stopped="wall"), Verdict.time_limit),
        (Execution(stopped="wall", cpu_ms=1900), Verdict.time_limit),
        (Execution(stopped="output", signal=9), Verdict.output_limit),
        (Execution(signal=signal.SIGXCPU), Verdict.time_limit),
        (Execution(signal=signal.SIGKILL, cpu_ms=2001), Verdict.time_limit),
        (Execution(signal=signal.SIGKILL, cpu_ms=800, memory_kb=20_000), Verdict.time_limit),
        (Execution(signal=signal.SIGKILL, cpu_ms=800, memory_kb=130_000), Verdict.memory_limit),
        (Execution(signal=signal.SIGSYS), Verdict.forbidden),
        (Execution(signal=signal.SIGXFSZ), Verdict.output_limit),
        (Execution(signal=signal.SIGSEGV), Verdict.runtime_error),
        (Execution(signal=signal.SIGABRT), Verdict.runtime_error),
        (Execution(signal=signal.SIGTERM), Verdict.runtime_error),
        (Execution(exit_code=0), Verdict.runtime_error),
        (Execution(exit_code=125), Verdict.runtime_error),
        (raised(MemoryError()), Verdict.memory_limit),
        (raised(RecursionError("maximum recursion depth exceeded")), Verdict.runtime_error),
        (raised(PermissionError(1, "Operation not permitted")), Verdict.forbidden),
        (raised(PermissionError("my own")), Verdict.runtime_error),
        (raised(OSError(30, "Read-only file system")), Verdict.forbidden),
        (raised(OSError(28, "No space left on device")), Verdict.output_limit),
        (raised(OSError(27, "File too large")), Verdict.output_limit),
        (raised(ValueError("x")), Verdict.runtime_error),
        (raised(SystemExit(0)), Verdict.runtime_error),
        (raised(SyntaxError("invalid syntax"), stage="compile"), Verdict.syntax_error),
        (raised(RecursionError(), stage="compile"), Verdict.syntax_error),
    ],
)
def test_each_way_to_end_has_its_verdict(execution: Execution, verdict: Verdict) -> None:
    result = of(call(), execution)
    assert result.verdict is verdict
    assert result.points == 0
    assert result.explanation


def test_a_program_that_ends_early_says_so_even_if_it_printed_the_answer() -> None:
    result = of(stdio("6\n"), Execution(exit_code=0, stdout="6\n"))
    assert result.verdict is Verdict.runtime_error
    assert "ended early" in (result.explanation or "")


def test_an_expected_exception_passes_by_class_base_and_message() -> None:
    case = call({"raises": "ArithmeticError", "match": "by zero"})
    assert of(case, raised(ZeroDivisionError("division by zero"))).verdict is Verdict.passed
    assert of(case, raised(ZeroDivisionError("other"))).verdict is Verdict.wrong_answer
    assert of(case, raised(ValueError("by zero"))).verdict is Verdict.runtime_error
    assert of(case, raised(ZeroDivisionError("by zero"), stage="run")).verdict is Verdict.runtime_error
    assert "should have raised ArithmeticError" in (of(case, returned(3)).explanation or "")
    assert of(call({"raises": "MemoryError"}), raised(MemoryError())).verdict is Verdict.passed
    assert of(call({"raises": "SystemExit"}), raised(SystemExit(1))).verdict is Verdict.passed


class Every(ValueError, KeyError, TypeError):
    """What passes for any of them."""


class Empty(LookupError):
    """An exception of the student's own."""


def test_a_subclass_is_the_expected_exception_but_nothing_is_every_exception() -> None:
    assert of(call({"raises": "LookupError"}), raised(Empty())).verdict is Verdict.passed
    assert of(call({"raises": "Empty"}), raised(Empty())).verdict is Verdict.passed
    assert of(call({"raises": "ValueError"}), raised(Every())).verdict is Verdict.runtime_error
    assert of(call({"raises": "OSError"}), raised(FileNotFoundError(2, "No such file"))).verdict is Verdict.passed


def test_a_missing_function_is_said_to_be_missing() -> None:
    missing = raised(NameError("name 'add' is not defined"))
    assert of(call(), missing).verdict is Verdict.runtime_error
    result = assess(call(), 0, missing, "full", "def ad(a, b):\n    return a + b\n")
    assert result.explanation == "Your code defines no 'add': is 'ad' meant to be it?"
    assert "name it exactly" in (assess(call(), 0, missing, "full", "x = 1").explanation or "")


def test_a_value_is_not_an_exception() -> None:
    assert of(call({"raises": "ValueError"}), returned(ValueError("x"))).verdict is Verdict.wrong_answer


def test_an_argument_is_compared_after_the_call() -> None:
    case = call([1, 2], input={"function": "sort", "args": [[2, 1]], "mutates": 0})
    report = {"ok": True, "value": None, "mutated": [1, 2]}
    assert of(case, Execution(exit_code=0, report=report)).verdict is Verdict.passed
    wrong = of(case, Execution(exit_code=0, report={**report, "mutated": [2, 1]}))
    assert wrong.explanation == "The right elements, but in another order."


def test_a_programs_output_exit_code_and_files_all_count() -> None:
    case = stdio({"stdout": "6\n", "files": {"a.txt": "x\n"}, "exit_code": 3})
    assert of(case, ended(3, "6", {"a.txt": "x"})).verdict is Verdict.passed
    assert of(case, ended(3, "7", {"a.txt": "x"})).diff == "- 6\n+ 7"
    assert "exit code 0" in (of(case, ended(0, "6", {"a.txt": "x"})).explanation or "")
    assert "'a.txt'" in (of(case, ended(3, "6", {"a.txt": None})).explanation or "")
    assert of(case, ended(3, "6", {"a.txt": "y"})).diff == "- x\n+ y"


def test_sys_exit_is_a_way_to_end_a_program_but_failure_is_an_error() -> None:
    assert of(stdio("6\n"), ended(0, "6\n")).verdict is Verdict.passed
    failed = of(stdio("6\n"), ended(1, "6\n"))
    assert failed.verdict is Verdict.runtime_error
    assert "exit code 1" in (failed.explanation or "")


def test_the_students_line_is_named() -> None:
    source = "x = 1\nx / 0\n"
    with pytest.raises(ZeroDivisionError) as error:
        exec(compile(source, "main.py", "exec"))  # noqa: S102  # a real traceback of main.py
    result = assess(stdio("6\n"), 0, raised(error.value, stage="run", stdout="so far"), "full", source)
    assert result.error is not None
    assert (result.error["line"], result.actual) == (2, "so far")
    assert "x / 0" in result.error["traceback"]
    assert (result.explanation or "").startswith("On line 2: this divides by zero")


def test_results_hold_nothing_a_database_refuses() -> None:
    for result in (
        of(stdio("6\n"), ended(0, "\0\ud800")),
        of(call(), returned("\0\ud800")),
        of(call(), raised(ValueError("\0\ud800"))),
    ):
        text = repr([result.actual, result.diff, result.stdout, result.explanation, result.error])
        assert "\\x00" not in (result.stdout + (result.actual or "")).encode("unicode_escape").decode() or result.actual
        for part in (result.actual, result.diff, result.stdout, result.explanation, json.dumps(result.error)):
            assert "\0" not in (part or ""), text
            (part or "").encode()


def test_a_hidden_cases_data_is_in_the_seven_fields_alone() -> None:
    secret = "xyzzy4711"
    case = call(secret, hidden=True, input={"function": "add", "args": [secret]})
    for execution in (
        returned(secret + "!"),
        raised(ValueError(secret)),
        returned(secret, stdout=secret, stderr=secret),
    ):
        result = of(case, execution)
        blanked = {"expected", "actual", "diff", "stdout", "stderr", "explanation", "error"}
        rest = {name: getattr(result, name) for name in CaseResult.__slots__ if name not in blanked}
        assert secret not in repr(rest)


@pytest.mark.parametrize(
    ("points", "score"),
    [
        ([(1, True)], 100),
        ([(1, True), (1, False), (1, False)], 33),
        ([(1, True), (7, False)], 13),
        ([(0, True)], 0),
        ([], 0),
    ],
)
def test_the_score_is_rounded_half_up(points: list[tuple[int, bool]], score: int) -> None:
    results = [
        of(call(weight=weight) if weight else _weightless(), returned(3 if right else 4)) for weight, right in points
    ]
    assert score_of(results) == score


def _weightless() -> Case:
    return parse_cases(
        [
            {"name": "a", "kind": "call", "input": {"function": "add"}, "expected": 3, "weight": 0},
            {"name": "b", "kind": "call", "input": {"function": "add"}, "expected": 3},
        ]
    )[0]


def test_a_case_that_was_not_run_has_no_points() -> None:
    result = unrun(call(weight=5), 2, Verdict.time_limit, "Not run.", "full")
    assert (result.position, result.points, result.weight, result.explanation) == (2, 0, 5, "Not run.")


def test_a_free_run_passes_when_the_program_ends_well() -> None:
    assert assess_run(ended(0, "6\n"), SOURCE).verdict is Verdict.passed
    assert assess_run(ended(2), SOURCE).verdict is Verdict.runtime_error
    run = assess_run(raised(ValueError("no"), stage="run", stdout="a\0"), SOURCE)
    assert (run.verdict, run.stdout) == (Verdict.runtime_error, "a␀")
    assert run.error is not None
    assert run.error["type"] == "ValueError"


junk = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "ok",
                    "value",
                    "mutated",
                    "files",
                    "stage",
                    "error",
                    "type",
                    "message",
                    "line",
                    "frames",
                    "bases",
                    "t",
                    "v",
                ]
            ),
            inner,
            max_size=6,
        )
    ),
    max_leaves=20,
)


@given(
    st.fixed_dictionaries(
        {},
        optional={
            "ok": st.booleans() | junk,
            "value": junk,
            "mutated": junk,
            "files": junk,
            "stage": st.sampled_from(["compile", "run", "call"]) | junk,
            "error": st.fixed_dictionaries(
                {},
                optional={"type": st.sampled_from(["ValueError", "SystemExit"]) | junk, "bases": junk, "frames": junk},
            )
            | junk,
        },
    )
)
def test_a_forged_report_never_breaks_the_judge_and_never_passes_by_accident(report: dict[str, Any]) -> None:
    secret = {"$py": "('a value nobody guesses', 4711)"}
    cases = [
        call(secret),
        call([secret], input={"function": "f", "args": [[]], "mutates": 0}),
        call({"raises": "NobodyGuessesError"}),
        stdio({"files": {"a": "nobody guesses"}}),
    ]
    for case in cases:
        result = of(case, Execution(exit_code=0, report=report))
        assert result.verdict not in (Verdict.passed, Verdict.internal_error)
    assess_run(Execution(exit_code=0, report=report), SOURCE)
