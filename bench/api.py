"""Requests per second of `GET /api/auth/me` and of the exercise list, against bare Starlette (bench/bare_app.py).

Run as `python -m bench.api`. SQLite; LearnFlow with its default settings, log lines included. The two servers take
turns, so that both see the same machine; each figure is the median of the rounds.
"""

import asyncio
import base64
import json
import sqlite3
import statistics
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from bench.load import request_bytes, requests_per_second
from bench.server import Server, as_json, free_port, running_server, show

ROUNDS = 7
CONNECTIONS = 8
EXERCISES = 1000
INSERT = """
INSERT INTO exercises (slug, title, topic, module, difficulty_level, language, version, created_at, updated_at)
VALUES (?, ?, 'variables', 'Basics', 'beginner', 'python', 1, ?, ?)
"""


def fill(database: Path) -> None:
    """The catalogue's rows alone: the list reads nothing else."""
    moment = "2026-11-24 08:00:00.000000"
    with sqlite3.connect(database) as connection:
        rows = [(f"exercise-{n}", f"Exercise number {n}", moment, moment) for n in range(EXERCISES)]
        connection.executemany(INSERT, rows)


@asynccontextmanager
async def bare_server(server: Server, token: str) -> AsyncIterator[int]:
    payload = token.split(".")[1]
    claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    port = free_port()
    command = [sys.executable, "-m", "bench.bare_app", str(port), claims["sub"], str(claims["sid"])]
    process = subprocess.Popen(command, env=server.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    bare = Server(port, process, server.environment)
    try:
        await bare.until_answered("/me")
        yield port
    finally:
        process.terminate()
        process.wait(10)


async def compare(ours: tuple[int, bytes], bare: tuple[int, bytes], requests: int) -> tuple[float, float]:
    """Median requests per second of both, and nothing else at the same time."""
    rates: tuple[list[float], list[float]] = ([], [])
    for round_ in range(ROUNDS + 1):
        for into, (port, raw) in zip(rates, (ours, bare), strict=True):
            rate = await requests_per_second(port, raw, connections=CONNECTIONS, requests=requests)
            if round_:  # the first warms up
                into.append(rate)
    return statistics.median(rates[0]), statistics.median(rates[1])


async def main() -> bool:
    async with running_server(graders="0") as server:
        token = await server.person("student@example.com", "student")
        fill(Path(server.environment["LEARNFLOW_DATA_DIR"], "learnflow.db"))
        async with bare_server(server, token) as bare_port:
            me = await compare(
                (server.port, request_bytes("GET", "/api/auth/me", token=token)),
                (bare_port, request_bytes("GET", "/me")),
                requests=1200,
            )
            listed = await compare(
                (server.port, request_bytes("GET", "/api/exercises/?limit=100")),
                (bare_port, request_bytes("GET", "/exercises")),
                requests=400,
            )
    kept = []
    for name, (ours, bare), bound in (("GET /me", me, 0.45), ("exercise list", listed, 0.7)):
        print(f"{name:<14} LearnFlow {ours:6.0f}/s, bare Starlette {bare:6.0f}/s")
        kept.append(show(name, ours / bare, bound, at_least=True, unit="of bare"))
    print(as_json(me=me[0] / me[1], exercise_list=listed[0] / listed[1]))
    return all(kept)


if __name__ == "__main__":
    sys.exit(0 if asyncio.run(main()) else 1)
