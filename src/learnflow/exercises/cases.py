"""What a test case looks like: the shapes clients write, read and store.

The shapes and bounds are checked here. Whether the judge can work with what stands in them (a literal, a pattern, an
expression) is asked of the judge through `verification.CheckDefinition` before anything is stored.
"""

import math
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    WrapValidator,
    model_validator,
)
from pydantic_core import InitErrorDetails, PydanticCustomError

from learnflow.core.text import without_nul

MAX_CASES = 100
MAX_NAME = 200
MAX_WEIGHT = 1000
MAX_TEXT = 256 * 1024
"""Characters of one text: stdin, stdout, a file."""
MAX_DEPTH = 40
"""Lists and objects inside one another in a value."""
MAX_FILES = 20
MAX_TEST_FILE = 40_000
MAX_CHECKER = 20_000
"""Characters of a teacher's comparison function, or of another function of theirs."""
MAX_RUNS = 500
"""Inputs that a generator makes for one case."""
MAX_FILE_NAME = 100
"""Bytes in UTF-8."""
MAX_ARGUMENTS = 100

Place = tuple[str | int, ...]


def misplaced(place: Place, message: str) -> ValidationError:
    """An error at `place` below the value being validated; pydantic puts its own path before it."""
    error = PydanticCustomError("senseless", "{why}", {"why": message})
    return ValidationError.from_exception_data("value", [InitErrorDetails(type=error, loc=place, input=None)])


def _storable(value: Any) -> Any:
    _check_value(value, ())
    return value


def _check_value(value: Any, place: Place) -> None:
    """JSON that both databases can hold and any client can read."""
    if len(place) > MAX_DEPTH:
        raise misplaced(place[:3], f"This value is nested more than {MAX_DEPTH} deep; make it flatter.")
    if isinstance(value, str):
        _check_characters(value, place)
    elif isinstance(value, float):
        if not math.isfinite(value):
            raise misplaced(place, 'JSON has no nan or infinity; write {"$py": "nan"} or {"$py": "inf"}.')
    elif isinstance(value, list):
        for index, item in enumerate(value):
            _check_value(item, (*place, index))
    elif isinstance(value, dict):
        _check_object(value, place)
    elif value is not None and not isinstance(value, int):
        raise misplaced(place, f"A {type(value).__name__} is not a JSON value; put it in quotation marks.")


def _check_object(value: dict[Any, Any], place: Place) -> None:
    if "$py" in value and (len(value) > 1 or not isinstance(value["$py"], str)):
        raise misplaced(place, 'Write {"$py": "a Python literal"} with nothing else beside "$py".')
    for key, item in value.items():
        if not isinstance(key, str):
            raise misplaced(place, 'The keys of an object are texts; write {"$py": "{1: 2}"} for others.')
        _check_characters(key, place)
        _check_value(item, (*place, key[:100]))


def _check_characters(text: str, place: Place) -> None:
    if "\0" in text or any("\ud800" <= char <= "\udfff" for char in text):
        raise misplaced(place, 'A text can\'t hold NUL or half a surrogate pair; write {"$py": "\'\\\\x00\'"} for NUL.')


def _one_line(text: str) -> str:
    if not text.isprintable():
        raise ValueError("Give a name of one line without invisible characters.")
    return text


def _plain_file_name(name: str) -> str:
    if (
        "/" in name
        or "\\" in name
        or name.startswith(".")
        or not name.isprintable()
        or len(name.encode()) > MAX_FILE_NAME
    ):
        raise ValueError('Use a plain file name such as "data.txt": no folder, no leading dot, nothing invisible.')
    if name == "main.py":
        raise ValueError("main.py is the student's program; choose another name.")
    return name


Value = Annotated[Any, AfterValidator(_storable)]
CaseName = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_NAME),
    AfterValidator(_one_line),
]
CaseText = Annotated[str, Field(max_length=MAX_TEXT), AfterValidator(without_nul)]
Argument = Annotated[str, Field(max_length=10_000), AfterValidator(without_nul)]
FileName = Annotated[str, Field(min_length=1, max_length=MAX_FILE_NAME), AfterValidator(_plain_file_name)]
Files = Annotated[dict[FileName, CaseText], Field(max_length=MAX_FILES)]


TeachersFunction = Annotated[str, Field(min_length=1, max_length=MAX_CHECKER), AfterValidator(without_nul)]


