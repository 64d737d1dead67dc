"""The judge alone, without HTTP or database: one run, a submission of ten cases, and runs per second.

python -m bench.judge
"""

import asyncio
import statistics
import time

from bench.bare import PROGRAM, bare_milliseconds
from learnflow.judge import ForkerPool, Limits, judge_code, parse_cases

ADD = "def add(a, b):\n    return a + b\n"


async def main() -> None:
    bare = bare_milliseconds()
    job = {"kind": "stdio", "source": PROGRAM}
    cases = parse_cases(
        [
            {"name": f"{n}", "kind": "call", "input": {"function": "add", "args": [n, 1]}, "expected": n + 1}
            for n in range(10)
        ]
    )
    async with ForkerPool() as pool:
        one, ten = [], []
        for _ in range(100):
            began = time.perf_counter()
            await pool.execute(job, Limits())
            one.append((time.perf_counter() - began) * 1e3)
            await asyncio.sleep(0.005)  # until the next spare is there, as between two pupils
        service_began = time.process_time()
        for _ in range(100):
            began = time.perf_counter()
            judgement = await judge_code(pool, ADD, cases)
            ten.append((time.perf_counter() - began) * 1e3)
            assert judgement.passed
        service = (time.process_time() - service_began) * 1e3 / 1000
        began = time.perf_counter()
        await asyncio.gather(*(pool.execute(job, Limits()) for _ in range(500)))
        rate = 500 / (time.perf_counter() - began)
    print(f"bare python         {bare:6.1f} ms")
    _show("one run", one, bare)
    _show("ten call cases", ten, bare)
    print(f"service             {service:6.2f} ms of CPU per case")
    print(f"runs per second     {rate:6.0f} on {pool.size} forkers")


def _show(what: str, times: list[float], bare: float) -> None:
    median = statistics.median(times)
    print(f"{what:19} {median:6.1f} ms median, {min(times):.1f}-{max(times):.1f}, {median / bare:.2f} x bare")


if __name__ == "__main__":
    asyncio.run(main())
