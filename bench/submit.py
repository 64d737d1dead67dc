"""Hand in over HTTP with `?wait=`, 10 `call` cases, SQLite, graders inside the server.

Run as `python -m bench.submit`. "Bare" is the interpreter that the forker runs, started anew for
`print(sum(range(10)))` (bench/bare.py), in the same run. The load is made by this process on the same cores.
"""

import asyncio
import os
import statistics
import sys
import time

from bench.bare import bare_milliseconds
from bench.load import Connection, percentile, request_bytes
from bench.server import as_json, running_server, show

ALONE = 150
CLIENTS = 8
TOGETHER = 480

CASES = [
    {
        "name": f"adds pair {number}",
        "kind": "call",
        "input": {"function": "add", "args": [number, number * 7]},
        "expected": number * 8,
        "hidden": number > 5,
    }
    for number in range(1, 11)
]
SOLUTION = "def add(a, b):\n    return a + b\n"
EXERCISE = {
    "title": "Add",
    "description": "Add two numbers.",
    "difficulty_level": "beginner",
    "topic": "variables",
    "module": "Basics",
    "starter_code": "def add(a, b):\n    pass\n",
    "solution_code": SOLUTION,
    "test_cases": CASES,
}


async def hand_in(connection: Connection, raw: bytes) -> float:
    """Milliseconds until the verdict was there. Raises unless it is `passed` with ten cases."""
    started = time.perf_counter()
    answer = await connection.request(raw)
    milliseconds = (time.perf_counter() - started) * 1000
    submission = answer.json()
    if answer.status != 201 or submission["status"] != "passed" or len(submission["cases"]) != len(CASES):
        raise RuntimeError(f"answered {answer.status}: {answer.body[:500]!r}")
    return milliseconds


async def main() -> bool:
    bare = bare_milliseconds()
    async with running_server() as server:
        teacher = await server.person("teacher@example.com", "teacher")
        exercise = (await server.ask("POST", "/api/exercises/", token=teacher, body=EXERCISE)).json()["id"]
        tokens = [await server.person(f"student{number}@example.com", "student") for number in range(CLIENTS)]
        body = {"exercise_id": exercise, "code": SOLUTION, "language": "python"}
        raws = [request_bytes("POST", "/api/submissions/?wait=30", token=token, body=body) for token in tokens]
        connections = [await Connection.open(server.port) for _ in tokens]
        for _ in range(10):
            await hand_in(connections[0], raws[0])
        alone = [await hand_in(connections[0], raws[0]) for _ in range(ALONE)]

        async def keep_handing_in(index: int) -> list[float]:
            return [await hand_in(connections[index], raws[index]) for _ in range(TOGETHER // CLIENTS)]

        started = time.perf_counter()
        together = [ms for each in await asyncio.gather(*map(keep_handing_in, range(CLIENTS))) for ms in each]
        per_second = len(together) / (time.perf_counter() - started)
        for connection in connections:
            await connection.close()
        own, whole = server.memory_mb()
    cores = os.cpu_count() or 1
    print(f"bare python                 {bare:.1f} ms")
    for name, values in (("one client", alone), (f"{CLIENTS} clients", together)):
        p50, p95, p99 = (percentile(values, share) for share in (0.5, 0.95, 0.99))
        print(f"{name:<27} p50 {p50:.1f} ms, p95 {p95:.1f} ms, p99 {p99:.1f} ms ({len(values)} hand-ins)")
    print(f"throughput                  {per_second:.1f} graded/s on {cores} cores, load generator included")
    print(f"memory                      server {own:.0f} MB, with its forkers {whole:.0f} MB (proportional)")
    ratio = statistics.median(alone) / bare
    kept = [
        show("hand in with 10 cases, median", ratio, 5, at_least=False),
        show(f"graded per second and core, {CLIENTS} clients", per_second / cores, 16, at_least=True, unit="/s"),
    ]
    print(as_json(bare_ms=bare, ratio=ratio, graded_per_second_per_core=per_second / cores))
    return all(kept)


if __name__ == "__main__":
    sys.exit(0 if asyncio.run(main()) else 1)
