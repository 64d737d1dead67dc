"""HTTP in and out of the analytics room."""

from typing import Annotated

from fastapi import APIRouter, Query

from learnflow.accounts.access import require_may_see_student
from learnflow.accounts.deps import CurrentStudent, SignedIn, Staff
from learnflow.analytics import exercise_figures, student_figures
from learnflow.analytics import leaderboard as ranking
from learnflow.analytics.schemas import ExerciseProgress, ExerciseStats, Leaderboard, Period, StudentStats
from learnflow.core.clock import now
from learnflow.core.database import ReadSession
from learnflow.core.errors import Forbidden, InvalidInput, NotFound, NotSignedIn, documented
from learnflow.core.http import collection
from learnflow.core.ids import PathId
from learnflow.core.pagination import Cursor, Limit, Page, decode_id, page_of
from learnflow.core.text import Text
from learnflow.exercises.errors import ExerciseNotFound

router = APIRouter(prefix="/api/analytics", tags=["analytics"])


@collection(
    router,
    "GET",
    "/student/{student_id}/progress",
    status_code=200,
    responses=documented(NotSignedIn, NotFound, InvalidInput),
)
async def student_progress(
    student_id: PathId, caller: SignedIn, session: ReadSession, cursor: Cursor = None, limit: Limit = 50
) -> Page[ExerciseProgress]:
    """A student's progress, one item for each exercise begun, in the order of exercise ids.

    Students see their own only; for anybody else's the answer is 404, as if there were no such student.
    """
    require_may_see_student(caller, student_id)
    after = decode_id(cursor)
    await student_figures.require_student(session, student_id)
    items = await student_figures.progress_of(session, student_id, after=after, limit=limit + 1)
    return page_of(items, limit, lambda item: item, lambda item: (item.exercise_id,))


@router.get(
    "/student/{student_id}/stats",
    status_code=200,
    responses=documented(NotSignedIn, NotFound, InvalidInput),
)
async def student_stats(student_id: PathId, caller: SignedIn, session: ReadSession) -> StudentStats:
    """A student's totals, streak, and completion of every topic of the catalogue. Students see their own only."""
    require_may_see_student(caller, student_id)
    await student_figures.require_student(session, student_id)
    return await student_figures.student_stats(session, student_id)


@router.get(
    "/exercise/{exercise_id}/stats",
    status_code=200,
    responses=documented(NotSignedIn, Forbidden, ExerciseNotFound, InvalidInput),
)
async def exercise_stats(exercise_id: PathId, _caller: Staff, session: ReadSession) -> ExerciseStats:
    """An exercise's figures over all students. For teachers and admins: in a small class they tell about each other."""
    return await exercise_figures.exercise_stats(session, exercise_id)


@router.get("/leaderboard", status_code=200, responses=documented(NotSignedIn, InvalidInput))
async def leaderboard(
    viewer: CurrentStudent,
    session: ReadSession,
    period: Annotated[Period, Query(description="All time, this month or this ISO week, in UTC.")] = Period.all,
    topic: Annotated[
        Text | None,
        Query(min_length=1, max_length=100, description="Only points gained on this topic.", examples=["loops"]),
    ] = None,
    limit: Limit = 10,
) -> Leaderboard:
    """Who gained most points, under chosen pseudonyms, of those who opted in; and where the caller stands."""
    return await ranking.leaderboard(
        session, viewer=viewer, period=period, today=now().date(), topic=topic, limit=limit
    )
