"""The judge alone, without HTTP or database, each figure next to its bar and to bare Python of the same run.

python -m bench.judge [--jobs 500]      exit code 1 when a bar is missed
"""

import argparse
import asyncio
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from bench.bare import PROGRAM, bare_milliseconds, bare_per_second
from learnflow.judge import ForkerPool, Limits, judge_code, parse_cases
from learnflow.judge.bubblewrap import INTERPRETER_OPTIONS, readable_paths, real_interpreter

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
        wrapped = _bubblewrap_per_run()
        demand = await _times(100, lambda: _on_demand(pool), SECONDS_UNTIL_SPARE)
        twenty = await _times(60, lambda: _twenty_cases(pool), SECONDS_UNTIL_SPARE)
        began = time.process_time()
        rate = await _per_second(pool, jobs)
        service = (time.process_time() - began) * 1e3 / jobs
        bare_rate = bare_per_second(pool.size)
        memory = max(_own_kilobytes(forker.pid) for forker in pool.forkers) / 1024
    print(f"bare python {bare:.1f} ms, bubblewrap per run {wrapped:.1f} ms ({wrapped / bare:.2f} x)")
    show("spare ready, median", statistics.median(spare), "ms", 0.25, statistics.median(spare) / bare)
    show("spare ready, p99", _p99(spare), "ms", 1.0, _p99(spare) / bare)
    show("on demand, median", statistics.median(demand), "ms", 0.45, statistics.median(demand) / bare)
    show("20 call cases, median", statistics.median(twenty), "ms", 5.0, statistics.median(twenty) / bare)
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


def _bubblewrap_per_run(runs: int = 30) -> float:
    """Median milliseconds of one process per run in all of bubblewrap's namespaces, without seccomp and limits."""
    binds = [part for path in readable_paths() for part in ("--ro-bind", path, path)]
    links = [
        part
        for name in ("/lib", "/lib64")
        if Path(name).is_symlink()
        for part in ("--symlink", str(Path(name).readlink()), name)
    ]
    command = [
        shutil.which("bwrap") or "bwrap", "--unshare-all", "--die-with-parent", "--clearenv", *binds, *links,
        "--dev", "/dev", "--size", str(16 << 20), "--tmpfs", "/home", "--chdir", "/home",
        real_interpreter().executable, *INTERPRETER_OPTIONS, "-c", PROGRAM,
    ]  # fmt: skip
    times = []
    for _ in range(runs):
        began = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env={})
        times.append((time.perf_counter() - began) * 1e3)
    return statistics.median(times)


def _own_kilobytes(pid: int) -> int:
    """Memory that no other process maps: private pages and this one's share of what is mapped by several."""
    fields = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:])
    return int(fields["Pss"].split()[0])


def _p99(times: list[float]) -> float:
    return sorted(times)[int(len(times) * 0.99)]


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument(
        "--jobs", type=int, default=500, help="runs for the throughput; 20000 to see whether it is flat"
    )
    sys.exit(0 if asyncio.run(main(parser.parse_args().jobs)) else 1)
