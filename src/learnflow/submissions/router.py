"""HTTP in and out of the submissions room."""

from collections.abc import AsyncIterator
from contextlib import ExitStack
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Query, Request
from fastapi.sse import EventSourceResponse, ServerSentEvent
from sqlalchemy.ext.asyncio import AsyncSession

from learnflow.accounts.access import Caller
from learnflow.accounts.deps import SignedIn, Staff, still_signed_in
from learnflow.core.config import Settings
from learnflow.core.database import DatabaseDep, ReadSession, WriteSession
from learnflow.core.errors import (
    DomainError,
    Forbidden,
    InvalidInput,
    NotFound,
    NotSignedIn,
    TooManyRequests,
    documented,
)
from learnflow.core.http import collection
from learnflow.core.ids import PathId
from learnflow.core.pagination import Cursor, Limit, Page
from learnflow.exercises.errors import ArchivedExercise, ExerciseNotFound
from learnflow.submissions import hand_in as handing_in
from learnflow.submissions import listing, queries, read, run, trace, waiting
from learnflow.submissions.errors import (
    CodeTooLarge,
    KeyUsedForAnother,
    NoGraderInTime,
    NotGradedYet,
    QueueFull,
    SubmissionNotFound,
)
from learnflow.submissions.evaluate import evaluate
from learnflow.submissions.live import Live
from learnflow.submissions.rate import HandInRate
from learnflow.submissions.schemas import (
    CaseShown,
    EvaluationRequest,
    HandIn,
    RunAnswer,
    RunRequest,
    SubmissionDetail,
    SubmissionSummary,
    TraceAnswer,
    TraceRequest,
)

router = APIRouter(prefix="/api/submissions", tags=["submissions"])


async def _live(request: Request) -> Live:
    live: Live = request.app.state.live
    return live


async def _queue_limit(request: Request) -> int:
    settings: Settings = request.app.state.settings
    return settings.queue_limit


async def _within_rate(request: Request, caller: SignedIn) -> None:
    rate: HandInRate = request.app.state.hand_in_rate
    assert caller.id is not None
    await rate.count(caller.id)


LiveDep = Annotated[Live, Depends(_live)]
QueueLimit = Annotated[int, Depends(_queue_limit)]
WithinRate = Depends(_within_rate)
_OF_ONE_RUN = documented(
    DomainError,
    NotSignedIn,
    ExerciseNotFound,
    ArchivedExercise,
    CodeTooLarge,
    InvalidInput,
    TooManyRequests,
    QueueFull,
    NoGraderInTime,
)

Wait = Annotated[
    float,
    Query(ge=0, le=30, allow_inf_nan=False, description="Seconds to wait for the verdict; 0 answers at once."),
]
IdempotencyKeyHeader = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=255,
        pattern=r"^[ -~]+$",
        description="Your own name for this hand-in. Sent again within 24 hours with the same body, it brings the same "
        "submission instead of a new one.",
        examples=["0198b2e0-c5e2-7b5f-9f0e-6d5c2b1a0f3e"],
    ),
]


@collection(
    router,
    "POST",
    status_code=201,
    response_model=SubmissionDetail,
    dependencies=[WithinRate],
    responses=documented(
        DomainError,
        NotSignedIn,
        ExerciseNotFound,
        ArchivedExercise,
        CodeTooLarge,
        InvalidInput,
        KeyUsedForAnother,
        TooManyRequests,
        QueueFull,
    ),
)
async def create_submission(
    work: HandIn,
    caller: SignedIn,
    database: DatabaseDep,
    live: LiveDep,
    queue_limit: QueueLimit,
    wait: Wait = 0,
    key: IdempotencyKeyHeader = None,
) -> SubmissionDetail:
    """Hand in code for an exercise; with `?wait=` the answer has the verdict if it comes in time."""
    handing_in.require_size(work.code)
    with ExitStack() as watching:
        async with database.write() as session:
            accepted = await handing_in.hand_in(session, caller, work, key=key, queue_limit=queue_limit)
            watch = watching.enter_context(live.watch(("submission", accepted.submission_id), end_only=True))
        if accepted.is_new:
            live.work_arrived()
        if wait:
            await waiting.until_graded(database, watch, accepted.submission_id, wait, look_first=not accepted.is_new)
    async with database.read() as session:
        return await read.read(session, caller, accepted.submission_id)


