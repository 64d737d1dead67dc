"""The steps of one run, to be drawn: like the Run button no attempt, and emptied an hour later."""

from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from learnflow.accounts.access import Caller
from learnflow.core.errors import InvalidInput
from learnflow.exercises.cases import cases_to_judge
from learnflow.exercises.errors import ArchivedExercise
from learnflow.exercises.queries import current
from learnflow.submissions.run import enqueue
from learnflow.submissions.schemas import TraceRequest

TRACEABLE = ("stdio", "call", "expression")
"""Kinds of cases that run the program once."""


async def enqueue_trace(session: AsyncSession, caller: Caller, asked: TraceRequest) -> int:
    """Raises ExerciseNotFound, ArchivedExercise, InvalidInput for a case that can't be traced."""
    assert caller.id is not None
    request: dict[str, Any] = {"code": asked.code, "stdin": asked.stdin, "test_cases": [], "limits": {}, "position": 0}
    if (asked.exercise_id is None) != (asked.position is None):
        missing = "exercise_id" if asked.exercise_id is None else "position"
        raise InvalidInput.of(missing, "Give both exercise_id and the position of one of its cases, or neither.")
    if asked.exercise_id is not None and asked.position is not None:
        exercise = await current(session, asked.exercise_id)
        if exercise.archived_at is not None:
            raise ArchivedExercise(asked.exercise_id)
        cases = cases_to_judge(exercise.test_cases, exercise.expected_output, prompts=exercise.prompts)
        request |= {
            "test_cases": [_case_at(cases, asked.position)],
            "limits": exercise.limits,
            "modules": exercise.modules,
            "position": asked.position,
        }
    return await enqueue(session, student_id=caller.id, kind="trace", request=request, exercise_id=asked.exercise_id)


def _case_at(cases: list[dict[str, Any]], position: int) -> dict[str, Any]:
    if position >= len(cases):
        raise InvalidInput.of("position", f"The exercise has {len(cases)} cases; the first one is 0.")
    case = cases[position]
    if case["hidden"]:
        raise InvalidInput.of(
            "position", "This case is hidden, and its steps would show what is in it: choose another."
        )
    if case["kind"] not in TRACEABLE:
        raise InvalidInput.of("position", f"A case of kind {case['kind']} has no single run to trace: choose another.")
    return case
