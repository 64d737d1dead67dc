"""Two questions that only a judge can answer, asked from below: `entry` binds what answers them.

`app.state.check_definition` (CheckDefinition): can the judge work with these cases and limits? Never forced.
`app.state.verify_exercise` (Verify): does the solution pass, and does the starter fail? `?force=true` skips it.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from learnflow.accounts.access import Caller

CheckDefinition: TypeAlias = Callable[[list[dict[str, Any]], Mapping[str, Any], Sequence[str]], None]
"""(test cases, limits, modules): raises `core.errors.InvalidInput` naming the field, such as
`test_cases[2].input.function`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What is to be verified; `test_cases` are the ones to judge, never empty (see `cases.cases_to_judge`)."""

    starter_code: str
    solution_code: str
    test_cases: list[dict[str, Any]]
    limits: dict[str, Any]
    modules: list[str] = field(default_factory=list)
    language: str = "python"


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseVerdict:
    """What became of one case; `verdict` is one of api.md's, `passed` among them.

    `fault`: the case itself can't be judged by, whatever the program, and the explanation says why.
    """

    name: str
    verdict: str
    explanation: str | None = None
    fault: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """`failures`: the cases that the solution does not pass; `starter_passes`: the starter passes every case.

    `modules_fault`: why the exercise's modules can't be used; nothing was judged then.
    """

    failures: tuple[CaseVerdict, ...] = ()
    starter_passes: bool = False
    modules_fault: str | None = None


class ModulesUnusable(Exception):
    """An exercise's modules can't be used here; the message says why."""


Verify: TypeAlias = Callable[[Draft, Caller], Awaitable[Verification]]
"""Raises `core.errors.Unavailable` when no grader takes or answers it."""

JudgeCode: TypeAlias = Callable[
    [str, list[dict[str, Any]], Mapping[str, Any], Sequence[str]], Awaitable[list[CaseVerdict]]
]
"""What `course check` proves a course with.

(code, test cases, limits, modules): a verdict per case, in order; raises ModulesUnusable, and when the judge itself
fails.
"""
