"""The verdict of a test case, from what its child left behind.

Order of decision: why the child was stopped; the signal it died of; whether it reported at all; the error it reported;
only then the answer. `internal_error` is decided here only where a teacher's checker failed: nothing that a program
does by itself may look like our fault.
"""

import builtins
import itertools
from collections.abc import Sequence
from typing import Any

from learnflow.judge.cases import (
    Case,
    Comparison,
    ExpectedError,
    ExpectedOutput,
    ExpectedProperty,
    ExpectedTests,
    ExpectedValue,
)
from learnflow.judge.checker import NOT_CHECKED, read_answer
from learnflow.judge.compare import same_text, same_value, trimmed
from learnflow.judge.explain import feedback
from learnflow.judge.explain.diff import text_diff, value_diff
from learnflow.judge.explain.endings import Ending, ending_of
from learnflow.judge.explain.exceptions import close_name, error_detail
from learnflow.judge.inside.encoder import Wire
from learnflow.judge.limits import Limits
from learnflow.judge.patterns import explain_lines, found
from learnflow.judge.unit import read_results, student_ended
from learnflow.judge.verdicts import CaseResult, ErrorDetail, Execution, RunResult, Verdict
from learnflow.judge.wire import WireError, check_wire, display, is_complete

_DEFAULTS = Limits()
MAX_SHOWN = 4_000  # characters of an expected or actual text in a result
UNREADABLE = "What your code returned could not be read: it is too large or no plain value."


def assess(
    case: Case,
    position: int,
    execution: Execution,
    tier: str,
    source: str,
    limits: Limits = _DEFAULTS,
    checked: Execution | None = None,
    key: bytes = b"",
) -> CaseResult:
    """The result of a case whose child has ended; `limits` are what it ran under, `source` is the student's code.

    `checked` is what the checker's child left behind, where `answer_to_check` gave it something to compare; `key` is
    the nonce of a unit case.
    """
    ending = _ending_for(case, student_ended(execution) if case.kind == "unit" else execution, source, limits)
    answer = _Answer(_shown_expected(case), None, None, None)
    fault = None
    passed = None
    if ending is None and checked is not None:
        answer, fault = _read_checked(case, execution, checked)
        verdict = Verdict.passed if answer.explanation is None else Verdict.wrong_answer
        verdict = verdict if fault is None else Verdict.internal_error
        explanation, error = answer.explanation, None
    elif ending is None and isinstance(case.expected, ExpectedTests):
        answer, passed = _read_tests(case, execution, key)
        verdict = Verdict.passed if answer.explanation is None else Verdict.wrong_answer
        explanation, error = answer.explanation, None
    elif ending is None:
        answer = _compare(case, execution)
        verdict = Verdict.passed if answer.explanation is None else Verdict.wrong_answer
        explanation, error = answer.explanation, None
    else:
        verdict, explanation, error = ending.verdict, ending.explanation, ending.error
        if isinstance(case.expected, ExpectedOutput) and case.expected.stdout is not None:
            answer = _Answer(answer.expected, _shown_text(execution.stdout), None, None)
    return CaseResult(
        position=position,
        name=case.name,
        verdict=verdict,
        hidden=case.hidden,
        weight=case.points,
        points=case.weight * passed if passed is not None else case.points if verdict is Verdict.passed else 0,
        expected=answer.expected,
        actual=answer.actual,
        diff=answer.diff,
        stdout=storable(execution.stdout),
        stderr=storable(execution.stderr),
        explanation=None if explanation is None else storable(explanation),
        error=None if error is None else _storable_error(error),
        wall_ms=execution.wall_ms,
        cpu_ms=execution.cpu_ms,
        memory_kb=execution.memory_kb,
        tier=tier,
        fault=None if fault is None else storable(fault),
    )


def answer_to_check(case: Case, execution: Execution, source: str, limits: Limits = _DEFAULTS) -> tuple[Wire] | None:
    """The answer that is the checker's to compare; None when the case is decided without one."""
    if case.comparison.mode != "checker" or _ending_for(case, execution, source, limits) is not None:
        return None
    expected = case.expected
    if isinstance(expected, ExpectedOutput):
        unexpected = expected.exit_code is not None and expected.exit_code != execution.exit_code
        return None if unexpected else (execution.stdout,)
    try:
        value = _returned(case, execution)
    except WireError:
        return None
    return (value,) if is_complete(value) else None  # what was cut off can't be judged by anybody


def unrun(case: Case, position: int, verdict: Verdict, explanation: str, tier: str) -> CaseResult:
    """The result of a case that was not run at all, for instance after two that took too long."""
    return CaseResult(
        position=position,
        name=case.name,
        verdict=verdict,
        hidden=case.hidden,
        weight=case.points,
        points=0,
        explanation=explanation,
        tier=tier,
    )


def score_of(results: Sequence[CaseResult]) -> int:
    """100 x points of passed cases / all points, rounded half up; 0 when no case has weight."""
    weight = sum(result.weight for result in results)
    points = sum(result.points for result in results)
    return (200 * points + weight) // (2 * weight) if weight else 0