@router.post(
    "/run",
    dependencies=[WithinRate],
    responses=_OF_ONE_RUN,
)
async def run_code(
    asked: RunRequest, caller: SignedIn, database: DatabaseDep, live: LiveDep, queue_limit: QueueLimit
) -> RunAnswer:
    """Run code and answer its output: not an attempt. With an exercise, its visible cases are judged too."""
    handing_in.require_size(asked.code)

    async def enqueue(session: AsyncSession) -> int:
        handing_in.require_room(await queries.waiting(session), queue_limit)
        return await run.enqueue_run(session, caller, asked)

    outcome = await run.execute(database, live, enqueue)
    cases: list[CaseShown] = [read.show_case(caller, case) for case in outcome["cases"]]
    return RunAnswer.model_validate({**outcome["run"], "cases": cases})


@router.post(
    "/trace",
    dependencies=[WithinRate],
    responses=_OF_ONE_RUN,
)
async def trace_code(
    asked: TraceRequest, caller: SignedIn, database: DatabaseDep, live: LiveDep, queue_limit: QueueLimit
) -> TraceAnswer:
    """Run code once and answer its steps: not an attempt. With an exercise, one of its visible cases is run."""
    handing_in.require_size(asked.code)

    async def enqueue(session: AsyncSession) -> int:
        handing_in.require_room(await queries.waiting(session), queue_limit)
        return await trace.enqueue_trace(session, caller, asked)

    return TraceAnswer.model_validate(await run.execute(database, live, enqueue))


@collection(
    router,
    "GET",
    "/student/{id}",
    responses=documented(NotSignedIn, NotFound, InvalidInput),
)
async def list_student_submissions(
    id: PathId,  # noqa: A002  # the path parameter's name in the contract
    caller: SignedIn,
    session: ReadSession,
    limit: Limit = 20,
    cursor: Cursor = None,
) -> Page[SubmissionSummary]:
    """A student's submissions, newest first: one's own, or any student's for teachers."""
    return await listing.of_student(session, caller, id, limit=limit, cursor=cursor)


@collection(
    router,
    "GET",
    "/exercise/{id}",
    responses=documented(NotSignedIn, ExerciseNotFound, InvalidInput),
)
async def list_exercise_submissions(
    id: PathId,  # noqa: A002  # the path parameter's name in the contract
    caller: SignedIn,
    session: ReadSession,
    limit: Limit = 20,
    cursor: Cursor = None,
) -> Page[SubmissionSummary]:
    """The submissions for an exercise, newest first: a student gets their own, a teacher everybody's."""
    return await listing.for_exercise(session, caller, id, limit=limit, cursor=cursor)


@router.get(
    "/{id}",
    responses=documented(NotSignedIn, SubmissionNotFound, InvalidInput),
)
async def get_submission(
    id: PathId,  # noqa: A002  # the path parameter's name in the contract
    caller: SignedIn,
    session: ReadSession,
) -> SubmissionDetail:
    """A submission with its status, score and feedback, and each case's verdict once it is graded."""
    return await read.read(session, caller, id)


@router.put(
    "/{id}/evaluate",
    responses=documented(DomainError, NotSignedIn, Forbidden, SubmissionNotFound, NotGradedYet, InvalidInput),
)
async def evaluate_submission(
    id: PathId,  # noqa: A002  # the path parameter's name in the contract
    said: EvaluationRequest,
    caller: Staff,
    session: WriteSession,
) -> SubmissionDetail:
    """Give a teacher's own score and words; they are shown instead of the judge's and stand until evaluated again."""
    await evaluate(session, caller, id, said)
    return await read.read(session, caller, id)


async def _watched(
    id: PathId,  # noqa: A002  # the path parameter's name in the contract
    caller: SignedIn,
    session: ReadSession,
) -> Caller:
    """Refuses before the stream begins: afterwards the status is sent."""
    await read.readable(session, caller, id)
    return caller


@router.get(
    "/{id}/events",
    response_class=EventSourceResponse,
    responses=documented(NotSignedIn, SubmissionNotFound, InvalidInput),
    response_description="""Server-Sent Events, in this order; the stream ends by itself after `graded`.

- `queued`: `{"position": 3}`, again whenever it changes
- `running`: `{"attempt": 1}`
- `case`: `{"attempt": 1, "provisional": true, "case": {…}}` as each case ends, when the grader runs in this server
- `graded`: the whole submission, as GET /api/submissions/{id} answers it

A new `attempt` begins the cases again. The stream also ends, without `graded`, within 5 seconds of the end of the
access token or of the session, and when the server is stopped: ask again.""",
)
async def stream_submission(
    id: PathId,  # noqa: A002  # the path parameter's name in the contract
    request: Request,
    caller: Annotated[Caller, Depends(_watched)],
    database: DatabaseDep,
    live: LiveDep,
) -> AsyncIterator[ServerSentEvent]:
    """Follow a submission to its verdict, live. Read it with fetch and the Authorization header."""
    async for event in waiting.stream(database, live, caller, id, lambda: still_signed_in(request)):
        yield event
