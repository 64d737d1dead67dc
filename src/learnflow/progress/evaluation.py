"""A teacher's score counts in place of the judge's: progress and totals follow it, told by an event."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from learnflow.events.catalog import SubmissionEvaluated
from learnflow.events.envelope import Envelope
from learnflow.progress.record import follow_evaluation

TYPES = frozenset({SubmissionEvaluated.type})


async def on_submission_evaluated(session: AsyncSession, envelopes: Sequence[Envelope]) -> None:
    """Count the exercise's attempts anew.

    The event's score is not used: what the submission says now counts, so that an event that comes twice, or after a
    second evaluation, changes nothing.
    """
    for envelope in envelopes:
        event = SubmissionEvaluated.model_validate(envelope.data)
        await follow_evaluation(
            session, student_id=event.student_id, student_key=UUID(envelope.key), exercise_id=event.exercise_id
        )
