"""The judge alone, without HTTP or database, each figure next to its bar and to bare Python of the same run.

python -m bench.judge [--jobs 3000]            next to bare Python and to what others take for one run (bench/others.py)
python -m bench.judge --flat [--jobs 20000]   whether it stays as it is over many jobs (bench/flat.py)

Both end with exit code 1 when a bar is missed.
"""

import argparse
import asyncio
import os
import statistics
import sys
import time
from collections.abc import Awaitable, Callable

from bench.bare import PROGRAM, bare_milliseconds, bare_per_second
from bench.flat import is_flat
from bench.memory import proportional_megabytes
from bench.others import OTHERS, median_or_why_not
from learnflow.judge import ForkerPool, Limits, judge_code, parse_cases

ADD = "def add(a, b):\n    return a + b\n"
JOB = {"kind": "stdio", "source": PROGRAM}
SECONDS_UNTIL_SPARE = 0.008  # as between two pupils


async def main(jobs: int) -> bool:
    bars: list[bool] = []

    def show(
        what: str, value: float, unit: str, bar: float, ratio: float | None = None, *, least: bool = False
    ) -> None:
        compared = value if ratio is None else ratio
        kept = compared >= bar if least else compared <= bar
        bars.append(kept)
        times = "" if ratio is None else f"{ratio:5.2f} x"
        print(
            f"{what:32} {value:7.1f} {unit:5} {times:8} {'>=' if least else '<='} {bar:<5g} {'' if kept else 'MISSED'}"
        )

    first = await _seconds_to_first_result()
    bare = bare_milliseconds()
    async with ForkerPool() as pool:
        spare = await _times(300, lambda: pool.execute(JOB, Limits()), SECONDS_UNTIL_SPARE)
        bare = statistics.mean([bare, bare_milliseconds()])  # before and after: the machine changes
        others = {name: median_or_why_not(measure) for name, measure in OTHERS.items()}
        demand = await _times(100, lambda: _on_demand(pool), SECONDS_UNTIL_SPARE)
        began = time.process_time()
        rate = await _per_second(pool, jobs)
        service = (time.process_time() - began) * 1e3 / jobs
        bare_rate = bare_per_second(os.cpu_count() or 1)
        memory = max(proportional_megabytes(forker.pid) for forker in pool.forkers)
    async with ForkerPool(2) as two:
        twenty = await _times(60, lambda: _twenty_cases(two), SECONDS_UNTIL_SPARE)
    print(f"{'bare python':32} {bare:7.1f} ms")
    for name, median in others.items():
        print(f"{name:32} " + (median if isinstance(median, str) else f"{median:7.1f} ms    {median / bare:5.2f} x"))
    show("spare ready, median", statistics.median(spare), "ms", 0.25, statistics.median(spare) / bare)
    show("spare ready, p99", _p99(spare), "ms", 1.0, _p99(spare) / bare)
    show("on demand, median", statistics.median(demand), "ms", 0.45, statistics.median(demand) / bare)
    show("20 call cases, two forkers", statistics.median(twenty), "ms", 5.0, statistics.median(twenty) / bare)
    show(f"runs per second (bare {bare_rate:.0f})", rate, "/s", 2.5, rate / bare_rate, least=True)
    show("a forker's own memory", memory, "MB", 30.0)
    show("start to first result", first, "s", 0.5)
    print(f"service: {service:.2f} ms of CPU per run")
    return all(bars)


async def _times(count: int, act: Callable[[], Awaitable[object]], pause: float) -> list[float]:
    times = []
    for _ in range(count + 5):
        began = time.perf_counter()
        await act()
        times.append((time.perf_counter() - began) * 1e3)
        await asyncio.sleep(pause)
    return times[5:]


async def _seconds_to_first_result() -> float:
    began = time.perf_counter()
    async with ForkerPool() as pool:
        await pool.execute(JOB, Limits())
        return time.perf_counter() - began


async def _on_demand(pool: ForkerPool) -> None:
    """As if the spare were not there: a child is asked for and waited for within the time."""
    forker = next(iter(pool.forkers))
    child = forker.make_child()
    try:
        await child.ready
        await forker.run_in(child, JOB, Limits())
    finally:
        forker.forget(child)


async def _twenty_cases(pool: ForkerPool) -> None:
    raw = [
        {"name": f"{n}", "kind": "call", "input": {"function": "add", "args": [n, 1]}, "expected": n + 1}
        for n in range(20)
    ]
    assert (await judge_code(pool, ADD, parse_cases(raw))).passed


async def _per_second(pool: ForkerPool, jobs: int) -> float:
    began = time.perf_counter()
    await asyncio.gather(*(pool.execute(JOB, Limits()) for _ in range(jobs)))
    return jobs / (time.perf_counter() - began)


def _p99(times: list[float]) -> float:
    return sorted(times)[int(len(times) * 0.99)]


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--flat", action="store_true", help="only whether it stays as it is over many jobs")
    parser.add_argument("--jobs", type=int, help="runs for the throughput (3000) or with --flat (20000)")
    asked = parser.parse_args()
    kept = asyncio.run(is_flat(JOB, asked.jobs or 20_000) if asked.flat else main(asked.jobs or 3000))
    sys.exit(0 if kept else 1)
