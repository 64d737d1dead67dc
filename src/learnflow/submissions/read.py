"""What of a submission its reader gets: their own, or any for teachers; hidden cases by name and verdict only."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from learnflow.accounts.access import Caller, is_staff, may_see_student
from learnflow.exercises.disclosure import visible_case
from learnflow.submissions import queries
from learnflow.submissions.errors import SubmissionNotFound
from learnflow.submissions.models import CaseOutcome, Submission
from learnflow.submissions.schemas import CaseShown, Evaluation, JudgedWith, SubmissionDetail, SubmissionSummary

_COLUMNS = ("position", "name", "hidden", "verdict", "points", "weight", "wall_ms", "cpu_ms", "memory_kb")


async def readable(session: AsyncSession, caller: Caller, submission_id: int) -> Submission:
    """The submission. Raises SubmissionNotFound when there is none or it is not the caller's to see."""
    found = await queries.submission(session, submission_id)
    if found is None or not may_see_student(caller, found.student_id):
        raise SubmissionNotFound(submission_id)
    return found


async def read(session: AsyncSession, caller: Caller, submission_id: int) -> SubmissionDetail:
    """The submission with its cases. Raises SubmissionNotFound."""
    found = await readable(session, caller, submission_id)
    outcomes = await queries.case_outcomes(session, submission_id) if found.graded_at else ()
    return detailed(caller, found, outcomes)


def detailed(caller: Caller, submission: Submission, outcomes: Sequence[CaseOutcome]) -> SubmissionDetail:
    evaluation = None
    if submission.evaluated_at is not None and submission.evaluated_score is not None:
        evaluation = Evaluation.model_construct(
            score=submission.evaluated_score,
            feedback=submission.evaluated_feedback or "",
            evaluated_by=submission.evaluated_by,
            evaluated_at=submission.evaluated_at,
        )
    return SubmissionDetail.model_construct(
        **_summary(submission),
        code=submission.code,
        judged_score=submission.score,
        judged_feedback=submission.feedback,
        evaluation=evaluation,
        attempt=submission.attempt,
        started_at=submission.started_at,
        judged_with=_judged_with(caller, submission),
        cases=[show_case(caller, _columns(outcome)) for outcome in outcomes],
    )


def summary(submission: Submission) -> SubmissionSummary:
    return SubmissionSummary.model_construct(**_summary(submission))


def show_case(caller: Caller, case: Mapping[str, Any]) -> CaseShown:
    """A case's outcome, given by the columns of `CaseOutcome`."""
    detail = visible_case(case["detail"], case["hidden"], caller)
    if detail is None:
        return CaseShown(position=case["position"], name=case["name"], hidden=True, verdict=case["verdict"])
    return CaseShown.model_validate({**{name: case[name] for name in _COLUMNS}, **detail})


def _columns(outcome: CaseOutcome) -> dict[str, Any]:
    return {name: getattr(outcome, name) for name in (*_COLUMNS, "detail")}


def _summary(submission: Submission) -> dict[str, Any]:
    evaluated = submission.evaluated_score is not None
    return {
        "id": submission.id,
        "student_id": submission.student_id,
        "exercise_id": submission.exercise_id,
        "exercise_version": submission.exercise_version,
        "language": submission.language,
        "status": submission.status,
        "score": submission.evaluated_score if evaluated else submission.score,
        "feedback": (evaluated and submission.evaluated_feedback) or submission.feedback,
        "submitted_at": submission.submitted_at,
        "graded_at": submission.graded_at,
    }


def _judged_with(caller: Caller, submission: Submission) -> JudgedWith | None:
    if submission.judged_with is None:
        return None
    shown = JudgedWith.model_validate(submission.judged_with)
    return shown if is_staff(caller) else shown.model_copy(update={"fault": None})