class _Part(BaseModel):
    """Nothing unknown and nothing converted: `"1"` is no number here, as the schema says."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Comparison(_Part):
    """How an answer is compared.

    `rel` and `abs` are the tolerances of mode float, of which the larger one counts. `code` is the program of mode
    checker: a function `check(expected, actual, input)` that returns whether the answer is right, or
    `{"passed": false, "message": "for the student"}`.
    """

    mode: Literal["exact", "trimmed", "tokens", "float", "unordered", "regex", "checker"]
    rel: Annotated[float, Field(ge=0, lt=1e300, allow_inf_nan=False)] | None = None
    abs: Annotated[float, Field(ge=0, lt=1e300, allow_inf_nan=False)] | None = None
    code: TeachersFunction | None = None

    @model_validator(mode="after")
    def _has_what_belongs_to_its_mode(self) -> "Comparison":
        if self.mode != "float" and (self.rel is not None or self.abs is not None):
            raise ValueError('Tolerances ("rel", "abs") belong to mode "float".')
        if (self.mode == "checker") != (self.code is not None):
            raise misplaced(("code",), 'Mode "checker", and no other, has "code": def check(expected, actual, input).')
        return self


class _Case(_Part):
    name: CaseName
    hidden: bool = False
    weight: Annotated[int, Field(ge=0, le=MAX_WEIGHT)] = 1
    comparison: Comparison | None = None


class StdioInput(_Part):
    """`prompts`: whether what `input("…")` prints is part of the output; null: as the exercise says."""

    stdin: CaseText = ""
    args: Annotated[list[Argument], Field(max_length=MAX_ARGUMENTS)] = []
    files: Files = {}
    prompts: bool | None = None


class StdioExpected(_Part):
    """What the program leaves behind; what is not given is not looked at."""

    stdout: CaseText | None = None
    files: Files = {}
    exit_code: Annotated[int, Field(ge=0, le=255)] | None = None

    @model_validator(mode="after")
    def _says_something(self) -> "StdioExpected":
        if self.stdout is None and self.exit_code is None and not self.files:
            raise ValueError("Say what the program must print (stdout), write (files) or end with (exit_code).")
        return self


class StdioCase(_Case):
    """The program is run with typed input; what it prints is compared."""

    kind: Literal["stdio"]
    input: StdioInput
    expected: StdioExpected


class Init(_Part):
    """The arguments from which a method's object is built."""

    args: Annotated[list[Value], Field(max_length=MAX_ARGUMENTS)] = []
    kwargs: Annotated[dict[str, Value], Field(max_length=MAX_ARGUMENTS)] = {}


def _check_function(function: str, init: Init | None) -> None:
    parts = function.split(".")
    if len(parts) > 2 or not all(part.isidentifier() for part in parts):
        raise misplaced(("function",), 'Name the function to call, such as "add", or "Stack.push" for a method.')
    if init is not None and len(parts) == 1:
        raise misplaced(("init",), '"init" builds the object of a method; write the function as "Class.method".')


class CallInput(_Part):
    """`mutates` names the argument (from 0) that is compared after the call instead of what it returns."""

    function: Annotated[str, Field(max_length=200, examples=["add", "Stack.push"])]
    args: Annotated[list[Value], Field(max_length=MAX_ARGUMENTS)] = []
    kwargs: Annotated[dict[str, Value], Field(max_length=MAX_ARGUMENTS)] = {}
    init: Init | None = None
    mutates: Annotated[int, Field(ge=0, lt=MAX_ARGUMENTS)] | None = None

    @model_validator(mode="after")
    def _names_something_to_call(self) -> "CallInput":
        _check_function(self.function, self.init)
        if self.mutates is not None and self.mutates >= len(self.args):
            raise misplaced(("mutates",), f"There is no argument {self.mutates}; the first one is 0.")
        return self


class CallCase(_Case):
    """A function is called; `expected` is what it returns, or `{"raises": "ValueError", "match": "…"}`."""

    kind: Literal["call"]
    input: CallInput
    expected: Value


class ExpressionInput(_Part):
    expression: Annotated[str, Field(min_length=1, max_length=2_000), AfterValidator(without_nul)]


class ExpressionCase(_Case):
    """An expression is worked out after the program has run."""

    kind: Literal["expression"]
    input: ExpressionInput
    expected: Value


class UnitInput(_Part):
    """`module` is the name by which the tests import the student's code."""

    test_file: Annotated[str, Field(min_length=1, max_length=MAX_TEST_FILE), AfterValidator(without_nul)]
    module: Annotated[str, Field(max_length=100, pattern="^[A-Za-z_][A-Za-z0-9_]*$", examples=["add"])]


class UnitCase(_Case):
    """Tests of your own, unittest's or pytest's way, each worth `weight` points. Students may read the file."""

    kind: Literal["unit"]
    input: UnitInput
    expected: None = None


