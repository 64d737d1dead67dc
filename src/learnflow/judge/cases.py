"""What a test case is, once checked. `parse_cases` makes them from the raw definitions of an exercise."""

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from learnflow.judge import fields
from learnflow.judge.comparisons import Comparison, Mode, parse_comparison
from learnflow.judge.expectations import (
    Expected,
    ExpectedError,
    ExpectedOutput,
    ExpectedProperty,
    ExpectedTests,
    ExpectedValue,
)
from learnflow.judge.inside.encoder import MAX_MESSAGE, Wire
from learnflow.judge.limits import CaseError
from learnflow.judge.literals import wire_of
from learnflow.judge.patterns import check_pattern
from learnflow.judge.property_definition import property_expected, property_input
from learnflow.judge.test_files import check_module, tests_in
from learnflow.judge.wire import kind_of

__all__ = [
    "Case",
    "Comparison",
    "Expected",
    "ExpectedError",
    "ExpectedOutput",
    "ExpectedProperty",
    "ExpectedTests",
    "ExpectedValue",
    "Kind",
    "Mode",
    "case_from_expected_output",
    "job_input",
    "parse_cases",
]

Kind = Literal["stdio", "call", "expression", "unit", "property"]

MAX_CASES = 100
MAX_NAME = 200
MAX_TEXT = 256 * 2**10  # characters of one text: stdin, stdout, a file
MAX_ALL_TEXT = 2**20  # characters of all cases' texts together
MAX_FILES = 20
MAX_WEIGHT = 1000
MAX_TEST_FILE = 40_000  # characters

_KINDS: tuple[Kind, ...] = get_args(Kind)
_MUTABLE = ("dict", "set", "dataclass")


@dataclass(frozen=True, slots=True)
class Case:
    """One test case. `input` is what `job_input` sends into the sandbox; `expected` never leaves the service.

    A case of kind unit has `weight` points for each of its tests. `kept` is what property.py has worked out of a case
    and need not work out again for the next program.
    """

    name: str
    kind: Kind
    input: Mapping[str, Any]
    expected: Expected
    hidden: bool = False
    weight: int = 1
    comparison: Comparison = Comparison()  # noqa: RUF009  # frozen
    kept: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)

    @property
    def points(self) -> int:
        """What there is to be had for it."""
        return self.weight * (len(self.expected.names) if isinstance(self.expected, ExpectedTests) else 1)


def job_input(case: Case) -> dict[str, Any]:
    """The JSON-ready part of a job that may enter the sandbox: never what is expected, the name or the weight.

    A property case is many jobs, which property.py makes: ValueError.
    """
    if isinstance(case.expected, ExpectedProperty):
        raise ValueError(f"the case {case.name!r} is of kind property")  # noqa: TRY004  # of its type it is a Case
    job: dict[str, Any] = {"kind": case.kind, **case.input}
    if isinstance(case.expected, ExpectedOutput):
        job["want_files"] = sorted(case.expected.files)
    return job


def case_from_expected_output(expected_output: str) -> Case:
    """The one stdio case of an exercise that has an expected output and no cases."""
    return parse_cases([{"name": "output", "kind": "stdio", "input": {}, "expected": {"stdout": expected_output}}])[0]


def parse_cases(raw: Any, field: str = "test_cases") -> list[Case]:
    """The checked cases of an exercise.

    Raises CaseError for the first thing that makes no sense, naming the field and what to do about it.
    """
    if not isinstance(raw, list):
        raise CaseError(field, "Give a list of test cases.")
    if not raw:
        raise CaseError(field, "Give at least one test case.")
    if len(raw) > MAX_CASES:
        raise CaseError(field, f"An exercise may have {MAX_CASES} test cases; this one has {len(raw)}.")
    cases: list[Case] = []
    size = 0
    for index, definition in enumerate(raw):
        at = f"{field}[{index}]"
        size += fields.size_of(definition, at)
        if size > MAX_ALL_TEXT:
            raise CaseError(at, f"All test cases together may hold {MAX_ALL_TEXT} characters; shorten them.")
        case = _parse_case(definition, at, index + 1)
        if any(case.name == other.name for other in cases):
            raise CaseError(f"{at}.name", f"Two test cases are called {case.name!r}; give each a name of its own.")
        cases.append(case)
    if not any(case.weight for case in cases):
        raise CaseError(field, "Give at least one test case a weight above 0.")
    return cases


