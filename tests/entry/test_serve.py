"""The server process: it stops when it is told to, and says in a sentence why it can't start."""

import asyncio
import os
import signal
import socket
import sys
import time
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import httpx
import pytest

from learnflow.core.config import Settings
from learnflow.core.database import Database
from learnflow.entry.app import create_app
from tests.support.exercises import published_exercise
from tests.support.people import Person, join
from tests.support.servers import SECRET, free_port, server_process
from tests.support.waiting import eventually


async def school(settings: Settings) -> tuple[Person, int]:
    app = create_app(settings.model_copy(update={"secret_key": type(settings.secret_key)(SECRET)}))
    async with app.router.lifespan_context(app):
        exercise = await published_exercise(app.state.database)
        return await join(app), exercise.id


def server(settings: Settings, port: int) -> AbstractAsyncContextManager[asyncio.subprocess.Process]:
    """A real server process without graders: what is handed in waits for ever."""
    return server_process(settings, port, stderr=asyncio.subprocess.PIPE, graders="0", log_level="WARNING")


async def test_told_to_stop_it_ends_what_waits_for_verdicts_at_once(settings: Settings, database: Database) -> None:
    student, exercise_id = await school(settings)
    port = free_port()
    hand_in = {"exercise_id": exercise_id, "code": "print(1)"}
    async with (
        server(settings, port) as process,
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=20, headers=student.headers) as client,
    ):

        async def answers() -> bool:
            try:
                return (await client.get("/health")).status_code == 200
            except httpx.TransportError:
                return False

        await eventually(answers, seconds=30)
        first = (await client.post("/api/submissions/", json=hand_in)).json()
        waiting = asyncio.create_task(client.post("/api/submissions/?wait=30", json=hand_in))
        followed: list[str] = []
        async with client.stream("GET", f"/api/submissions/{first['id']}/events") as stream:
            lines = stream.aiter_lines()
            followed.append(await anext(lines))
            told = time.monotonic()
            process.send_signal(signal.SIGTERM)
            followed += [line async for line in lines]
        answer = await waiting
        assert process.stderr is not None
        said = (await process.stderr.read()).decode()
        await process.wait()
        assert time.monotonic() - told < 4
    assert followed[0] == "event: queued"
    assert "event: graded" not in followed
    assert (answer.status_code, answer.json()["status"]) == (201, "queued")
    assert "Traceback" not in said


async def test_without_its_tables_it_says_what_to_run(settings: Settings, tmp_path: Path) -> None:
    empty = settings.model_copy(update={"database_url": f"sqlite+aiosqlite:///{tmp_path / 'empty.db'}"})
    async with server(empty, free_port()) as process:
        _, said = await process.communicate()
    assert process.returncode == 1
    (sentence,) = said.decode().splitlines()
    assert "Run `learnflow migrate` first" in sentence


@pytest.mark.parametrize("command", ["migrate", "prepare", "user list", "db recount"])
async def test_a_command_without_its_database_says_so_in_a_sentence(command: str, tmp_path: Path) -> None:
    environment = os.environ | {
        "LEARNFLOW_DATABASE_URL": f"postgresql+asyncpg://nobody@127.0.0.1:{free_port()}/nowhere",
        "LEARNFLOW_DATA_DIR": str(tmp_path),
    }
    process = await asyncio.create_subprocess_exec(
        *[sys.executable, "-m", "learnflow.entry.cli", *command.split()],
        env=environment,
        stderr=asyncio.subprocess.PIPE,
    )
    _, said = await process.communicate()
    assert process.returncode == 1
    (sentence,) = said.decode().splitlines()
    assert "database" in sentence
    assert "refused" in sentence or "Connect call failed" in sentence


async def test_an_address_in_use_is_told_in_a_sentence(settings: Settings, database: Database) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        async with server(settings, port) as process:
            _, said = await process.communicate()
    assert process.returncode == 1
    (sentence,) = said.decode().splitlines()
    assert f"cannot listen on 127.0.0.1 port {port}" in sentence
    assert "LEARNFLOW_PORT" in sentence
