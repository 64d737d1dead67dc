"""Shapes that the submissions room takes and gives."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from learnflow.core.ids import LARGEST_ID
from learnflow.core.text import Text

LARGEST_CODE = 64 * 1024
"""Bytes of UTF-8 of one program."""

LARGEST_STDIN = 64 * 1024
LONGEST_FEEDBACK = 10_000

ExerciseId = Annotated[int, Field(ge=1, le=LARGEST_ID, examples=[1])]


def _not_empty(code: str) -> str:
    if not code:
        raise ValueError("Write some code first: there is nothing to judge.")
    return code


# The length is declared here and checked in `hand_in`, which answers 413 and counts bytes instead of characters.
Code = Annotated[
    Text,
    AfterValidator(_not_empty),
    Field(
        json_schema_extra={"minLength": 1, "maxLength": LARGEST_CODE},
        description=f"The program: 1 byte to {LARGEST_CODE // 1024} KiB of UTF-8.",
        examples=["def add(a, b):\n    return a + b\n"],
    ),
]


VerdictName = Literal[
    "passed",
    "wrong_answer",
    "runtime_error",
    "syntax_error",
    "time_limit",
    "memory_limit",
    "output_limit",
    "forbidden",
    "internal_error",
]


class Input(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class HandIn(Input):
    exercise_id: ExerciseId
    code: Code
    language: Literal["python"] = "python"


class RunRequest(Input):
    """`exercise_id` asks for the exercise's visible cases as well."""

    code: Code
    stdin: Annotated[Text, Field(max_length=LARGEST_STDIN, description="What the program reads.")] = ""
    exercise_id: ExerciseId | None = None


class TraceRequest(Input):
    """`exercise_id` and `position` name a visible case to run the program by; `stdin` is not used then."""

    code: Code
    stdin: Annotated[Text, Field(max_length=LARGEST_STDIN, description="What the program reads.")] = ""
    exercise_id: ExerciseId | None = None
    position: Annotated[int, Field(ge=0, lt=1000, description="The case's place, from 0.", examples=[0])] | None = None


class EvaluationRequest(Input):
    score: Annotated[int, Field(ge=0, le=100, examples=[80])]
    feedback: Annotated[Text, Field(max_length=LONGEST_FEEDBACK, examples=["Clear names. Mind the empty list."])] = ""


class Evaluation(BaseModel):
    """What a teacher said; it stands until a teacher says otherwise."""

    score: int
    feedback: str
    evaluated_by: int | None = Field(description="The teacher's `student.id`; null when the account is gone.")
    evaluated_at: datetime


class JudgedWith(BaseModel):
    """By what the verdict was reached: with the code and the exercise's version it can be reached again, bit for bit.

    `fault` tells a teacher why nothing could be judged; null for students.
    """

    tier: str | None = Field(None, examples=["full"])
    judge_version: str | None = None
    interpreter: str | None = Field(None, examples=["CPython 3.11.7"])
    modules: dict[str, str] | None = Field(
        None, description="Modules beside the standard library, with their versions.", examples=[{"numpy": "2.4.6"}]
    )
    limits: dict[str, float] | None = Field(None, description="What one case might use, in seconds and bytes.")
    hash_seed: int | None = Field(None, description="PYTHONHASHSEED, which decides the order of sets.")
    random_seed: int | None = Field(None, description="Seed of `random` in case 0; each case has its position added.")
    fault: str | None = None


class ErrorShown(BaseModel):
    """An exception of the student's code; the traceback is cut to their own lines."""

    type: str = Field(examples=["ValueError"])
    message: str
    line: int | None
    traceback: str


class CaseShown(BaseModel):
    """One test case's outcome. Of a hidden case students get name and verdict, the rest is null."""

    position: int = Field(description="From 0, in the exercise's order.")
    name: str = Field(examples=["adds negative numbers"])
    hidden: bool
    verdict: VerdictName
    points: int | None = None
    weight: int | None = None
    expected: str | None = None
    actual: str | None = None
    diff: str | None = None
    stdout: str | None = None
    stderr: str | None = None
    explanation: str | None = None
    error: ErrorShown | None = None
    trust: Literal["isolated", "shared-process"] | None = Field(
        None, description="Whether the program ran apart from what decided; results of older judges may say no."
    )
    wall_ms: float | None = None
    cpu_ms: float | None = None
    memory_kb: int | None = None


class SubmissionSummary(BaseModel):
    """`score` and `feedback` are the teacher's where there is an evaluation, else the judge's."""

    id: int
    student_id: int
    exercise_id: int
    exercise_version: int
    language: str
    status: Literal["queued", "running", "passed", "failed", "error"]
    score: int | None = Field(description="0 to 100; null until graded, and for `error`.")
    feedback: str | None = Field(examples=["3 of 4 cases passed; first failing: adds negative numbers."])
    submitted_at: datetime
    graded_at: datetime | None


class SubmissionDetail(SubmissionSummary):
    code: str
    judged_score: int | None = Field(description="The judge's own score, whatever a teacher said.")
    judged_feedback: str | None
    evaluation: Evaluation | None
    attempt: int = Field(description="Which of the graders' tries was recorded; 0 before.")
    started_at: datetime | None
    judged_with: JudgedWith | None
    cases: list[CaseShown]


class RunAnswer(BaseModel):
    """What the program did by itself with `stdin`; `verdict` passed means only that it ended well."""

    stdout: str
    stderr: str
    exit_code: int | None
    verdict: VerdictName
    explanation: str | None
    error: ErrorShown | None
    truncated: bool
    wall_ms: float
    cpu_ms: float
    memory_kb: int
    cases: list[CaseShown] = Field(description="The exercise's visible cases, when one was named.")


class TracedCall(BaseModel):
    frame: int = Field(description="0 is the module; functions are counted as they are called.")
    function: str = Field(examples=["<module>"])
    line: int


class TracedChange(BaseModel):
    """A variable that is new, has another value, or is gone (null)."""

    frame: int
    name: str = Field(examples=["total"])
    value: str | None = Field(description="At most 200 characters.", examples=["[1, 2]"])


class TraceStep(BaseModel):
    """What there is before a line runs, when a function returns or yields, or when an exception passes the line."""

    event: Literal["line", "return", "yield", "exception"]
    line: int = Field(examples=[1])
    output: int = Field(description="How many characters of `stdout` were printed so far.")
    stack: list[TracedCall] = Field(description="Outermost first; long ones without their middle.")
    left_out: int = Field(description="Calls left out in the middle of `stack`.")
    changed: list[TracedChange] = Field(description="In the frame that runs and in the module, since they last ran.")
    value: str | None = Field(None, description="What is returned, yielded or raised.")


class TraceAnswer(BaseModel):
    """`ended`: by itself (`end`), where the trace came to its bound of 1,000 `steps` or of `size` (the program is ended
    there too, and there is no verdict), or `stopped` by a limit of the sandbox, which leaves no steps.
    """

    stdout: str
    stderr: str
    exit_code: int | None
    verdict: VerdictName | None
    explanation: str | None
    error: ErrorShown | None
    ended: Literal["end", "steps", "size", "stopped"]
    steps: list[TraceStep]


class QueuedNotice(BaseModel):
    position: int | None = Field(description="1 is next; null when it is not in the queue any more.")


class RunningNotice(BaseModel):
    attempt: int


class CaseNotice(BaseModel):
    """A case that ended. Provisional: only what `graded` says counts, a new attempt begins again."""

    attempt: int
    provisional: Literal[True] = True
    case: CaseShown
