"""What a claim is about, read in the transaction that claims it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from learnflow.accounts.models import Student
from learnflow.core.clock import now
from learnflow.exercises.models import Exercise
from learnflow.grading.definitions import Definition, Definitions
from learnflow.grading.queue import Claim
from learnflow.submissions.models import Execution, Submission, submissions
from learnflow.submissions.state import Status, sources_of


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedIn:
    """A submission to judge against `definition`."""

    claim: Claim
    submission_id: int
    student_id: int
    student_key: UUID
    exercise_id: int
    topic: str
    code: str
    submitted_at: datetime
    definition: Definition


@dataclass(frozen=True, slots=True, kw_only=True)
class ToExecute:
    """A run or a verification: `request` says what is to be done."""

    claim: Claim
    execution_id: int
    kind: str
    request: dict[str, Any]


Work = HandedIn | ToExecute


_BEGIN = (
    update(submissions)
    .where(submissions.c.id == bindparam("work"), submissions.c.status.in_(sources_of(Status.running)))
    .values(status=Status.running.value, started_at=bindparam("begun", type_=submissions.c.started_at.type))
    .returning(
        submissions.c.student_id,
        submissions.c.exercise_id,
        submissions.c.exercise_version,
        submissions.c.code,
        submissions.c.submitted_at,
        select(Student.user_id).where(Student.id == submissions.c.student_id).scalar_subquery().label("student_key"),
        select(Exercise.topic).where(Exercise.id == submissions.c.exercise_id).scalar_subquery().label("topic"),
    )
)


async def begin(session: AsyncSession, claim: Claim, definitions: Definitions) -> Work | None:
    """Mark the work as running and read it. None when there is nothing left to do for it."""
    if claim.submission_id is not None:
        return await _begin_submission(session, claim, claim.submission_id, definitions)
    assert claim.execution_id is not None
    return await _begin_execution(session, claim, claim.execution_id)


async def _begin_submission(
    session: AsyncSession, claim: Claim, submission_id: int, definitions: Definitions
) -> HandedIn | None:
    row = (await session.execute(_BEGIN, {"work": submission_id, "begun": now()})).one_or_none()
    if row is None:
        return None
    return HandedIn(
        claim=claim,
        submission_id=submission_id,
        student_id=row.student_id,
        student_key=row.student_key,
        exercise_id=row.exercise_id,
        topic=row.topic,
        code=row.code,
        submitted_at=row.submitted_at,
        definition=await definitions.of(session, row.exercise_id, row.exercise_version),
    )


async def _begin_execution(session: AsyncSession, claim: Claim, execution_id: int) -> ToExecute | None:
    started = await session.execute(
        update(Execution)
        .where(Execution.id == execution_id, Execution.status.in_(["queued", "running"]))
        .values(status="running")
        .returning(Execution.kind, Execution.request)
        .execution_options(synchronize_session=False)
    )
    row = started.one_or_none()
    if row is None or row.request is None:
        return None
    return ToExecute(claim=claim, execution_id=execution_id, kind=row.kind, request=row.request)


async def lay_down(session: AsyncSession, claim: Claim) -> None:
    """Undo `begin`: the work waits again."""
    if claim.submission_id is not None:
        await session.execute(
            update(Submission)
            .where(Submission.id == claim.submission_id, Submission.status.in_(sources_of(Status.queued)))
            .values(status=Status.queued.value, started_at=None)
            .execution_options(synchronize_session=False)
        )
