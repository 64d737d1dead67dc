"""Hand in over HTTP with `?wait=`, 10 `call` cases, SQLite, graders inside the server.

Run as `python -m bench.submit`. "Bare" is the interpreter that the forker runs, started anew for
`print(sum(range(10)))` (bench/bare.py), before and after in the same run. The load is made by this process on the same
cores.

One student hands in again and again, once without a pause and once with PAUSE between two hand-ins. The bar is for the
one with a pause: nobody reads a verdict and hands in again within a blink, and after a blink the pool has all of its
spares. Without it, each hand-in waits for what the one before left to do, so it is printed too. Then several clients
hand in at once, for the throughput. Where the time of a hand-in goes is measured in a server of its own that marks
the times (bench/parts.py), so that marking them costs the other figures nothing.
"""

import asyncio
import json
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

from bench.bare import bare_milliseconds
from bench.load import Connection, percentile, request_bytes
from bench.server import Server, as_json, running_server, show

FIRST = 10  # hand-ins that are not counted
ALONE = 150
PAUSE = 0.05  # seconds
IN_PARTS = 60
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


async def again_and_again(server: Server, raw: bytes, count: int, pause: float) -> list[float]:
    """Milliseconds of each of so many hand-ins, one after the other, the first of them left out."""
    connection = await Connection.open(server.port)
    times = []
    for _ in range(FIRST + count):
        times.append(await hand_in(connection, raw))
        await asyncio.sleep(pause)
    await connection.close()
    return times[FIRST:]


async def at_once(server: Server, raws: list[bytes]) -> tuple[list[float], float]:
    """Milliseconds of each hand-in of several students, each on a connection of their own, and hand-ins per second."""
    each = TOGETHER // CLIENTS
    started = time.perf_counter()
    lists = await asyncio.gather(*(again_and_again(server, raw, each, 0) for raw in raws))
    seconds = time.perf_counter() - started
    return [milliseconds for times in lists for milliseconds in times], len(raws) * (FIRST + each) / seconds


async def prepared(server: Server, students: int) -> list[bytes]:
    """An exercise, and for each student the request that hands in its solution."""
    teacher = await server.person("teacher@example.com", "teacher")
    exercise = (await server.ask("POST", "/api/exercises/", token=teacher, body=EXERCISE)).json()["id"]
    body = {"exercise_id": exercise, "code": SOLUTION, "language": "python"}
    tokens = [await server.person(f"student{number}@example.com", "student") for number in range(students)]
    return [request_bytes("POST", "/api/submissions/?wait=30", token=token, body=body) for token in tokens]


async def in_parts() -> tuple[dict[str, float], float]:
    """Mean milliseconds of each part of a hand-in inside the server, and of the whole as the client sees it."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "parts")
        async with running_server((sys.executable, "-m", "bench.parts", str(file))) as server:
            (raw,) = await prepared(server, 1)
            whole = statistics.mean(await again_and_again(server, raw, IN_PARTS, PAUSE))
        return means(file), whole


def means(file: Path) -> dict[str, float]:
    lines = [json.loads(line) for line in file.read_text().splitlines()[FIRST:]]
    return {part: statistics.mean(line[part] for line in lines) for part in lines[0]}


async def main() -> bool:
    bare = bare_milliseconds()
    async with running_server() as server:
        raws = await prepared(server, CLIENTS)
        hurried = await again_and_again(server, raws[0], ALONE, 0)
        calm = await again_and_again(server, raws[0], ALONE, PAUSE)
        bare = statistics.mean([bare, bare_milliseconds()])
        together, per_second = await at_once(server, raws)
        own, whole = server.memory_mb()
    parts, seen = await in_parts()
    cores = os.cpu_count() or 1
    print(f"bare python                 {bare:.1f} ms")
    named = {"one client without a pause": hurried, "one client with a pause": calm, f"{CLIENTS} clients": together}
    for name, values in named.items():
        p50, p95, p99 = (percentile(values, share) for share in (0.5, 0.95, 0.99))
        print(f"{name:<27} p50 {p50:.1f} ms, p95 {p95:.1f} ms, p99 {p99:.1f} ms ({len(values)} hand-ins)")
    print(f"throughput                  {per_second:.1f} graded/s on {cores} cores, load generator included")
    print(f"memory                      server {own:.0f} MB, with its forkers {whole:.0f} MB (proportional)")
    print(f"parts of one with a pause, mean of {IN_PARTS}: {seen:.1f} ms")
    for part, milliseconds in {**parts, "outside the server": seen - sum(parts.values())}.items():
        print(f"  {part:<25} {milliseconds:.1f} ms")
    hurried_ratio, ratio = statistics.median(hurried) / bare, statistics.median(calm) / bare
    print(f"hand in without a pause     {hurried_ratio:.2f} x bare (no bar)")
    kept = [
        show("hand in with 10 cases, with a pause, median", ratio, 2.5, at_least=False),
        show(f"graded per second and core, {CLIENTS} clients", per_second / cores, 16, at_least=True, unit="/s"),
    ]
    print(
        as_json(
            bare_ms=bare, ratio=ratio, ratio_without_pause=hurried_ratio, graded_per_second_per_core=per_second / cores
        )
    )
    return all(kept)


if __name__ == "__main__":
    sys.exit(0 if asyncio.run(main()) else 1)
