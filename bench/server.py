"""A real LearnFlow server for a benchmark: its own process, a fresh SQLite database, one teacher and some students."""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from bench.load import Answer, Connection, request_bytes

PASSWORD = "benchmark passphrase"  # noqa: S105  guards a database that lives for seconds
LEARNFLOW = (sys.executable, "-m", "learnflow.entry.cli")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass(frozen=True)
class Server:
    port: int
    process: subprocess.Popen[bytes]
    environment: dict[str, str]

    async def ask(self, method: str, path: str, *, token: str | None = None, body: object = None) -> Answer:
        connection = await Connection.open(self.port)
        try:
            answer = await connection.request(request_bytes(method, path, token=token, body=body))
        finally:
            await connection.close()
        if answer.status >= 400:
            raise RuntimeError(f"{method} {path} answered {answer.status}: {answer.body[:500]!r}")
        return answer

    async def person(self, email: str, role: str) -> str:
        """Make a person and sign them in; answers the access token."""
        command = [
            *LEARNFLOW,
            "user",
            "create",
            "--email",
            email,
            "--name",
            "Bench",
            "--role",
            role,
            "--password",
            PASSWORD,
        ]
        subprocess.run(command, env=self.environment, check=True, stdout=subprocess.DEVNULL)
        answer = await self.ask("POST", "/api/auth/login", body={"email": email, "password": PASSWORD})
        token: str = answer.json()["access_token"]
        return token

    async def until_answered(self, path: str) -> None:
        """Wait until the path is answered well. Raises RuntimeError when the process ends or 20 s have passed."""
        last = "nothing"
        for _ in range(200):
            if self.process.poll() is not None:
                raise RuntimeError(f"the server ended with {self.process.returncode}")
            try:
                await self.ask("GET", path)
            except (OSError, RuntimeError, asyncio.IncompleteReadError) as error:
                last = str(error)
                await asyncio.sleep(0.1)
            else:
                return
        raise RuntimeError(f"{path} was not answered: {last}")

    def memory_mb(self) -> tuple[float, float]:
        """Proportional memory in MB of the server process, and of it with all its forkers."""
        root = psutil.Process(self.process.pid)
        shares = [process.memory_full_info().pss / 2**20 for process in (root, *root.children(recursive=True))]
        return shares[0], sum(shares)


@asynccontextmanager
async def running_server(program: Sequence[str] = LEARNFLOW, **settings: str) -> AsyncIterator[Server]:
    """Started and ready; stopped and its files removed afterwards. `settings` are settings by name.

    `program` is the command line that starts it, without its last word `serve`."""
    with tempfile.TemporaryDirectory(prefix="learnflow-bench-") as folder:
        port = free_port()
        environment = dict(os.environ) | {
            "LEARNFLOW_DATA_DIR": folder,
            "LEARNFLOW_PORT": str(port),
            "LEARNFLOW_SUBMISSION_RATE": "1000000/minute",
            **{f"LEARNFLOW_{name.upper()}": value for name, value in settings.items()},
        }
        subprocess.run([*LEARNFLOW, "migrate"], env=environment, check=True, stderr=subprocess.DEVNULL)
        log = (Path(folder) / "server.log").open("wb")
        process = subprocess.Popen([*program, "serve"], env=environment, stdout=log, stderr=log)
        server = Server(port, process, environment)
        try:
            await server.until_answered("/health" if settings.get("graders") == "0" else "/health/ready")
            yield server
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(20)
            log.close()


def show(name: str, measured: float, bound: float, *, at_least: bool, unit: str = "x bare") -> bool:
    """Print one line of the verdict; answers whether the bound is kept."""
    kept = measured >= bound if at_least else measured <= bound
    word = "at least" if at_least else "at most"
    print(f"{'ok  ' if kept else 'MISS'} {name}: {measured:.2f} {unit} ({word} {bound:g})")
    return kept


def as_json(**figures: float) -> str:
    return json.dumps({name: round(value, 3) for name, value in figures.items()})
