"""One worker: claims a piece of work, has it judged, records the outcome, and again.

A piece of work ends in one of four ways: its outcome is recorded; it is put aside for another try, because the judge
failed; after MOST_TRIES it is recorded as a fault, for a teacher to see; or its lease was lost, and whoever has it now
decides. A crash of the whole process is the second one, found out when the lease ends.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TypeVar

from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from learnflow.core.clock import now
from learnflow.core.database import Database
from learnflow.core.logging import get_logger
from learnflow.core.outage import log_failure
from learnflow.grading import judging, queue, record, work
from learnflow.grading.definitions import Definitions
from learnflow.grading.judging import ExerciseFault, JudgeFailed
from learnflow.grading.queue import Claim
from learnflow.grading.work import HandedIn, ToExecute, Work
from learnflow.judge import CaseResult, ForkerLost, ForkerPool, JudgeUnavailable
from learnflow.submissions.live import CaseEnded, Finished, Live, Started, WorkKey
from learnflow.submissions.run import PATIENCE_SECONDS

MOST_TRIES = 3
LONGEST_JUDGING_SECONDS = 120.0
"""Far above the judge's own bounds: past this something hangs that must not."""
REST_AFTER_A_FAILURE = timedelta(seconds=1)
REST_WITHOUT_JUDGE = timedelta(seconds=5)
SECONDS_BEFORE_RECORDING_AGAIN = (0.1, 0.5)
"""A deadlock or a broken connection must not cost the student another judging."""

T = TypeVar("T")
log = get_logger(__name__)


@dataclass(slots=True)
class Bench:
    """What the workers of one process share.

    `held` are the claims whose leases are to be renewed. `backlog`: there may be work that no wake-up tells of, so
    nobody rests before the queue was found empty. `workers`: how many there are, where one student's work must not
    have them all; 0 where it may.
    """

    database: Database
    live: Live
    pool: ForkerPool
    holder: str
    lease: timedelta
    workers: int = 0
    definitions: Definitions = field(default_factory=Definitions)
    held: set[Claim] = field(default_factory=set)
    idle: set[asyncio.Task[None]] = field(default_factory=set)
    backlog: bool = True
    stopping: bool = False


async def work_on(bench: Bench) -> None:
    """Work until `bench.stopping`; while waiting for work the task is in `bench.idle` and may be cancelled."""
    task = asyncio.current_task()
    assert task is not None
    while not bench.stopping:
        crowd = crowding_student(bench)
        try:
            found = await take_next(bench)
            if found is not None:
                await handle(bench, found)
        except Exception as error:  # noqa: BLE001  a worker outlives whatever work and database do to it
            log_failure(log, "grading_failed", error)
            await asyncio.sleep(1)
            continue
        if found is None:
            bench.backlog = crowd is not None  # what was passed over is for those who come back from their work
        elif bench.backlog:
            continue
        if bench.stopping:
            continue
        bench.idle.add(task)
        try:
            await bench.live.work()
        finally:
            bench.idle.discard(task)


def crowding_student(bench: Bench) -> int | None:
    """The student whose work has every worker of this process but one: that one is kept for somebody else's."""
    if not bench.workers or len(bench.held) < bench.workers - 1:
        return None
    students = {claim.student_id for claim in bench.held}
    return students.pop() if len(students) == 1 else None


async def take_next(bench: Bench) -> Work | None:
    """Claim the next piece of work; it is held from here on."""
    async with bench.database.write() as session:
        claim = await queue.claim(session, bench.holder, bench.lease, not_of=crowding_student(bench))
        if claim is None:
            return None
        found = await work.begin(session, claim, bench.definitions)
        if found is None:
            await queue.take_out(session, claim)
            log.warning("queued_work_was_done_already", claim=claim.id)
            return None
    if crowding_student(bench) == claim.student_id:  # several workers claimed at the same moment
        await _put_aside(bench, claim, after=timedelta(0), counts=False)
        return None
    bench.held.add(claim)
    return found


async def handle(bench: Bench, found: Work) -> None:
    """Bring one held piece of work to one of its four ends. Cancelled, it stays held: see `give_back_all`."""
    try:
        recorded = await _brought_to_an_end(bench, found)
    except Exception:
        bench.held.discard(found.claim)
        raise
    bench.held.discard(found.claim)
    if recorded:
        bench.live.tell(_key(found), Finished())


