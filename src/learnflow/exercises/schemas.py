"""Shapes that cross the edge of the exercises room."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, model_validator

from learnflow.core import module_names
from learnflow.core.text import ShortText, Text, without_nul
from learnflow.exercises.cases import TestCases, cases_to_judge, misplaced, normalised
from learnflow.exercises.standing import Status
from learnflow.exercises.verification import Draft

MAX_CODE = 64 * 1024
"""Bytes of one program in UTF-8."""
MAX_CONTENT = 512 * 1024
"""Bytes of everything an exercise holds together."""
MAX_HINTS = 20

Difficulty = Literal["beginner", "intermediate", "advanced"]
Language = Literal["python"]
SolutionPolicy = Literal["after_solving", "always", "never"]


def _fits(text: str) -> str:
    if len(text.encode()) > MAX_CODE:
        raise ValueError(f"At most {MAX_CODE // 1024} KiB of UTF-8; shorten it.")
    return text


def _plain_lines(text: str) -> str:
    """One kind of line end, so that what is written to files and read again is the same."""
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def _visible(text: str) -> str:
    if not text.isprintable():
        raise ValueError("Give one line without invisible characters.")
    return text


Line = Annotated[ShortText, AfterValidator(_visible)]
Label = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100), AfterValidator(_visible)]
"""A topic or a module: what lists are filtered by."""
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=100)]
Lines = Annotated[str, Field(max_length=MAX_CODE), AfterValidator(_plain_lines), AfterValidator(without_nul)]
Code = Annotated[Lines, AfterValidator(_fits)]
Hint = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2_000), AfterValidator(without_nul)
]


class LimitOverrides(BaseModel):
    """What one test case may use where the product's own limits don't fit; seconds and bytes."""

    model_config = ConfigDict(extra="forbid", strict=True)

    wall_seconds: Annotated[float, Field(ge=0.1, le=15, allow_inf_nan=False)] | None = None
    cpu_seconds: Annotated[float, Field(ge=0.1, le=10, allow_inf_nan=False)] | None = None
    memory_bytes: Annotated[int, Field(ge=32 * 2**20, le=512 * 2**20)] | None = None
    output_bytes: Annotated[int, Field(ge=2**10, le=2**20)] | None = None
    file_bytes: Annotated[int, Field(ge=0, le=16 * 2**20)] | None = None


EXAMPLE: dict[str, Any] = {
    "title": "Add two numbers",
    "description": "Write a function `add(a, b)` that returns the sum of its two arguments.",
    "difficulty_level": "beginner",
    "topic": "variables",
    "module": "Basics",
    "starter_code": "def add(a, b):\n    ...\n",
    "solution_code": "def add(a, b):\n    return a + b\n",
    "test_cases": [
        {"name": "two small numbers", "kind": "call", "input": {"function": "add", "args": [2, 3]}, "expected": 5},
        {
            "name": "a negative number",
            "kind": "call",
            "input": {"function": "add", "args": [-4, 10]},
            "expected": 6,
            "hidden": True,
        },
    ],
    "hints": ["What are the two numbers called inside your function?"],
}


def _modules(names: list[str]) -> list[str]:
    for index, name in enumerate(names):
        fault = module_names.fault_of(name)
        if fault is None and name in names[:index]:
            fault = f"{name} is listed twice: once is enough."
        if fault is not None:
            raise misplaced((index,), fault)
    return names


Modules = Annotated[
    list[str],
    Field(
        max_length=module_names.MOST_MODULES,
        description="Modules beside the standard library that programs may import, of those that the operator offers.",
        examples=[["numpy"]],
    ),
    AfterValidator(_modules),
]
Prompts = Annotated[bool, Field(description='Whether what `input("…")` prints counts, where a case doesn\'t say.')]


class ExerciseIn(BaseModel):
    """An exercise as a teacher writes it. Give `test_cases`, or `expected_output` for a program that only prints."""

    model_config = ConfigDict(extra="forbid", strict=True, json_schema_extra={"examples": [EXAMPLE]})

    title: Line
    slug: Slug | None = Field(None, description="The exercise's address; made from the title when left out.")
    description: Annotated[Lines, Field(min_length=1, description="Markdown.")]
    difficulty_level: Difficulty
    topic: Label
    module: Label
    starter_code: Code = ""
    solution_code: Annotated[Code, Field(min_length=1)]
    expected_output: Annotated[Text, Field(max_length=MAX_CODE)] | None = None
    test_cases: TestCases = []
    hints: Annotated[list[Hint], Field(max_length=MAX_HINTS, description="A ladder: rung by rung.")] = []
    limits: LimitOverrides | None = None
    modules: Modules = []
    prompts: Prompts = False
    solution_policy: SolutionPolicy = "after_solving"
    language: Language = "python"

    @model_validator(mode="after")
    def _can_be_judged(self) -> Self:
        if not self.test_cases and self.expected_output is None:
            raise ValueError("Give at least one of test_cases and expected_output: without them nothing can be judged.")
        size = len(self.model_dump_json().encode())
        if size > MAX_CONTENT:
            raise ValueError(f"All of it together has {size // 1024} KiB; at most {MAX_CONTENT // 1024} KiB fit.")
        return self

    def stored_cases(self) -> list[dict[str, Any]]:
        return [normalised(case) for case in self.test_cases]

    def stored_limits(self) -> dict[str, Any]:
        return self.limits.model_dump(exclude_none=True) if self.limits else {}

    def draft(self) -> Draft:
        return Draft(
            starter_code=self.starter_code,
            solution_code=self.solution_code,
            test_cases=cases_to_judge(self.stored_cases(), self.expected_output, prompts=self.prompts),
            limits=self.stored_limits(),
            modules=self.modules,
            language=self.language,
        )


class ShownComparison(BaseModel):
    """How an answer is compared; the code of a checker is for staff alone, since it may tell the solution."""

    mode: str = Field(examples=["exact"])
    rel: float | None = None
    abs: float | None = None
    code: str | None = None


class VisibleCase(BaseModel):
    """A test case in full, but for functions of a teacher's (of a checker, of a property), which students don't get."""

    name: str
    kind: Literal["stdio", "call", "expression", "unit", "property"]
    input: dict[str, Any]
    expected: Any
    hidden: bool
    weight: int
    comparison: ShownComparison


class HiddenCase(BaseModel):
    """A hidden test case as students see it: that there is one, and its name."""

    model_config = ConfigDict(extra="forbid")

    name: str
    hidden: Literal[True] = True


class ExerciseOut(BaseModel):
    """An exercise as this caller may see it: for students without solution, hidden cases and unrevealed hints."""

    id: int
    title: str
    slug: str
    description: str
    difficulty_level: Difficulty
    topic: str
    module: str
    starter_code: str
    solution_code: str | None = Field(description="For staff; students ask GET /{id}/solution.")
    expected_output: str | None
    test_cases: Sequence[VisibleCase | HiddenCase]
    hints: Sequence[str] = Field(description="The rungs this caller may read: revealed ones, for staff all.")
    hints_total: int
    limits: LimitOverrides
    modules: list[str]
    prompts: bool
    solution_policy: SolutionPolicy
    language: str
    version: int
    created_at: datetime
    updated_at: datetime
    archived_at: datetime | None


class ExerciseSummary(BaseModel):
    """An exercise in a list."""

    id: int
    slug: str
    title: str
    topic: str
    module: str
    difficulty_level: Difficulty
    language: str
    version: int
    created_at: datetime
    updated_at: datetime
    status: Status | None = Field(None, description="The caller's own; only for those who are signed in.")
    archived_at: datetime | None = Field(None, description="Only in the list of archived exercises.")


class SolutionOut(BaseModel):
    exercise_id: int
    version: int
    solution_code: str


class HintOut(BaseModel):
    """The rung just revealed, counted from 1."""

    rung: int
    hint: str
    hints_total: int