def _parse_case(raw: Any, at: str, position: int) -> Case:
    known = ("name", "kind", "input", "expected", "hidden", "weight", "comparison", "mutates")
    raw = fields.mapping(raw, at, known, '{"name": "adds", "kind": "call", "input": {...}, "expected": 3}')
    kind = _kind(raw.get("kind"), f"{at}.kind")
    if "expected" not in raw and kind != "unit":
        raise CaseError(f"{at}.expected", "Say what is expected.")
    given = _mutates_in_one_place({"expected": None, **raw}, kind, at)
    expected: Expected
    if kind == "unit":
        inputs, expected = _unit_input(given["input"], f"{at}.input")
        if given["expected"] is not None:
            raise CaseError(f"{at}.expected", "The tests themselves say what is expected; write null.")
    elif kind == "property":
        inputs = property_input(given["input"], f"{at}.input", _init)
        expected = property_expected(given["expected"], f"{at}.expected")
    elif kind == "stdio":
        inputs, expected = _stdio_input(given["input"], f"{at}.input"), _output(given["expected"], f"{at}.expected")
    else:
        inputs = (_call_input if kind == "call" else _expression_input)(given["input"], f"{at}.input")
        expected = _value_or_error(given["expected"], f"{at}.expected")
        if inputs.get("mutates") is not None and isinstance(expected, ExpectedError):
            raise CaseError(f"{at}.expected", 'Use either "mutates" or "raises".')
    return Case(
        name=_name(raw.get("name", f"Case {position}"), f"{at}.name"),
        kind=kind,
        input=inputs,
        expected=expected,
        hidden=fields.flag(raw.get("hidden", False), f"{at}.hidden"),
        weight=fields.whole(raw.get("weight", 1), f"{at}.weight", 0, MAX_WEIGHT),
        comparison=parse_comparison(raw.get("comparison"), expected, f"{at}.comparison"),
    )


def _kind(raw: Any, at: str) -> Kind:
    for kind in _KINDS:
        if raw == kind:
            return kind
    raise CaseError(at, f"Say which kind of case this is: {', '.join(_KINDS)}.")


def _name(raw: Any, at: str) -> str:
    name = fields.text(raw, at, MAX_NAME).strip()
    if not name or not name.isprintable():
        raise CaseError(at, 'Give the case a name of one line, such as "an empty list".')
    return name


def _mutates_in_one_place(raw: dict[str, Any], kind: Kind, at: str) -> dict[str, Any]:
    """The case's input and expected, with "mutates" in the input wherever it was written.

    It may stand in the case, in its input, or in expected as {"mutates": 0, "value": [...]}.
    """
    inputs, expected = raw.get("input", {}), raw["expected"]
    if isinstance(expected, dict) and set(expected) == {"mutates", "value"}:
        places, expected = [expected["mutates"]], expected["value"]
    else:
        places = []
    if "mutates" in raw:
        places.append(raw["mutates"])
    if not places:
        return {"input": inputs, "expected": expected}
    if kind not in ("call", "property") or not isinstance(inputs, dict) or len(places) + ("mutates" in inputs) > 1:
        raise CaseError(f"{at}.mutates", 'Write "mutates" once, in the input of a call.')
    return {"input": {**inputs, "mutates": places[0]}, "expected": expected}


def _stdio_input(raw: Any, at: str) -> dict[str, Any]:
    raw = fields.mapping(raw, at, ("stdin", "args", "files", "prompts"), '{"stdin": "3\\n"}')
    args = raw.get("args", [])
    if not isinstance(args, list) or len(args) > 100:
        raise CaseError(f"{at}.args", 'Give a list of texts, such as ["--verbose"].')
    arguments = [fields.text(arg, f"{at}.args[{index}]", 10_000) for index, arg in enumerate(args)]
    for index, arg in enumerate(arguments):
        if "\0" in arg:
            raise CaseError(f"{at}.args[{index}]", "A program's argument can't hold a NUL character; remove it.")
    return {
        "stdin": fields.text(raw.get("stdin", ""), f"{at}.stdin", MAX_TEXT),
        "args": arguments,
        "files": _files(raw.get("files", {}), f"{at}.files"),
        "prompts": fields.flag(raw.get("prompts", False), f"{at}.prompts"),
    }


def _unit_input(raw: Any, at: str) -> tuple[dict[str, Any], ExpectedTests]:
    raw = fields.mapping(raw, at, ("test_file", "module"), '{"test_file": "from add import add\\n…", "module": "add"}')
    test_file = fields.text(raw.get("test_file"), f"{at}.test_file", MAX_TEST_FILE)
    module = fields.identifier(raw.get("module"), f"{at}.module")
    check_module(module, f"{at}.module")
    return {"test_file": test_file, "module": module}, ExpectedTests(tests_in(test_file, f"{at}.test_file"))


def _files(raw: Any, at: str) -> dict[str, str]:
    if not isinstance(raw, dict) or len(raw) > MAX_FILES:
        raise CaseError(at, f'Give at most {MAX_FILES} files, such as {{"data.txt": "1\\n2\\n"}}.')
    return {
        fields.file_name(name, f"{at}.{name}"[:300]): fields.text(content, f"{at}.{name}"[:300], MAX_TEXT)
        for name, content in raw.items()
    }


