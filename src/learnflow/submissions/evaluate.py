"""A teacher's own score and words for a submission; they stand beside what the judge said and are shown instead."""

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from learnflow.accounts.access import Caller
from learnflow.accounts.models import Student
from learnflow.core.clock import now
from learnflow.events.catalog import SubmissionEvaluated
from learnflow.events.outbox import publish
from learnflow.submissions.errors import NotGradedYet, SubmissionNotFound
from learnflow.submissions.models import Submission
from learnflow.submissions.schemas import EvaluationRequest
from learnflow.submissions.state import FINAL


async def evaluate(session: AsyncSession, teacher: Caller, submission_id: int, said: EvaluationRequest) -> None:
    """Record score and feedback, who said it and when. Raises SubmissionNotFound, NotGradedYet."""
    assert teacher.id is not None
    changed = await session.execute(
        update(Submission)
        .where(Submission.id == submission_id, Submission.status.in_([status.value for status in FINAL]))
        .values(
            evaluated_score=said.score,
            evaluated_feedback=said.feedback,
            evaluated_by=teacher.id,
            evaluated_at=now(),
        )
        .returning(Submission.student_id, Submission.exercise_id)
        .execution_options(synchronize_session=False)
    )
    row = changed.one_or_none()
    if row is None:
        known = await session.scalar(select(Submission.id).where(Submission.id == submission_id))
        raise SubmissionNotFound(submission_id) if known is None else NotGradedYet(submission_id)
    student_key = (await session.execute(select(Student.user_id).where(Student.id == row.student_id))).scalar_one()
    publish(
        session,
        SubmissionEvaluated(
            submission_id=submission_id,
            student_id=row.student_id,
            exercise_id=row.exercise_id,
            score=said.score,
            evaluated_by=teacher.id,
        ),
        subject=f"submission/{submission_id}",
        key=student_key,
    )
