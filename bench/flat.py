"""Whether the judge stays as it is over many jobs: `python -m bench.judge --flat`, 20,000 by default, in ten windows.

In each window jobs are always waiting, as many as the pool can take. Then the pool is left alone until it is at rest:
every forker idle with all of its spares waiting, none being replaced. What is counted is counted there, so that two
counts are of the same state. Forkers are recycled on the way (pool.JOBS_PER_FORKER), and their successors have to come
to the same state. It is flat when

- the last window's throughput is at least LEAST_OF_MEDIAN of the windows' median;
- processes, descriptors, mounts and cgroups are the same number at every rest;
- memory, without the files that are mapped, is at no rest more than MEGABYTES above the first, in the service, and in
  all its forkers and spares together.

Some jobs come before the first count: what is taken once, when a thing is done for the first time, is no growth.
"""

import asyncio
import os
import statistics
import time
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import psutil

from bench.memory import anonymous_megabytes
from learnflow.judge import ForkerPool, Limits
from learnflow.judge.sandbox.cgroups import PREFIX, CgroupsUnavailable, Parents, parents
from learnflow.judge.sandbox.forkers import SPARES

WINDOWS = 10
JOBS_BEFORE = 500
WAITING = 16  # jobs under way or waiting for a forker
LEAST_OF_MEDIAN = 0.9
MEGABYTES = 2.0
SECONDS_TO_REST = 30.0
SECONDS_OF_REST = 0.05  # without anybody running


@dataclass(frozen=True)
class Count:
    """What this process and the pool below it hold."""

    service_megabytes: float
    pool_megabytes: float  # bubblewraps, forkers and spares
    processes: int
    service_descriptors: int
    pool_descriptors: int
    mounts: int  # in all mount namespaces of these processes
    cgroups: int


async def is_flat(job: dict[str, Any], jobs: int) -> bool:
    """Run so many jobs and print what was counted; answers whether all of it was flat."""
    groups = _parents()
    async with ForkerPool() as pool:
        await _per_second(pool, job, JOBS_BEFORE)
        await _rest(pool)
        counts, rates, served = [_count(groups)], [], set(pool.forkers)
        for _ in range(WINDOWS):
            rates.append(await _per_second(pool, job, jobs // WINDOWS))
            await _rest(pool)
            counts.append(_count(groups))
            served |= pool.forkers
    print(f"{jobs} jobs in {WINDOWS} windows by {len(served)} forkers, {pool.size} at a time")
    print(f"{'':20}{'first':>9}{'last':>9}{'smallest':>9}{'largest':>9}")
    kept = [_show("jobs per second", rates, rates[-1] >= LEAST_OF_MEDIAN * statistics.median(rates))]
    for field in fields(Count):
        values = [float(getattr(count, field.name)) for count in counts]
        allowed = MEGABYTES if field.name.endswith("megabytes") else 0.0
        flat = max(values) - values[0] <= allowed and (allowed > 0 or min(values) == max(values))
        kept.append(_show(field.name.replace("_", " "), values, flat))
    return all(kept)


async def _per_second(pool: ForkerPool, job: dict[str, Any], jobs: int) -> float:
    left = iter(range(jobs))

    async def take_turns() -> None:
        for _ in left:
            await pool.execute(job, Limits())

    began = time.perf_counter()
    await asyncio.gather(*(take_turns() for _ in range(WAITING)))
    return jobs / (time.perf_counter() - began)


async def _rest(pool: ForkerPool) -> None:
    """Wait for the state in which everything is counted. Raises TimeoutError when it does not come."""
    async with asyncio.timeout(SECONDS_TO_REST):
        before = None
        while before is None or not _is_stocked(pool) or before != _nanoseconds_run():
            before = _nanoseconds_run()
            await asyncio.sleep(SECONDS_OF_REST)


def _is_stocked(pool: ForkerPool) -> bool:
    """Whether every forker is idle, none is being replaced or closed, and every spare has been asked for."""
    return (
        len(pool.forkers) == pool.idle == pool.size
        and not pool._restarts  # noqa: SLF001  nothing else asks for it
        and all(forker.spares == SPARES for forker in pool.forkers)
    )


def _nanoseconds_run() -> int | None:
    """CPU time of all processes below this one: a spare closes itself off and rehearses before it waits. None while one
    of them does not wait."""
    total = 0
    try:
        for process in psutil.Process().children(recursive=True):
            if process.status() != psutil.STATUS_SLEEPING:
                return None
            total += int(Path(f"/proc/{process.pid}/schedstat").read_text().split()[0])
    except (psutil.NoSuchProcess, FileNotFoundError, ProcessLookupError):  # it has just ended
        return None
    return total


def _count(groups: Parents | None) -> Count:
    below = psutil.Process().children(recursive=True)
    pids = [process.pid for process in below]
    namespaces = {Path(f"/proc/{pid}/ns/mnt").readlink(): pid for pid in (os.getpid(), *pids)}
    folders = {groups.memory, groups.pids} if groups else set()
    return Count(
        service_megabytes=anonymous_megabytes(os.getpid()),
        pool_megabytes=sum(anonymous_megabytes(pid) for pid in pids),
        processes=1 + len(pids),
        service_descriptors=_entries(Path("/proc/self/fd")),
        pool_descriptors=sum(_entries(Path(f"/proc/{pid}/fd")) for pid in pids),
        mounts=sum(len(Path(f"/proc/{pid}/mountinfo").read_text().splitlines()) for pid in namespaces.values()),
        cgroups=sum(len(list(folder.glob(f"{PREFIX}{os.getpid()}-*"))) for folder in folders),
    )


def _entries(folder: Path) -> int:
    return len(list(folder.iterdir()))


def _parents() -> Parents | None:
    try:
        return parents()
    except CgroupsUnavailable:
        return None


def _show(name: str, values: list[float], flat: bool) -> bool:
    figures = "".join(f"{value:9.1f}" for value in (values[0], values[-1], min(values), max(values)))
    print(f"{name:20}{figures} {'' if flat else 'MISSED'}".rstrip())
    return flat