def assess_run(execution: Execution, source: str, limits: Limits = _DEFAULTS) -> RunResult:
    """The outcome of a free run: nothing is expected, so `passed` means that the program ended well."""
    ending = ending_of(execution, source, limits, stdio=True)
    verdict, explanation, error = (
        (Verdict.passed, None, None) if ending is None else (ending.verdict, ending.explanation, ending.error)
    )
    if ending is None and execution.exit_code:
        verdict, explanation = Verdict.runtime_error, _exit_code_sentence(execution.exit_code)
    return RunResult(
        stdout=storable(execution.stdout),
        stderr=storable(execution.stderr),
        exit_code=execution.exit_code,
        verdict=verdict,
        error=None if error is None else _storable_error(error),
        explanation=None if explanation is None else storable(explanation),
        wall_ms=execution.wall_ms,
        cpu_ms=execution.cpu_ms,
        memory_kb=execution.memory_kb,
        truncated=execution.stdout_truncated,
    )


def storable(text: str) -> str:
    """The text with what a database or a JSON reader refuses (NUL, lone surrogates) made visible."""
    return text.replace("\0", "␀").encode("utf-8", "backslashreplace").decode()


def _storable_error(error: ErrorDetail) -> ErrorDetail:
    return {
        "type": storable(error["type"]),
        "message": storable(error["message"]),
        "line": error["line"],
        "traceback": storable(error["traceback"]),
    }


class _Answer:
    """What is shown of an answer; `explanation` is None exactly when it is right."""

    __slots__ = ("actual", "diff", "expected", "explanation")

    def __init__(self, expected: str | None, actual: str | None, diff: str | None, explanation: str | None) -> None:
        self.expected = expected
        self.actual = actual
        self.diff = diff
        self.explanation = explanation


def _ending_for(case: Case, execution: Execution, source: str, limits: Limits) -> Ending | None:
    """Why the case has failed before its answer is looked at, None if it has not."""
    expected = case.expected
    ending = ending_of(execution, source, limits, stdio=case.kind == "stdio")
    if ending is not None and ending.error is not None and _is_undefined(case, ending.error):
        name = str(case.input["function"]).partition(".")[0]
        near = close_name(name, source)
        hint = f"is {near!r} meant to be it?" if near is not None else "name it exactly as the exercise does."
        return Ending(Verdict.runtime_error, f"Your code defines no {name!r}: {hint}", ending.error)
    if isinstance(expected, ExpectedError) and _raised(expected, execution, ending):
        return None
    if ending is None and isinstance(expected, ExpectedOutput) and expected.exit_code is None and execution.exit_code:
        return Ending(Verdict.runtime_error, _exit_code_sentence(execution.exit_code), None)
    return ending


def _is_undefined(case: Case, error: ErrorDetail) -> bool:
    """Whether the function or class to call does not exist: an error of that name on no line of the student's."""
    if case.kind != "call" or error["type"] != "NameError" or error["line"] is not None:
        return False
    return f"'{case.input['function'].partition('.')[0]}'" in error["message"]


def _raised(expected: ExpectedError, execution: Execution, ending: Ending | None) -> bool:
    """Whether the expected class of exception came out of the call (its message is looked at later)."""
    report = execution.report
    if ending is None or ending.error is None or report is None or report.get("stage") != "call":
        return False
    bases = report["error"].get("bases")
    names = [name for name in bases[:20] if isinstance(name, str)] if isinstance(bases, list) else []
    if expected.exact_type or expected.type == ending.error["type"]:
        return expected.type == ending.error["type"]
    return expected.type in names and _is_one_kind(names)


def _is_one_kind(names: list[str]) -> bool:
    """Whether the built-in classes among these are one line of descent: nothing may be every exception at once."""
    classes = [known for name in names if isinstance(known := getattr(builtins, name, None), type)]
    return all(issubclass(a, b) or issubclass(b, a) for a, b in itertools.combinations(classes, 2))


def _exit_code_sentence(exit_code: int) -> str:
    return (
        f"Your program ended with exit code {exit_code}, which means failure: sys.exit() or sys.exit(0) means success."
    )


def _shown_expected(case: Case) -> str | None:
    expected = case.expected
    if isinstance(expected, ExpectedValue):
        return storable(display(expected.value))
    if isinstance(expected, ExpectedError):
        if expected.message is not None:
            return storable(f"raises {expected.type}: {expected.message}")
        return f"raises {expected.type}" + (f" with a message like {expected.match!r}" if expected.match else "")
    if isinstance(expected, ExpectedTests):
        return f"{len(expected.names)} tests pass"
    if isinstance(expected, ExpectedProperty):  # property.py makes calls of it, which expect a value
        return None
    return None if expected.stdout is None else _shown_text(expected.stdout)


def _shown_text(text: str) -> str:
    shown = text if len(text) <= MAX_SHOWN else f"{text[:MAX_SHOWN]}… ({len(text) - MAX_SHOWN} more characters)"
    return storable(shown)


