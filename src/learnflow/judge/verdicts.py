"""What comes out of the judge: verdicts, the result of a case, of a submission, of a free run."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Literal, TypedDict

# The child's one report is read up to this many bytes; a longer one counts as no report at all.
MAX_REPORT_BYTES = 2**20


class Verdict(StrEnum):
    """How one test case ended."""

    passed = "passed"
    wrong_answer = "wrong_answer"
    runtime_error = "runtime_error"
    syntax_error = "syntax_error"
    time_limit = "time_limit"
    memory_limit = "memory_limit"
    output_limit = "output_limit"
    forbidden = "forbidden"
    internal_error = "internal_error"


@dataclass(slots=True, kw_only=True)
class Execution:
    """What one sandboxed child left behind, before anything is decided.

    Everything in it but the measurements is untrusted.
    `stopped` says why the service killed the child; None when it ended by itself or by a limit of the kernel.
    `report` is the child's one JSON report (see inside/harness.py), None if it never wrote a readable one.
    """

    exit_code: int | None = None
    signal: int | None = None
    stopped: Literal["wall", "output"] | None = None
    stdout: str = ""
    stderr: str = ""
    stdout_truncated: bool = False
    report: dict[str, Any] | None = None
    wall_ms: float = 0.0
    cpu_ms: float = 0.0
    memory_kb: int = 0
    out_of_memory: bool = False  # the kernel killed it because its cgroup had no memory left


class ErrorDetail(TypedDict):
    """An exception of the student's code. `line` is None when no line of theirs is known."""

    type: str
    message: str
    line: int | None
    traceback: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseResult:
    """The outcome of one test case.

    The case's data appears only in expected, actual, diff, stdout, stderr, explanation and error: whoever hides a
    hidden case blanks these seven and nothing else. `points` is 0 or `weight`, or between them where each of several
    tests has its own; `trust` is always "isolated": no student's code shares a process with what decides (it did under
    older judges). `fault` is for the teacher alone: why an internal_error is the exercise's own.
    """

    position: int
    name: str
    verdict: Verdict
    hidden: bool
    weight: int
    points: int
    expected: str | None = None
    actual: str | None = None
    diff: str | None = None
    stdout: str = ""
    stderr: str = ""
    explanation: str | None = None
    error: ErrorDetail | None = None
    wall_ms: float = 0.0
    cpu_ms: float = 0.0
    memory_kb: int = 0
    trust: Literal["isolated"] = "isolated"
    tier: str = "full"
    fault: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """The outcome of a submission: its cases in order; score is 100 x points / weights, rounded half up."""

    results: list[CaseResult]
    score: int
    passed: bool
    tier: str
    judge_version: str
    interpreter: str
    modules: dict[str, str] = field(default_factory=dict)  # beside the standard library, with their versions


@dataclass(frozen=True, slots=True, kw_only=True)
class RunResult:
    """The outcome of a free run (the Run button); the verdict `passed` means only that the program ended well."""

    stdout: str
    stderr: str
    exit_code: int | None
    verdict: Verdict
    error: ErrorDetail | None
    explanation: str | None
    wall_ms: float
    cpu_ms: float
    memory_kb: int
    truncated: bool
