"""The graders of one process: a pool of forkers, the workers over it, and what keeps their promises.

    async with graders(database, live, size=2, lowest_tier=Tier.full) as service: ...

Runs inside the server and as `learnflow grader`, the same either way. Where the machine can't isolate students' code,
nothing is claimed: hand-ins stay queued, the log says what would mend it, and it is tried again now and then.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta

from learnflow import judge
from learnflow.core.config import Tier
from learnflow.core.database import Database
from learnflow.core.logging import get_logger
from learnflow.core.outage import log_failure
from learnflow.grading import janitor, queue
from learnflow.grading.definitions import Definitions
from learnflow.grading.holders import has_died, new_holder
from learnflow.grading.worker import Bench, give_back_all, work_on
from learnflow.judge import ForkerPool, JudgeUnavailable
from learnflow.submissions.live import Live

LEASE_SECONDS = 30.0
"""How long a grader may be silent before another takes its work; renewed three times in that time."""
POLL_SECONDS = 0.5
"""How often the queue is looked at without a wake-up: what bounds the wait for work from another process."""
DRAIN_SECONDS = 5.0
"""How long running work may finish when the process is to stop, after its requests have ended."""
SECONDS_BETWEEN_PROBES = 30.0

log = get_logger(__name__)


class GradingService:
    """What readiness tells: `judging` is whether work is being taken, `advice` what would mend it when it isn't, or
    when it is taken in a weaker tier than full."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.judging = False
        self.tier = "off" if size == 0 else "none"
        self.advice = "Graders are switched off in this process." if size == 0 else ""
        self.pool: ForkerPool | None = None
        self.opened = asyncio.Event()  # set once `judging`
        self.modules = judge.OfferedModules()  # a moment after judging began: which can be used, and why others can't


@asynccontextmanager
async def graders(
    database: Database,
    live: Live,
    *,
    size: int,
    lowest_tier: Tier,
    modules: Sequence[str] = (),
    lease_seconds: float = LEASE_SECONDS,
    poll_seconds: float = POLL_SECONDS,
    drain_seconds: float = DRAIN_SECONDS,
) -> AsyncIterator[GradingService]:
    """`size` forkers and as many submissions judged at once; one more so that none idles while another is
    recorded, and one that is never given to a student who has all the others."""
    service = GradingService(size)
    if size == 0:
        yield service
        return
    bench = Bench(
        database=database,
        live=live,
        pool=ForkerPool(size, lowest=judge.Tier(lowest_tier), private=_private_files(database), modules=modules),
        holder=new_holder(),
        lease=timedelta(seconds=lease_seconds),
        workers=size + 2,
        definitions=Definitions(modules),
    )
    workers: set[asyncio.Task[None]] = set()
    if not await _open(service, bench, workers):
        log.error("nothing_is_judged", advice=service.advice)
    keepers = [
        asyncio.create_task(_every(lease_seconds / 3, lambda: _renew(bench))),
        asyncio.create_task(_every(lease_seconds, lambda: _take_over(bench), at_once=True)),
        asyncio.create_task(_every(poll_seconds, lambda: _poll(service, bench))),
        asyncio.create_task(_every(SECONDS_BETWEEN_PROBES, lambda: _open_later(service, bench, workers))),
        asyncio.create_task(_examine_modules(service, modules)),
        asyncio.create_task(_every(janitor.SECONDS_BETWEEN_ROUNDS, lambda: janitor.tidy(database), at_once=True)),
    ]
    try:
        yield service
    finally:
        await _drain(bench, workers, drain_seconds)
        service.judging = False
        for keeper in keepers:
            keeper.cancel()
        await asyncio.gather(*keepers, return_exceptions=True)
        await bench.pool.close()


