"""HTTP in and out of the exercises room."""

from typing import Annotated

from fastapi import APIRouter, Header, Query, Request, Response
from pydantic import AfterValidator
from pydantic_core import to_json

from learnflow.accounts.access import Caller, require_staff
from learnflow.accounts.deps import OPTIONAL_SIGN_IN, AnyCaller, SignedIn, Staff
from learnflow.core.database import DatabaseDep, ReadSession, WriteSession
from learnflow.core.errors import DomainError, Forbidden, InvalidInput, NotSignedIn, TooLarge, Unavailable, documented
from learnflow.core.http import collection
from learnflow.core.ids import PathId
from learnflow.core.pagination import Cursor, Limit, Page, decode_id, encode_cursor
from learnflow.core.text import without_nul
from learnflow.exercises import archive, hints, queries, save, solution
from learnflow.exercises.disclosure import require_visible, shown_exercise
from learnflow.exercises.errors import (
    ArchivedExercise,
    ExerciseNotFound,
    MissingIfMatch,
    NoMoreHints,
    SlugTaken,
    SolutionLocked,
    StaleVersion,
    VerificationFailed,
    VerificationUnavailable,
)
from learnflow.exercises.queries import Published, Wanted
from learnflow.exercises.schemas import Difficulty, ExerciseIn, ExerciseOut, ExerciseSummary, HintOut, SolutionOut
from learnflow.exercises.standing import Status
from learnflow.exercises.verification import Verify

router = APIRouter(prefix="/api/exercises", tags=["exercises"])

Filter = Annotated[str | None, Query(max_length=100), AfterValidator(lambda text: text and without_nul(text))]
Force = Annotated[bool, Query(description="Save although the solution fails or no grader answers.")]
IfMatch = Annotated[
    str | None,
    Header(max_length=200, description="The ETag of the version you have read. Required.", examples=['"1"']),
]


def _require_reader(request: Request, caller: Caller) -> None:
    if caller.id is None and not request.app.state.settings.catalogue_open:
        raise NotSignedIn("The catalogue is for signed-in users. Sign in to read it.")


def _verify(request: Request, *, force: bool) -> Verify | None:
    verify: Verify = request.app.state.verify_exercise
    return None if force else verify


def _answer(published: Published, caller: Caller, response: Response) -> ExerciseOut:
    response.headers["ETag"] = save.etag(published)
    return shown_exercise(published, caller)


@collection(
    router,
    "POST",
    status_code=201,
    response_model=ExerciseOut,
    responses=documented(
        DomainError,
        NotSignedIn,
        Forbidden,
        SlugTaken,
        TooLarge,
        InvalidInput,
        VerificationFailed,
        VerificationUnavailable,
        Unavailable,
    ),
)
async def create_exercise(
    request: Request,
    response: Response,
    caller: Staff,
    database: DatabaseDep,
    content: ExerciseIn,
    force: Force = False,
) -> ExerciseOut:
    """Add an exercise

    Its solution must pass all of its own cases and its starter must not: otherwise 422 names the case.
    """
    published = await save.create(
        database,
        content,
        caller,
        check_definition=request.app.state.check_definition,
        verify=_verify(request, force=force),
    )
    response.headers["Location"] = f"/api/exercises/{published.id}"
    return _answer(published, caller, response)


