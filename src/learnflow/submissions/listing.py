"""Lists of submissions, newest first: of a student, for an exercise."""

from sqlalchemy.ext.asyncio import AsyncSession

from learnflow.accounts.access import Caller, is_staff, require_may_see_student
from learnflow.core.errors import NotFound
from learnflow.core.pagination import Page, decode_id, page_of
from learnflow.submissions import queries
from learnflow.submissions.models import Submission
from learnflow.submissions.read import summary
from learnflow.submissions.schemas import SubmissionSummary


async def of_student(
    session: AsyncSession, caller: Caller, student_id: int, *, limit: int, cursor: str | None
) -> Page[SubmissionSummary]:
    """Raises NotFound when there is no such student or the caller may not see them, InvalidInput for the cursor."""
    require_may_see_student(caller, student_id)
    before = decode_id(cursor)
    rows = await queries.page(session, student_id=student_id, before=before, limit=limit + 1)
    if not rows and student_id != caller.id and not await queries.student_exists(session, student_id):
        raise NotFound(f"There is no student {student_id}.")
    return page_of(rows, limit, summary, _key)


async def for_exercise(
    session: AsyncSession, caller: Caller, exercise_id: int, *, limit: int, cursor: str | None
) -> Page[SubmissionSummary]:
    """Raises ExerciseNotFound, InvalidInput for the cursor. An archived exercise's submissions can still be read."""
    before = decode_id(cursor)
    student_id = None if is_staff(caller) else caller.id
    await queries.require_exercise(session, exercise_id)
    rows = await queries.page(session, student_id=student_id, exercise_id=exercise_id, before=before, limit=limit + 1)
    return page_of(rows, limit, summary, _key)


def _key(submission: Submission) -> tuple[int]:
    return (submission.id,)