async def _open(service: GradingService, bench: Bench, workers: set[asyncio.Task[None]]) -> bool:
    """Start the pool and the workers; False when the machine can't isolate well enough."""
    try:
        await bench.pool.start()
    except JudgeUnavailable as problem:
        service.advice = f"{problem} {_what_would_do(bench.pool)}".strip()
        return False
    report = bench.pool.tier
    service.judging, service.tier, service.pool = True, str(report.tier), bench.pool
    service.advice = "" if report.tier is judge.Tier.full else report.advice()
    service.opened.set()
    workers.update(asyncio.create_task(work_on(bench)) for _ in range(bench.workers))
    if service.advice:
        log.warning("judging_below_full", tier=service.tier, advice=service.advice)
    log.info("judging", tier=service.tier, forkers=service.size, interpreter=bench.pool.interpreter)
    return True


def _what_would_do(pool: ForkerPool) -> str:
    """The setting with which a weaker tier, which this machine has, is taken."""
    best = pool.tier.best
    if best is judge.Tier.none:
        return (
            "Otherwise: in development, with LEARNFLOW_HOST on loopback, LEARNFLOW_JUDGE_LOWEST_TIER=none judges "
            "without any isolation: for programs of your own."
        )
    if best.strength < pool.lowest.strength:
        return f"Otherwise: tier `{best}` is there, a weaker sandbox: LEARNFLOW_JUDGE_LOWEST_TIER={best} judges in it."
    return ""


def _private_files(database: Database) -> list[str]:
    """What no program may read, for the judge to try: the database and the secret beside it."""
    file = database.file
    return [] if file is None else [str(file.absolute()), str(file.absolute().with_name("secret_key"))]


async def _examine_modules(service: GradingService, names: Sequence[str]) -> None:
    """Tell at the start, not to the first student, what of the offered modules can't be used."""
    await service.opened.wait()
    service.modules = await judge.examine_modules(names, judge.Tier(service.tier))
    for fault in service.modules.faults:
        log.error("module_not_usable", fault=fault)


async def _open_later(service: GradingService, bench: Bench, workers: set[asyncio.Task[None]]) -> None:
    if not service.judging and not bench.stopping:
        await _open(service, bench, workers)


async def _renew(bench: Bench) -> None:
    if not bench.held:
        return
    held = set(bench.held)
    async with bench.database.write() as session:
        kept = await queue.renew(session, held, bench.lease)
    for claim in (held - kept) & bench.held:
        log.warning("lease_lost", claim=claim.id, attempt=claim.attempt)


async def _take_over(bench: Bench) -> None:
    async with bench.database.write() as session:
        freed = await queue.free_what_the_dead_hold(session, has_died)
    if freed:
        log.warning("taken_over_from_the_dead", pieces=freed)


async def _poll(service: GradingService, bench: Bench) -> None:
    """Wake a worker for each piece of work that nobody told us of."""
    idle = len(bench.idle)
    if not idle or not service.judging:
        return
    async with bench.database.read() as session:
        waiting = await queue.free(session, at_most=idle)
    bench.backlog = bench.backlog or waiting > 0
    for _ in range(waiting):
        bench.live.work_arrived()


async def _every(seconds: float, act: Callable[[], Awaitable[None]], *, at_once: bool = False) -> None:
    """Act again and again; what goes wrong once is told in the log and tried again the next time."""
    if not at_once:
        await asyncio.sleep(seconds)
    while True:
        try:
            await act()
        except Exception as error:  # noqa: BLE001  leases must be renewed later, whatever was raised
            log_failure(log, "grading_upkeep_failed", error)
        await asyncio.sleep(seconds)


async def _drain(bench: Bench, workers: set[asyncio.Task[None]], seconds: float) -> None:
    """Let running work finish; what takes too long is given back to others."""
    bench.stopping = True
    for task in bench.idle.copy():
        task.cancel()
    if workers:
        _, slow = await asyncio.wait(workers, timeout=seconds)
        for task in slow:
            task.cancel()
        await asyncio.gather(*workers, return_exceptions=True)
    await give_back_all(bench)
