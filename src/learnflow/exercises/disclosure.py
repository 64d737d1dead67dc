"""What of an exercise this caller may see. Nothing else turns an exercise or a case's outcome into output.

Staff see everything. Students and guests never see the solution before `shown_solution` allows it, what is in a hidden
case, or a hint that was not revealed to them; of a hidden case they see that there is one, its name, and its verdict.
"""

from typing import Any

from learnflow.accounts.access import Caller, is_staff
from learnflow.exercises.errors import ExerciseNotFound, SolutionLocked
from learnflow.exercises.queries import Published
from learnflow.exercises.schemas import (
    ExerciseOut,
    HiddenCase,
    HintOut,
    LimitOverrides,
    ShownComparison,
    SolutionOut,
    VisibleCase,
)


def require_visible(published: Published, caller: Caller) -> None:
    """An archived exercise does not exist for students and guests. Raises ExerciseNotFound."""
    if published.archived_at is not None and not is_staff(caller):
        raise ExerciseNotFound(published.id)


def sees_hidden(caller: Caller) -> bool:
    return is_staff(caller)


def shown_exercise(published: Published, caller: Caller, *, revealed: int = 0) -> ExerciseOut:
    """The exercise for this caller, to whom `revealed` rungs of its hints were revealed."""
    staff = is_staff(caller)
    return ExerciseOut.model_validate(
        {
            "id": published.id,
            "title": published.title,
            "slug": published.slug,
            "description": published.description,
            "difficulty_level": published.difficulty_level,
            "topic": published.topic,
            "module": published.module,
            "starter_code": published.starter_code,
            "solution_code": published.solution_code if staff else None,
            "expected_output": published.expected_output,
            "test_cases": [_shown_case(case, caller) for case in published.test_cases],
            "hints": published.hints if staff else published.hints[:revealed],
            "hints_total": len(published.hints),
            "limits": LimitOverrides.model_validate(published.limits),
            "modules": published.modules,
            "prompts": published.prompts,
            "solution_policy": published.solution_policy,
            "language": published.language,
            "version": published.version,
            "created_at": published.created_at,
            "updated_at": published.updated_at,
            "archived_at": published.archived_at if staff else None,
        }
    )


def shown_solution(published: Published, caller: Caller, *, solved: bool) -> SolutionOut:
    """The solution, if this caller may read it now. Raises SolutionLocked saying what to do."""
    if not is_staff(caller):
        if published.solution_policy == "never":
            raise SolutionLocked("This exercise keeps its solution to itself. Its hints are there for you.")
        if published.solution_policy != "always" and not solved:
            raise SolutionLocked("Solve the exercise first: once a submission of yours passes, you may read it.")
    return SolutionOut(exercise_id=published.id, version=published.version, solution_code=published.solution_code)


def shown_hint(published: Published, rung: int) -> HintOut:
    """The rung, counted from 1, that was just revealed to the caller."""
    return HintOut(rung=rung, hint=published.hints[rung - 1], hints_total=len(published.hints))


def _shown_case(case: dict[str, Any], caller: Caller) -> VisibleCase | HiddenCase:
    if case["hidden"] and not sees_hidden(caller):
        return HiddenCase(name=case["name"])
    comparison = ShownComparison.model_validate(case["comparison"])
    if is_staff(caller):
        return VisibleCase(**case | {"comparison": comparison})
    comparison.code = None
    shown = case | {"comparison": comparison}
    if case["kind"] == "property":  # functions of the teacher's: the reference is the solution
        given = {name: value for name, value in case["input"].items() if name not in ("generator", "valid")}
        shown |= {"input": given, "expected": None}
    return VisibleCase(**shown)


def visible_cases(test_cases: list[dict[str, Any]], caller: Caller) -> list[dict[str, Any]]:
    """The stored cases that this caller may see in full, and so may run."""
    return [case for case in test_cases if sees_hidden(caller) or not case["hidden"]]


def visible_case(detail: dict[str, Any], hidden: bool, caller: Caller) -> dict[str, Any] | None:
    """One case's outcome (expected, actual, diff, stdout, stderr, explanation, error), or None when it is hidden.

    Whoever gets None may still be told the case's name and verdict.
    """
    return None if hidden and not sees_hidden(caller) else detail
