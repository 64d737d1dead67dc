"""A real server process for a test, started with the command an operator uses."""

import asyncio
import os
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx

from learnflow.core.config import Settings
from tests.support.waiting import eventually

SECRET = "a secret of the test that is long enough"
"""Signs the tokens of both the test, which mints its own, and the server process."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@asynccontextmanager
async def server_process(
    settings: Settings, port: int, *, stderr: int | None = None, **changed: str
) -> AsyncIterator[asyncio.subprocess.Process]:
    """`learnflow serve` over the settings' database; killed in the end. `changed` are settings by name."""
    environment = os.environ | {
        "LEARNFLOW_DATABASE_URL": settings.database_url,
        "LEARNFLOW_DATA_DIR": str(settings.data_dir),
        "LEARNFLOW_SECRET_KEY": SECRET,
        "LEARNFLOW_PORT": str(port),
        "LEARNFLOW_GRADERS": "1",
        "LEARNFLOW_LOG_LEVEL": "ERROR",
        **{f"LEARNFLOW_{name.upper()}": value for name, value in changed.items()},
    }
    command = [sys.executable, "-m", "learnflow.entry.cli", "serve"]
    process = await asyncio.create_subprocess_exec(*command, env=environment, stderr=stderr)
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def until_ready(port: int) -> None:
    async def ready() -> bool:
        async with httpx.AsyncClient() as client:
            try:
                return (await client.get(f"http://127.0.0.1:{port}/health/ready")).status_code == 200
            except httpx.TransportError:
                return False

    await eventually(ready, seconds=30)