async def _brought_to_an_end(bench: Bench, found: Work) -> bool:
    """Whether an outcome was recorded."""
    try:
        return await (_grade(bench, found) if isinstance(found, HandedIn) else _execute(bench, found))
    except (ForkerLost, JudgeFailed, TimeoutError) as failure:
        return await _after_a_failure(bench, found, failure)
    except JudgeUnavailable:
        log.exception("judge_unavailable")
        await _put_aside(bench, found.claim, after=REST_WITHOUT_JUDGE, counts=False)
        await asyncio.sleep(REST_WITHOUT_JUDGE.total_seconds())
        return False
    except DBAPIError:
        raise  # the database is in trouble: the lease will end by itself
    except Exception:
        await _put_aside(bench, found.claim, after=REST_AFTER_A_FAILURE, counts=True)
        raise


async def _grade(bench: Bench, found: HandedIn) -> bool:
    claim, key = found.claim, _key(found)
    if claim.attempt > MOST_TRIES:
        fault = f"{MOST_TRIES} graders ended or fell silent while they judged this."
        return await _recorded(bench, found, lambda session: record.record_fault(session, found, fault))
    if found.definition.fault is not None:
        fault = found.definition.fault
        return await _recorded(bench, found, lambda session: record.record_fault(session, found, fault))
    bench.live.tell(key, Started(claim.attempt))

    def on_case(result: CaseResult) -> None:
        if bench.live.is_followed(key):
            bench.live.tell(key, CaseEnded(claim.attempt, judging.columns_of(result)))

    async with asyncio.timeout(LONGEST_JUDGING_SECONDS):
        judgement = await judging.judge(bench.pool, found.code, found.definition, on_case, owner=claim.student_id)
    return await _recorded(bench, found, lambda session: record.record_judgement(session, found, judgement))


async def _execute(bench: Bench, found: ToExecute) -> bool:
    claim = found.claim
    late = now() - claim.enqueued_at > timedelta(seconds=PATIENCE_SECONDS)
    if late or claim.attempt > MOST_TRIES:  # whoever asked has gone, or it ends graders
        return await _recorded(bench, found, lambda session: record.record_execution(session, found, None, "not_run"))
    async with asyncio.timeout(LONGEST_JUDGING_SECONDS):
        outcome, error_type = await judging.execute(bench.pool, found.kind, found.request, owner=claim.student_id)
    return await _recorded(bench, found, lambda session: record.record_execution(session, found, outcome, error_type))


async def _after_a_failure(bench: Bench, found: Work, failure: Exception) -> bool:
    claim = found.claim
    log.error("judge_failed", submission=claim.submission_id, execution=claim.execution_id, attempt=claim.attempt,
              error=repr(failure))  # fmt: skip
    own_fault = isinstance(failure, ExerciseFault)
    if claim.attempt < MOST_TRIES and not own_fault:
        await _put_aside(bench, claim, after=REST_AFTER_A_FAILURE, counts=True)
        return False
    if isinstance(found, ToExecute):
        return await _recorded(
            bench, found, lambda session: record.record_execution(session, found, None, "internal_error")
        )
    results = failure.results if isinstance(failure, JudgeFailed) else ()
    fault = (
        str(failure)
        if own_fault
        else f"The judge failed {MOST_TRIES} times, the last time with: {failure or type(failure).__name__}"
    )
    return await _recorded(bench, found, lambda session: record.record_fault(session, found, fault, results))


async def _recorded(bench: Bench, found: Work, write: Callable[[AsyncSession], Awaitable[bool]]) -> bool:
    for pause in (*SECONDS_BEFORE_RECORDING_AGAIN, None):
        try:
            async with bench.database.write() as session:
                recorded = await write(session)
            break
        except DBAPIError as error:
            if pause is None:
                raise
            log.warning("recording_again", claim=found.claim.id, error=repr(error))
            await asyncio.sleep(pause)
    if not recorded:
        log.warning("lease_lost", claim=found.claim.id, attempt=found.claim.attempt)
    return recorded


async def _put_aside(bench: Bench, claim: Claim, *, after: timedelta, counts: bool) -> None:
    async with bench.database.write() as session:
        await _free(session, claim, after=after, counts=counts)


async def _free(session: AsyncSession, claim: Claim, *, after: timedelta, counts: bool) -> None:
    if await queue.give_back(session, claim, after=after, counts=counts):
        await work.lay_down(session, claim)


async def give_back_all(bench: Bench) -> None:
    """Free what is still held, for others: these tries don't count."""
    if bench.held:
        async with bench.database.write() as session:
            for claim in bench.held:
                await _free(session, claim, after=timedelta(0), counts=False)
        bench.held.clear()


def _key(found: Work) -> WorkKey:
    if isinstance(found, HandedIn):
        return ("submission", found.submission_id)
    return ("execution", found.execution_id)