def _read_checked(case: Case, execution: Execution, checked: Execution) -> tuple[_Answer, str | None]:
    said = read_answer(case, checked)
    program = isinstance(case.expected, ExpectedOutput)
    actual = _shown_text(execution.stdout) if program else storable(display(_returned(case, execution)))
    answer = _Answer(_shown_expected(case), actual, None, said.message if said.fault is None else NOT_CHECKED)
    return answer, said.fault


def _read_tests(case: Case, execution: Execution, key: bytes) -> tuple[_Answer, int]:
    """The answer, and how many tests passed."""
    result = read_results(case, execution, key)
    shown = _shown_expected(case)
    if result.fault is not None:
        return _Answer(shown, None, None, result.fault), 0
    lines = [f"failed {name}: {why}" if why else f"passed {name}" for name, why in result.tests]
    failing = next(((name, why) for name, why in result.tests if why), None)
    sentence = None if failing is None else f"The test {failing[0]} fails. {failing[1]}"
    return _Answer(shown, _shown_text("\n".join(lines)), None, sentence), result.passed


def _returned(case: Case, execution: Execution) -> Wire:
    """The value that the child claims. Raises WireError when it is none."""
    field = "value" if case.input.get("mutates") is None else "mutated"
    return check_wire((execution.report or {}).get(field))


def _compare(case: Case, execution: Execution) -> _Answer:
    report = execution.report or {}
    expected, shown = case.expected, _shown_expected(case)
    if isinstance(expected, ExpectedOutput):
        return _compare_output(expected, case.comparison, execution, report)
    if isinstance(expected, ExpectedError):
        return _compare_error(expected, shown, report)
    assert isinstance(expected, ExpectedValue)  # tests are read, not compared
    mutates = case.input.get("mutates")
    try:
        actual = _returned(case, execution)
    except WireError:
        return _Answer(shown, None, None, UNREADABLE)
    subject = "Your function returned" if case.kind == "call" else "The expression's value is"
    if mutates is not None:
        subject = f"Afterwards argument {mutates} is"
    if same_value(expected.value, actual, case.comparison):
        return _Answer(shown, storable(display(actual)), None, None)
    if case.comparison.mode == "regex" and isinstance(actual, str):
        return _Answer(shown, storable(display(actual)), None, explain_lines(expected.value, actual))
    sentence = feedback.explain_value(expected.value, actual, execution.stdout, subject)
    diff = value_diff(expected.value, actual)
    return _Answer(shown, storable(display(actual)), None if diff is None else storable(diff), sentence)


def _compare_error(expected: ExpectedError, shown: str | None, report: dict[str, Any]) -> _Answer:
    if report.get("ok") is True:
        value: Wire = report.get("value")
        try:
            value = check_wire(value)
        except WireError:
            value = {"t": "cut"}
        return _Answer(shown, storable(display(value)), None, feedback.explain_uncalled(expected.type, value))
    error = error_detail(report["error"], "")
    message = error["message"]
    actual = storable(f"raises {error['type']}: {message}" if message else f"raises {error['type']}")
    if expected.message is not None and message != expected.message:
        return _Answer(shown, actual, None, f"The right exception, but its message should be {expected.message!r}.")
    if expected.match is None or found(expected.match, message):
        return _Answer(shown, actual, None, None)
    return _Answer(shown, actual, None, f"The right exception, but its message should match {expected.match!r}.")


def _compare_output(
    expected: ExpectedOutput, comparison: Comparison, execution: Execution, report: dict[str, Any]
) -> _Answer:
    shown = None if expected.stdout is None else _shown_text(expected.stdout)
    actual = _shown_text(execution.stdout)
    if expected.stdout is not None and not same_text(expected.stdout, execution.stdout, comparison):
        diff = _diff_for(expected.stdout, execution.stdout, comparison)
        return _Answer(shown, actual, diff, _explain_text(expected.stdout, execution.stdout, comparison))
    if expected.exit_code is not None and execution.exit_code != expected.exit_code:
        sentence = f"Your program ended with exit code {execution.exit_code}, but {expected.exit_code} was expected."
        return _Answer(shown, actual, None, sentence)
    files = report.get("files")
    files = files if isinstance(files, dict) else {}
    for name, content in expected.files.items():
        written = files.get(name)
        if not isinstance(written, str):
            return _Answer(shown, actual, None, f"Your program should have written a file called {name!r}.")
        if not same_text(content, written, comparison):
            sentence = f"In the file {name!r}: {_explain_text(content, written, comparison)}"
            return _Answer(shown, actual, _diff_for(content, written, comparison), sentence)
    return _Answer(shown, actual, None, None)


def _explain_text(expected: str, actual: str, comparison: Comparison) -> str:
    return explain_lines(expected, actual) if comparison.mode == "regex" else feedback.explain_output(expected, actual)


def _diff_for(expected: str, actual: str, comparison: Comparison) -> str | None:
    if comparison.mode == "regex":  # a pattern and a text differ everywhere
        return None
    if comparison.mode != "exact":
        expected, actual = ("".join(f"{line}\n" for line in trimmed(text)) for text in (expected, actual))
    return storable(text_diff(expected, actual))
