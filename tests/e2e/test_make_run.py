"""`make run` does all it promises: set-up, database, course, people, server, and a command that shows a verdict."""

import asyncio
import json
import os
import re
import shlex
import signal
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.support.servers import free_port, until_ready

ROOT = Path(__file__).parents[2]


@asynccontextmanager
async def make_run(port: int, folder: Path, log: Path) -> AsyncIterator[None]:
    """`make run PORT=…` with its data in `folder`; its output in `log`. Ended as Ctrl-C ends it."""
    environment = os.environ | {"LEARNFLOW_DATA_DIR": str(folder), "LEARNFLOW_LOG_LEVEL": "WARNING"}
    with log.open("wb") as output:
        process = await asyncio.create_subprocess_exec(
            *("make", "run", f"PORT={port}"), cwd=ROOT, env=environment, stdout=output, stderr=output, process_group=0
        )
        try:
            await until_ready(port)
            yield
        finally:
            os.killpg(process.pid, signal.SIGINT)
            await process.wait()


def curl_commands(printed: str) -> list[str]:
    joined = printed.replace("\\\n", " ")
    return re.findall(r"(?:TOKEN=\$\()?(curl .*?)(?: \| python3.*)?$", joined, flags=re.MULTILINE)


async def send(command: str, variables: Mapping[str, str] = {}) -> Any:
    """What this curl command would send, sent; curl itself is not on every machine."""
    for name, value in variables.items():
        command = command.replace(f"${name}", value)
    words = shlex.split(command)
    headers = dict(words[i + 1].split(": ", 1) for i, word in enumerate(words) if word == "-H")
    [url] = [word for word in words if word.startswith("http://")]
    async with httpx.AsyncClient(timeout=30) as client:
        answer = await client.post(url, content=words[words.index("-d") + 1], headers=headers)
    assert answer.status_code in {200, 201}, answer.text
    return answer.json()


@pytest.mark.timeout(180)
async def test_make_run_prints_a_command_that_shows_a_verdict(tmp_path: Path) -> None:
    port, log = free_port(), tmp_path / "log"
    async with make_run(port, tmp_path / "data", log):
        printed = log.read_text()
        assert f"http://127.0.0.1:{port}" in printed
        sign_in, hand_in = curl_commands(printed)
        token = (await send(sign_in))["access_token"]
        submission = await send(hand_in, {"TOKEN": token})
    assert submission["status"] == "passed"
    assert submission["score"] == 100
    assert {case["verdict"] for case in submission["cases"]} == {"passed"}

    again = tmp_path / "again"
    async with make_run(port, tmp_path / "data", again):
        printed = again.read_text()
        assert "Nothing changed: all 20 exercises are as in the files." in printed
        password = json.loads(shlex.split(sign_in)[shlex.split(sign_in).index("-d") + 1])["password"]
        assert password not in printed


async def test_the_readmes_command_is_the_printed_one() -> None:
    readme = (ROOT / "README.md").read_text()
    commands = curl_commands(readme)
    assert len(commands) == 2
    assert "/api/auth/login" in commands[0]
    words = shlex.split(commands[1])
    assert json.loads(words[words.index("-d") + 1]) == {
        "exercise_id": 1,
        "language": "python",
        "code": "def add(a, b):\n    return a + b\n",
    }
