"""Writing down an outcome, once: the fence, the results and all that follows from them in one transaction."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import bindparam, insert, update
from sqlalchemy.ext.asyncio import AsyncSession

from learnflow.core.clock import now
from learnflow.events.catalog import SubmissionGraded
from learnflow.events.outbox import publish
from learnflow.grading import feedback, queue
from learnflow.grading.judging import columns_of
from learnflow.grading.work import HandedIn, ToExecute
from learnflow.judge import CaseResult, Judgement
from learnflow.judge.replay import conditions
from learnflow.progress.record import record_outcome
from learnflow.submissions.models import Execution, case_outcomes, submissions
from learnflow.submissions.state import Status, sources_of

_INSERT_CASES = insert(case_outcomes)
_FINISH = update(submissions).where(
    submissions.c.id == bindparam("work"), submissions.c.status.in_(bindparam("before", expanding=True))
)


async def record_judgement(session: AsyncSession, work: HandedIn, judgement: Judgement) -> bool:
    """The verdict and the student's progress. False when the claim was lost: nothing is recorded then."""
    if not await queue.take_out(session, work.claim):
        return False
    status = Status.passed if judgement.passed else Status.failed
    await _finish(
        session,
        work,
        status,
        score=judgement.score,
        words=feedback.sentence(judgement.results),
        judged_with={
            "tier": str(judgement.tier),
            "judge_version": judgement.judge_version,
            "interpreter": judgement.interpreter,
            "modules": judgement.modules,
            **conditions(work.definition.limits),
        },
        results=judgement.results,
    )
    await record_outcome(
        session,
        student_id=work.student_id,
        student_key=work.student_key,
        exercise_id=work.exercise_id,
        topic=work.topic,
        passed=judgement.passed,
        score=judgement.score,
        submitted_at=work.submitted_at,
    )
    return True


async def record_fault(session: AsyncSession, work: HandedIn, fault: str, results: Sequence[CaseResult] = ()) -> bool:
    """The end as `error`, with `fault` for the teacher: no score, no progress. False when the claim was lost."""
    if not await queue.take_out(session, work.claim):
        return False
    await _finish(
        session,
        work,
        Status.error,
        score=None,
        words=feedback.NOT_JUDGED,
        judged_with={"fault": fault},
        results=results,
    )
    return True


async def record_execution(
    session: AsyncSession, work: ToExecute, outcome: dict[str, Any] | None, error_type: str | None
) -> bool:
    """The outcome of a run or verification; None when there is none to be had. False when the claim was lost."""
    if not await queue.take_out(session, work.claim):
        return False
    await session.execute(
        update(Execution)
        .where(Execution.id == work.execution_id)
        .values(
            status="error" if outcome is None else "done",
            outcome=outcome,
            error_type=error_type,
            finished_at=now(),
        )
        .execution_options(synchronize_session=False)
    )
    return True


async def _finish(
    session: AsyncSession,
    work: HandedIn,
    status: Status,
    *,
    score: int | None,
    words: str,
    judged_with: dict[str, Any],
    results: Sequence[CaseResult],
) -> None:
    at = now()
    if results:
        of_this = {"submission_id": work.submission_id, "recorded_at": at}
        await session.execute(_INSERT_CASES, [of_this | columns_of(result) for result in results])
    await session.execute(
        _FINISH,
        {
            "work": work.submission_id,
            "before": sources_of(status),
            "status": status.value,
            "score": score,
            "feedback": words,
            "attempt": work.claim.attempt,
            "judged_with": judged_with,
            "graded_at": at,
        },
    )
    publish(
        session,
        SubmissionGraded(
            submission_id=work.submission_id,
            student_id=work.student_id,
            exercise_id=work.exercise_id,
            status=status.value,
            score=score,
            attempt=work.claim.attempt,
        ),
        subject=f"submission/{work.submission_id}",
        key=work.student_key,
    )