def _call_input(raw: Any, at: str) -> dict[str, Any]:
    known = ("function", "args", "kwargs", "init", "mutates")
    raw = fields.mapping(raw, at, known, '{"function": "add", "args": [1, 2]}')
    function, has_method = fields.function_path(raw.get("function"), f"{at}.function")
    if "init" in raw and not has_method:
        raise CaseError(f"{at}.init", '"init" builds the object of a method; write the function as "Class.method".')
    args, kwargs = _arguments(raw.get("args", []), raw.get("kwargs", {}), at)
    return {
        "function": function,
        "args": args,
        "kwargs": kwargs,
        "init": _init(raw.get("init", {}), f"{at}.init") if has_method else None,
        "mutates": _mutates(raw.get("mutates"), args, f"{at}.mutates"),
    }


def _arguments(args: Any, kwargs: Any, at: str) -> tuple[list[Wire], dict[str, Wire]]:
    if not isinstance(args, list):
        raise CaseError(f"{at}.args", "Give a list with the arguments in order, such as [1, 2].")
    if not isinstance(kwargs, dict):
        raise CaseError(f"{at}.kwargs", 'Give an object with the arguments by name, such as {"key": 1}.')
    positional = [wire_of(arg, f"{at}.args[{index}]") for index, arg in enumerate(args)]
    named = {
        fields.identifier(name, f"{at}.kwargs.{name}"[:300]): wire_of(arg, f"{at}.kwargs.{name}"[:300])
        for name, arg in kwargs.items()
    }
    return positional, named


def _init(raw: Any, at: str) -> dict[str, Any]:
    raw = {"args": raw} if isinstance(raw, list) else raw
    raw = fields.mapping(raw, at, ("args", "kwargs"), '{"args": [], "kwargs": {}}')
    args, kwargs = _arguments(raw.get("args", []), raw.get("kwargs", {}), at)
    return {"args": args, "kwargs": kwargs}


def _mutates(raw: Any, args: Sequence[Wire], at: str) -> int | None:
    if raw is None:
        return None
    if not args:
        raise CaseError(at, "There is no argument that could be changed; give args.")
    index = fields.whole(raw, at, 0, len(args) - 1)
    if not is_changeable(args[index]):
        raise CaseError(at, f"Argument {index} is a {kind_of(args[index])}, which a function can't change.")
    return index


def is_changeable(argument: Wire) -> bool:
    """Whether a function can change the value that it is given."""
    return isinstance(argument, list) or (isinstance(argument, dict) and argument["t"] in _MUTABLE)


def _expression_input(raw: Any, at: str) -> dict[str, Any]:
    raw = fields.mapping(raw, at, ("expression",), '{"expression": "add(1, 2)"}')
    expression = fields.text(raw.get("expression"), f"{at}.expression", 2_000).strip()
    try:
        compile(expression, "case", "eval", dont_inherit=True)
        ast.parse(expression, mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise CaseError(
            f"{at}.expression", f"Not a Python expression: {error}. Write one such as add(1, 2)."
        ) from error
    return {"expression": expression}


def _value_or_error(raw: Any, at: str) -> ExpectedValue | ExpectedError:
    if not (isinstance(raw, dict) and "raises" in raw):
        return ExpectedValue(wire_of(raw, at))
    known = ("raises", "match", "message", "exact_type")
    raw = fields.mapping(raw, at, known, '{"raises": "ValueError", "match": "negative"}')
    match, message = raw.get("match"), raw.get("message")
    if match is not None and message is not None:
        raise CaseError(f"{at}.message", 'Use either "match", a pattern, or "message", the whole text.')
    if match is not None:
        check_pattern(fields.text(match, f"{at}.match", 10_000), f"{at}.match")
    if message is not None:
        fields.text(message, f"{at}.message", MAX_MESSAGE - 1)
    return ExpectedError(
        fields.identifier(raw["raises"], f"{at}.raises"),
        match,
        message,
        fields.flag(raw.get("exact_type", False), f"{at}.exact_type"),
    )


def _output(raw: Any, at: str) -> ExpectedOutput:
    raw = {"stdout": raw} if isinstance(raw, str) else raw
    raw = fields.mapping(raw, at, ("stdout", "files", "exit_code"), '{"stdout": "6\\n"}')
    stdout, exit_code = raw.get("stdout"), raw.get("exit_code")
    files = _files(raw.get("files", {}), f"{at}.files")
    if stdout is None and exit_code is None and not files:
        raise CaseError(at, "Say what the program must print (stdout), write (files) or end with (exit_code).")
    return ExpectedOutput(
        stdout=None if stdout is None else fields.text(stdout, f"{at}.stdout", MAX_TEXT),
        files=files,
        exit_code=None if exit_code is None else fields.whole(exit_code, f"{at}.exit_code", 0, 255),
    )
