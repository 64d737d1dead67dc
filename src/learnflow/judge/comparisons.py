"""How answers may be compared, and which definitions of it make sense. compare.py is what does it."""

import ast
import warnings
from dataclasses import dataclass
from typing import Any, Literal, get_args

from learnflow.judge import fields
from learnflow.judge.expectations import (
    Expected,
    ExpectedError,
    ExpectedOutput,
    ExpectedProperty,
    ExpectedTests,
    ExpectedValue,
)
from learnflow.judge.inside.encoder import Wire
from learnflow.judge.limits import CaseError
from learnflow.judge.patterns import check_patterns
from learnflow.judge.wire import kind_of, number_of

Mode = Literal["exact", "trimmed", "tokens", "float", "unordered", "regex", "checker"]

MAX_CODE = 20_000  # characters of a checker
_MODES: tuple[Mode, ...] = get_args(Mode)


@dataclass(frozen=True, slots=True)
class Comparison:
    """How an answer is compared.

    `rel` and `abs` are the tolerances of mode float (the larger one counts), `code` is the program of mode checker.
    """

    mode: Mode = "exact"
    rel: float = 1e-9
    abs: float = 1e-9
    code: str = ""


def parse_comparison(raw: Any, expected: Expected, at: str) -> Comparison:
    """The checked comparison of a case that expects this; the usual one for None. Raises CaseError."""
    if raw is None:
        return Comparison("trimmed") if isinstance(expected, ExpectedOutput) else Comparison()
    if not isinstance(raw, dict):
        raise CaseError(at, 'Give an object such as {"mode": "exact"}.')
    mode = next((mode for mode in _MODES if raw.get("mode") == mode), None)
    if mode is None:
        raise CaseError(f"{at}.mode", f"Say how to compare: {', '.join(_MODES)}.")
    if isinstance(expected, ExpectedTests) and mode != "exact":
        raise CaseError(f"{at}.mode", "Tests compare by themselves; leave the comparison out.")
    if isinstance(expected, ExpectedProperty) and expected.by == "check" and mode != "exact":
        raise CaseError(f"{at}.mode", "What check says is what counts; leave the comparison out.")
    if mode == "checker":
        return _checker(raw, expected, at)
    fields.mapping(raw, at, ("mode", "rel", "abs"), '{"mode": "exact"}')
    if mode != "float" and len(raw) > 1:
        raise CaseError(at, 'Tolerances ("rel", "abs") belong to mode "float".')
    tolerances: dict[str, Any] = {name: _tolerance(raw[name], f"{at}.{name}") for name in ("rel", "abs") if name in raw}
    _refuse_senseless_mode(mode, expected, at)
    return Comparison(mode, **tolerances)


def _checker(raw: dict[str, Any], expected: Expected, at: str) -> Comparison:
    fields.mapping(raw, at, ("mode", "code"), '{"mode": "checker", "code": "def check(expected, actual, input): ..."}')
    code = fields.text(raw.get("code"), f"{at}.code", MAX_CODE)
    functions = [node for node in python_module(code, f"{at}.code").body if isinstance(node, ast.FunctionDef)]
    if not any(function.name == "check" for function in functions):
        raise CaseError(f"{at}.code", "Define a function check(expected, actual, input) in it.")
    if isinstance(expected, ExpectedError):
        raise CaseError(f"{at}.mode", "An exception is compared by its type and match alone; leave the comparison out.")
    if isinstance(expected, ExpectedOutput) and (expected.stdout is None or expected.files):
        raise CaseError(f"{at}.mode", "A checker looks at what is printed: give stdout in expected, and no files.")
    return Comparison("checker", code=code)


def python_module(code: str, at: str) -> ast.Module:
    """A teacher's Python file, parsed. Raises CaseError with the line when it is none."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what Python would say of \\d in a text is no reason to refuse it
            return ast.parse(code)
    except SyntaxError as error:
        raise CaseError(at, f"Not a Python program: {error.msg} (line {error.lineno}).") from error
    except (ValueError, RecursionError, MemoryError) as error:
        raise CaseError(at, f"Not a Python program: {error}.") from error


def _tolerance(raw: Any, at: str) -> float:
    if isinstance(raw, bool) or not isinstance(raw, (int, float)) or not 0 <= raw < 1e300:
        raise CaseError(at, "Give a tolerance of 0 or more, such as 0.01.")
    return float(raw)


def _refuse_senseless_mode(mode: Mode, expected: Expected, comparison: str) -> None:
    at = f"{comparison}.mode"
    if isinstance(expected, ExpectedProperty):  # what its reference returns is not known yet
        return
    if mode == "regex":
        check_patterns(_texts(expected), f"{comparison.removesuffix('.comparison')}.expected")
    if mode == "exact" or isinstance(expected, ExpectedOutput):
        return
    if isinstance(expected, ExpectedError):
        raise CaseError(at, "An exception is compared by its type and match alone; leave the comparison out.")
    assert isinstance(expected, ExpectedValue)  # tests have no other mode than exact
    kind = kind_of(expected.value)
    if mode in ("trimmed", "tokens", "regex") and kind != "str":
        raise CaseError(at, f"Mode {mode!r} compares texts, but what is expected is of type {kind}; use exact.")
    if mode == "unordered" and kind not in ("list", "tuple", "set", "frozenset", "str"):
        raise CaseError(at, f"A value of type {kind} has no order to ignore; use exact.")
    if mode == "float" and not _has_number(expected.value):
        raise CaseError(at, "There is no number in what is expected; use exact.")


def _texts(expected: Expected) -> list[str]:
    if isinstance(expected, ExpectedOutput):
        return [*([] if expected.stdout is None else [expected.stdout]), *expected.files.values()]
    return [expected.value] if isinstance(expected, ExpectedValue) and isinstance(expected.value, str) else []


def _has_number(wire: Wire) -> bool:
    if number_of(wire) is not None or isinstance(wire, str):
        return True
    if isinstance(wire, dict):
        return wire["t"] == "complex" or (wire["t"] != "bytes" and _has_number(wire.get("v")))
    return isinstance(wire, list) and any(map(_has_number, wire))
