"""Comparison `checker`: a teacher's function decides, in a sandboxed child of its own.

    def check(expected, actual, input): ...   # True, False or {"passed": False, "message": "for the student"}

It gets plain values. For a program `expected` and `actual` are texts and `input` is {"stdin", "args", "files"}; for a
call it is {"function", "args", "kwargs"}; for an expression {"expression"}. Whatever goes wrong in it is the teacher's
fault: the case is an internal_error with a `fault` that says why, and no zero for the student.
"""

from dataclasses import dataclass
from typing import Any

from learnflow.judge.cases import Case, ExpectedOutput, ExpectedValue
from learnflow.judge.explain.endings import ending_of
from learnflow.judge.inside.encoder import Wire
from learnflow.judge.limits import Limits
from learnflow.judge.verdicts import Execution
from learnflow.judge.wire import WireError, check_wire, display

CHECKER_LIMITS = Limits()
MAX_MESSAGE = 1_000  # characters of what a checker says to a student
NOT_CHECKED = "The exercise's own comparison failed. This is not your program's fault: your teacher has to mend it."
_NOT_ACCEPTED = "Your answer is not accepted."


@dataclass(frozen=True, slots=True)
class Checked:
    """What a checker said: `message` is None when the answer is right; `fault` is for the teacher."""

    message: str | None = None
    fault: str | None = None


def checker_job(case: Case, answer: Wire) -> dict[str, Any]:
    """The job of the child that compares `answer` (in wire form) with what the case expects."""
    expected: Wire = None
    if isinstance(case.expected, ExpectedValue):
        expected = case.expected.value
    elif isinstance(case.expected, ExpectedOutput):
        expected = case.expected.stdout
    return {
        "kind": "checker",
        "source": case.comparison.code,
        "arguments": [plain(expected), plain(answer), plain(_input(case))],
    }


def read_answer(case: Case, execution: Execution) -> Checked:
    """What the checker's child left behind, as a decision."""
    ending = ending_of(execution, case.comparison.code, CHECKER_LIMITS, stdio=False)
    name = f"The checker of the case {case.name!r}"
    if ending is not None and ending.error is not None:
        error = ending.error
        where = "" if error["line"] is None else f" on line {error['line']}"
        return Checked(fault=f"{name} raised {error['type']}{where}: {error['message']}")
    if ending is not None:
        return Checked(fault=f"{name} gave no answer ({ending.verdict}).")
    try:
        value = check_wire((execution.report or {}).get("value"))
    except WireError:
        value = {"t": "cut"}
    said = decision_of(value)
    return said or Checked(
        fault=f'{name} returned {display(value, 200)}; True, False or {{"passed": False, "message": "…"}} is meant.'
    )


def decision_of(value: Wire) -> Checked | None:
    """What a checker's value means; None when it means nothing."""
    said = (value, "") if isinstance(value, bool) else _said(value)
    if said is None:
        return None
    passed, message = said
    return Checked(message=None if passed else message[:MAX_MESSAGE] or _NOT_ACCEPTED)


def _said(value: Wire) -> tuple[bool, str] | None:
    if not (isinstance(value, dict) and value["t"] == "dict"):
        return None
    entries = {key: item for key, item in value["v"] if isinstance(key, str)}
    passed, message = entries.get("passed"), entries.get("message", "")
    message = "" if message is None else message
    if len(entries) != len(value["v"]) or not entries.keys() <= {"passed", "message"}:
        return None
    return (passed, message) if isinstance(passed, bool) and isinstance(message, str) else None


def _input(case: Case) -> Wire:
    given = case.input
    if case.kind == "stdio":
        files = {"t": "dict", "v": [[name, text] for name, text in given["files"].items()]}
        return _dict(stdin=given["stdin"], args=given["args"], files=files)
    if case.kind == "expression":
        return _dict(expression=given["expression"])
    kwargs = {"t": "dict", "v": [[name, value] for name, value in given["kwargs"].items()]}
    return _dict(function=given["function"], args=given["args"], kwargs=kwargs)


def _dict(**items: Wire) -> Wire:
    return {"t": "dict", "v": [[name, value] for name, value in items.items()]}


def plain(wire: Wire, *, hashable: bool = False) -> Wire:
    """The nearest value of built-in types alone, which a program that knows no class of the student's can hold.

    A dataclass becomes a dict of its fields, an object of a kind of built-in value that value, any other its text.
    """
    if isinstance(wire, list):
        items = [plain(item, hashable=hashable) for item in wire]
        return {"t": "tuple", "v": items} if hashable else items
    if not isinstance(wire, dict):
        return wire
    tag, inner = wire["t"], wire.get("v") or ()
    if tag == "object" and "as" in wire:
        return plain(wire["as"], hashable=hashable)
    if tag == "tuple":
        return {"t": tag, "v": [plain(item, hashable=hashable) for item in inner]}
    if tag == "frozenset" or (tag == "set" and not hashable):
        return {"t": tag, "v": [plain(item, hashable=True) for item in inner]}
    if tag in ("dict", "dataclass") and not hashable:
        return {"t": "dict", "v": [[plain(key, hashable=True), plain(item)] for key, item in inner]}
    return wire if tag in ("int", "float", "complex", "bytes") else display(wire)
