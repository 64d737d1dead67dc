"""The Run button: a program's output at once, not an attempt. Its row is emptied an hour later."""

import time
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from typing import Any

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession

from learnflow.accounts.access import Caller
from learnflow.core.clock import now
from learnflow.core.database import Database
from learnflow.exercises.cases import cases_to_judge
from learnflow.exercises.disclosure import visible_cases
from learnflow.exercises.errors import ArchivedExercise
from learnflow.exercises.queries import current
from learnflow.submissions import queries, queue
from learnflow.submissions.errors import NoGraderInTime
from learnflow.submissions.live import Finished, Live, Watch
from learnflow.submissions.models import Execution
from learnflow.submissions.schemas import RunRequest

PATIENCE_SECONDS = 30.0
"""How long somebody waits for an execution; a grader that comes to it later leaves it be."""

SECONDS_BETWEEN_LOOKS = 0.5
"""How often the database is asked, for a grader in another process can't tell us."""


async def enqueue(
    session: AsyncSession, *, student_id: int, kind: str, request: dict[str, Any], exercise_id: int | None = None
) -> int:
    """Write an execution (`kind` is run or verify) and its place in the queue; returns its id."""
    row = {
        "student_id": student_id,
        "exercise_id": exercise_id,
        "kind": kind,
        "status": "queued",
        "request": request,
        "created_at": now(),
    }
    inserted = await session.execute(insert(Execution).values(row).returning(Execution.id))
    execution_id = inserted.scalar_one()
    await queue.enqueue_execution(session, execution_id, student_id=student_id)
    return execution_id


async def enqueue_run(session: AsyncSession, caller: Caller, asked: RunRequest) -> int:
    """Raises ExerciseNotFound, ArchivedExercise."""
    assert caller.id is not None
    request: dict[str, Any] = {"code": asked.code, "stdin": asked.stdin, "test_cases": [], "limits": {}}
    if asked.exercise_id is not None:
        exercise = await current(session, asked.exercise_id)
        if exercise.archived_at is not None:
            raise ArchivedExercise(asked.exercise_id)
        cases = cases_to_judge(exercise.test_cases, exercise.expected_output, prompts=exercise.prompts)
        request |= {
            "test_cases": visible_cases(cases, caller),
            "limits": exercise.limits,
            "modules": exercise.modules,
        }
    return await enqueue(session, student_id=caller.id, kind="run", request=request, exercise_id=asked.exercise_id)


async def outcome_of(
    database: Database, watch: Watch, execution_id: int, *, patience_seconds: float = PATIENCE_SECONDS
) -> dict[str, Any]:
    """The execution's outcome as soon as there is one. Raises NoGraderInTime when it could not be had."""
    deadline = time.monotonic() + patience_seconds
    while True:
        left = deadline - time.monotonic()
        notice = await watch.next(min(max(left, 0), SECONDS_BETWEEN_LOOKS))
        if notice is not None and not isinstance(notice, Finished):
            continue
        async with database.read() as session:
            row = await queries.execution(session, execution_id)
        if row is not None and row.status == "done" and row.outcome is not None:
            return row.outcome
        if row is None or row.status == "error" or left <= 0:
            raise NoGraderInTime


async def execute(database: Database, live: Live, write: Callable[[AsyncSession], Awaitable[int]]) -> dict[str, Any]:
    """Have `write` enqueue an execution, wake a grader and wait for the outcome. Raises NoGraderInTime."""
    with ExitStack() as watching:
        async with database.write() as session:
            execution_id = await write(session)
            watch = watching.enter_context(live.watch(("execution", execution_id), end_only=True))
        live.work_arrived()
        return await outcome_of(database, watch, execution_id)
