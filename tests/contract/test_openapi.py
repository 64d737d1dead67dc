"""The OpenAPI document tells the truth: schemathesis sends a real server what it allows and what it forbids."""

import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr
from tests.contract.world import school
from tests.support.servers import SECRET, free_port, server_process, until_ready

from learnflow.accounts.access import Role
from learnflow.core.config import Settings
from learnflow.entry.app import create_app

CONFIG = Path(__file__).with_name("schemathesis.toml")
SIGNING_OUT = ("/api/auth/sessions/{session_id}", "/api/auth/logout")


def chosen(how: str, paths: Sequence[str]) -> list[str]:
    return [argument for path in paths for argument in (f"--{how}-path", path)]


async def schemathesis(port: int, headers: dict[str, str], folder: Path, *selection: str) -> tuple[int, str]:
    """Exit code and report of one run over the selected operations."""
    command = [
        *(sys.executable, "-m", "schemathesis.cli", "--config-file", str(CONFIG)),
        *("run", f"http://127.0.0.1:{port}/openapi.json"),
        *("--phases", "examples,coverage,fuzzing"),
        *("--max-examples", "15"),
        *("--continue-on-failure", "--no-color", "--workers", "1", "--request-timeout", "40"),
        *(argument for name, value in headers.items() for argument in ("--header", f"{name}: {value}")),
        *selection,
    ]
    process = await asyncio.create_subprocess_exec(
        *command, cwd=folder, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    output, _ = await process.communicate()
    assert process.returncode is not None
    return process.returncode, output.decode(errors="replace")


@pytest.mark.timeout(400)
@pytest.mark.parametrize("role", [Role.guest, Role.student, Role.admin])
async def test_the_document_holds_for(role: Role, settings: Settings, tmp_path: Path) -> None:
    app = create_app(settings.model_copy(update={"secret_key": SecretStr(SECRET)}))
    async with app.router.lifespan_context(app):
        world = await school(app)
        headers = {} if role is Role.guest else world.people[role].headers
    port = free_port()
    async with server_process(settings, port, submission_rate="100000/minute", sign_in_failures="100000/minute"):
        await until_ready(port)
        # What signs the caller out would make every later call a 401, so it comes last.
        code, report = await schemathesis(port, headers, tmp_path, *chosen("exclude", SIGNING_OUT))
        assert code == 0, report
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", headers=headers) as client:
            assert (await client.get("/api/auth/me")).status_code == (401 if role is Role.guest else 200)
        code, report = await schemathesis(port, headers, tmp_path, *chosen("include", SIGNING_OUT))
        assert code == 0, report