@collection(
    router,
    "GET",
    status_code=200,
    response_model=Page[ExerciseSummary],
    responses=documented(NotSignedIn, Forbidden, InvalidInput),
    openapi_extra=OPTIONAL_SIGN_IN,
)
async def list_exercises(
    request: Request,
    caller: AnyCaller,
    session: ReadSession,
    topic: Filter = None,
    module: Filter = None,
    difficulty_level: Difficulty | None = None,
    q: Annotated[Filter, Query(description="Part of a title, slug or topic.")] = None,
    status: Annotated[Status | None, Query(description="The caller's own standing; for signed-in users.")] = None,
    archived: Annotated[bool, Query(description="The archived ones instead; staff only.")] = False,
    limit: Limit = 20,
    cursor: Cursor = None,
) -> Response:
    """List the catalogue

    By id. Signed-in users see their own `status` with each exercise.
    """
    _require_reader(request, caller)
    if archived:
        require_staff(caller)
    if status is not None and caller.id is None:
        raise NotSignedIn("`status` is about what you have done. Sign in to use it.")
    wanted = Wanted(
        topic=topic,
        module=module,
        difficulty_level=difficulty_level,
        q=q,
        status=status,
        archived=archived,
        after=decode_id(cursor) or 0,
    )
    rows = await queries.summaries(
        session, wanted, limit + 1, student_id=caller.id, standing=request.app.state.standing
    )
    shown = rows[:limit]
    following = encode_cursor(shown[-1].id) if len(rows) > limit else None
    # The hottest list there is: rows go straight to JSON, in the form of Page[ExerciseSummary] (a test holds it to it).
    names = shown[0]._fields if shown else ()
    body = to_json({"items": [dict(zip(names, row, strict=True)) for row in shown], "next": following})
    return Response(body, media_type="application/json")


@router.get(
    "/{exercise_id}",
    status_code=200,
    responses=documented(NotSignedIn, ExerciseNotFound, InvalidInput),
    openapi_extra=OPTIONAL_SIGN_IN,
)
async def get_exercise(
    request: Request, response: Response, caller: AnyCaller, session: ReadSession, exercise_id: PathId
) -> ExerciseOut:
    """Read an exercise

    Students and guests see neither the solution, nor what is in hidden cases, nor hints that were not revealed to them.
    """
    _require_reader(request, caller)
    published = await queries.current(session, exercise_id)
    require_visible(published, caller)
    revealed = 0 if caller.id is None else await queries.revealed_hints(session, caller.id, exercise_id)
    response.headers["ETag"] = save.etag(published)
    return shown_exercise(published, caller, revealed=revealed)


@router.put(
    "/{exercise_id}",
    status_code=200,
    responses=documented(
        DomainError,
        NotSignedIn,
        Forbidden,
        ExerciseNotFound,
        SlugTaken,
        ArchivedExercise,
        StaleVersion,
        TooLarge,
        InvalidInput,
        VerificationFailed,
        MissingIfMatch,
        VerificationUnavailable,
        Unavailable,
    ),
)
async def update_exercise(
    request: Request,
    response: Response,
    caller: Staff,
    database: DatabaseDep,
    exercise_id: PathId,
    content: ExerciseIn,
    if_match: IfMatch = None,
    force: Force = False,
) -> ExerciseOut:
    """Write an exercise's next version

    Send the whole exercise. Submissions keep the version they were judged against.
    """
    published = await save.change(
        database,
        exercise_id,
        content,
        caller,
        if_match=if_match,
        check_definition=request.app.state.check_definition,
        verify=_verify(request, force=force),
    )
    return _answer(published, caller, response)


@router.delete(
    "/{exercise_id}",
    status_code=204,
    response_model=None,
    responses=documented(NotSignedIn, Forbidden, ExerciseNotFound, InvalidInput),
)
async def delete_exercise(_caller: Staff, session: WriteSession, exercise_id: PathId) -> None:
    """Take an exercise out of the catalogue

    Deleted when no student has done anything with it, else archived.
    """
    await archive.remove(session, exercise_id)


@router.get(
    "/{exercise_id}/solution",
    status_code=200,
    responses=documented(NotSignedIn, SolutionLocked, ExerciseNotFound, InvalidInput),
)
async def get_solution(request: Request, caller: SignedIn, session: ReadSession, exercise_id: PathId) -> SolutionOut:
    """Read the solution

    After solving the exercise, or when its policy allows.
    """
    return await solution.read_solution(session, exercise_id, caller, standing=request.app.state.standing)


@router.post(
    "/{exercise_id}/hints/next",
    status_code=200,
    responses=documented(NotSignedIn, ExerciseNotFound, NoMoreHints, InvalidInput),
)
async def reveal_hint(caller: SignedIn, session: WriteSession, exercise_id: PathId) -> HintOut:
    """Reveal the next hint"""
    return await hints.reveal_next(session, exercise_id, caller)
