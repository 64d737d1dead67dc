"""Waiting for a submission's verdict: `?wait=` and the events stream. The database is what is believed."""

import time
from collections.abc import AsyncIterator, Awaitable, Callable

from fastapi.sse import ServerSentEvent

from learnflow.accounts.access import Caller
from learnflow.core.database import Database
from learnflow.submissions import queries, queue
from learnflow.submissions.errors import SubmissionNotFound
from learnflow.submissions.live import CaseEnded, Closing, Finished, Live, Notice, Started, Watch
from learnflow.submissions.read import read, show_case
from learnflow.submissions.schemas import CaseNotice, QueuedNotice, RunningNotice
from learnflow.submissions.state import Status, is_final

SECONDS_BETWEEN_LOOKS = 0.5
"""How often the database is asked, for a grader in another process can't tell us."""

SECONDS_BETWEEN_SIGN_IN_CHECKS = 2.0
"""A stream ends within 5 s of its token or session: this, and the time the question takes."""


async def until_graded(
    database: Database, watch: Watch, submission_id: int, seconds: float, *, look_first: bool
) -> None:
    """Return as soon as the submission is graded, when `seconds` have passed, or when this process stops.

    `look_first`: it may have been graded before `watch` began.
    """
    if look_first and await _is_graded(database, submission_id):
        return
    deadline = time.monotonic() + seconds
    while (left := deadline - time.monotonic()) > 0:
        notice = await watch.next(min(left, SECONDS_BETWEEN_LOOKS))
        if isinstance(notice, Finished | Closing):
            return
        if notice is None and await _is_graded(database, submission_id):
            return


async def _is_graded(database: Database, submission_id: int) -> bool:
    async with database.read() as session:
        status = await queries.status_of(session, submission_id)
    return status is None or is_final(status)


async def stream(
    database: Database,
    live: Live,
    caller: Caller,
    submission_id: int,
    still_signed_in: Callable[[], Awaitable[bool]],
) -> AsyncIterator[ServerSentEvent]:
    """The submission's events until it is graded, the caller is no longer signed in or this process stops."""
    seen = _Seen()
    checked = time.monotonic()
    with live.watch(("submission", submission_id)) as watch:
        while True:
            for event in await _look(database, caller, submission_id, seen):
                yield event
            until = time.monotonic() + SECONDS_BETWEEN_LOOKS
            while not seen.over and (left := until - time.monotonic()) > 0:
                notice = await watch.next(left)
                if isinstance(notice, Finished):
                    break
                for event in _told(caller, notice, seen):
                    yield event
            if seen.over:
                return
            if time.monotonic() - checked >= SECONDS_BETWEEN_SIGN_IN_CHECKS:
                if not await still_signed_in():
                    return
                checked = time.monotonic()


class _Seen:
    """What the stream has told: its position in the queue, the attempt that runs; `over`: nothing will follow."""

    def __init__(self) -> None:
        self.position: int | None = None
        self.attempt = 0
        self.over = False


async def _look(database: Database, caller: Caller, submission_id: int, seen: _Seen) -> list[ServerSentEvent]:
    """What the database knows that has not been told yet."""
    async with database.read() as session:
        status = await queries.status_of(session, submission_id)
        if status is None:
            raise SubmissionNotFound(submission_id)
        if is_final(status):
            seen.over = True
            return [ServerSentEvent(event="graded", data=await read(session, caller, submission_id))]
        if status == Status.running:
            attempt = await queue.attempt_of(session, submission_id)
            return _told(caller, Started(attempt), seen) if attempt else []
        position = await queue.position(session, submission_id)
    if position is None or position == seen.position:
        return []
    seen.position = position
    return [ServerSentEvent(event="queued", data=QueuedNotice(position=position))]


def _told(caller: Caller, notice: Notice | None, seen: _Seen) -> list[ServerSentEvent]:
    events: list[ServerSentEvent] = []
    if isinstance(notice, Closing):
        seen.over = True
    if not isinstance(notice, Started | CaseEnded):
        return events
    if notice.attempt > seen.attempt:
        seen.attempt = notice.attempt
        events.append(ServerSentEvent(event="running", data=RunningNotice(attempt=notice.attempt)))
    if isinstance(notice, CaseEnded):
        shown = CaseNotice(attempt=notice.attempt, case=show_case(caller, notice.case))
        events.append(ServerSentEvent(event="case", data=shown))
    return events