class PropertyInput(_Part):
    """`generator` makes the arguments: `def generate(random, size)` returns their list; `random` is seeded with `seed`
    and `size` goes from 0 to 50 in the course of the `runs`. `valid`, a function of the arguments, says which of the
    smaller inputs that are tried after a failure make sense. Students get neither. `mutates` as for a call.
    """

    function: Annotated[str, Field(max_length=200, examples=["sort_numbers", "Stack.push"])]
    generator: TeachersFunction
    runs: Annotated[int, Field(ge=1, le=MAX_RUNS)] = 100
    valid: TeachersFunction | None = None
    seed: Annotated[int, Field(ge=0, lt=2**32)] = 0
    init: Init | None = None
    mutates: Annotated[int, Field(ge=0, lt=MAX_ARGUMENTS)] | None = None

    @model_validator(mode="after")
    def _names_something_to_call(self) -> "PropertyInput":
        _check_function(self.function, self.init)
        return self


class PropertyExpected(_Part):
    """`reference`, a function of the arguments, returns what is right; or `def check(args, result)` returns True or a
    text that says why not. Students get neither.
    """

    reference: TeachersFunction | None = None
    check: TeachersFunction | None = None

    @model_validator(mode="after")
    def _says_one_thing(self) -> "PropertyExpected":
        if (self.reference is None) == (self.check is None):
            raise ValueError('Give either "reference", which computes what is right, or "check", which decides.')
        return self


class PropertyCase(_Case):
    """A function is called with many inputs that a generator makes; a failing one is made as small as it can be."""

    kind: Literal["property"]
    input: PropertyInput
    expected: PropertyExpected


AnyCase: TypeAlias = StdioCase | CallCase | ExpressionCase | UnitCase | PropertyCase

_KINDS: dict[str, type[AnyCase]] = {
    "stdio": StdioCase,
    "call": CallCase,
    "expression": ExpressionCase,
    "unit": UnitCase,
    "property": PropertyCase,
}


def _by_kind(raw: Any, _handler: object) -> AnyCase:
    # pydantic's own union would put the kind into the path of every error: test_cases[2].call.input.function
    if isinstance(raw, _Case):
        return raw  # type: ignore[return-value]  # nothing but these kinds is derived from _Case
    if not isinstance(raw, dict):
        raise misplaced((), 'Give an object such as {"name": "adds", "kind": "call", "input": {...}, "expected": 3}.')
    kind = raw.get("kind")
    model = _KINDS.get(kind) if isinstance(kind, str) else None
    if model is None:
        raise misplaced(("kind",), f"Say which kind of case this is: {', '.join(_KINDS)}.")
    return model.model_validate(raw)


TestCase = Annotated[Annotated[AnyCase, Field(discriminator="kind")], WrapValidator(_by_kind)]


def _make_sense_together(cases: list[AnyCase]) -> list[Any]:
    seen: dict[str, int] = {}
    for index, case in enumerate(cases):
        if case.name in seen:
            raise misplaced((index, "name"), f"Test case {seen[case.name] + 1} has this name too; give each its own.")
        seen[case.name] = index
    if cases and not any(case.weight for case in cases):
        raise ValueError("Give at least one test case a weight above 0.")
    return cases


TestCases = Annotated[list[TestCase], Field(max_length=MAX_CASES), AfterValidator(_make_sense_together)]


def normalised(case: AnyCase) -> dict[str, Any]:
    """The case as it is stored: comparison, weight and `hidden` always said, inputs without what is the default."""
    default = "trimmed" if isinstance(case, StdioCase) else "exact"
    comparison = case.comparison or Comparison.model_validate({"mode": default})
    expected = case.expected
    return {
        "name": case.name,
        "kind": case.kind,
        "input": case.input.model_dump(exclude_defaults=True),
        "expected": expected.model_dump(exclude_defaults=True) if isinstance(expected, _Part) else expected,
        "hidden": case.hidden,
        "weight": case.weight,
        "comparison": comparison.model_dump(exclude_defaults=True),
    }


def cases_to_judge(
    test_cases: list[dict[str, Any]], expected_output: str | None, *, prompts: bool
) -> list[dict[str, Any]]:
    """The stored cases; without any, the one program whose output is `expected_output`.

    `prompts` is the exercise's own, for cases that don't say.
    """
    cases = test_cases if test_cases or expected_output is None else _printing(expected_output)
    return [_with_prompts(case) for case in cases] if prompts else cases


def _with_prompts(case: dict[str, Any]) -> dict[str, Any]:
    return case if case["kind"] != "stdio" else case | {"input": {"prompts": True} | case["input"]}


def _printing(expected_output: str) -> list[dict[str, Any]]:
    return [
        {
            "name": "output",
            "kind": "stdio",
            "input": {},
            "expected": {"stdout": expected_output},
            "hidden": False,
            "weight": 1,
            "comparison": {"mode": "trimmed"},
        }
    ]
