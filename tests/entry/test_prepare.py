"""What `make run` does before the server: repeatable, and without example accounts where they would be a hole."""

import sqlite3
import sys
from pathlib import Path

import anyio
import pytest

SECRET = "k3Jx" * 12


async def prepare(folder: Path, environment: str) -> str:
    variables = {
        "LEARNFLOW_DATA_DIR": str(folder),
        "LEARNFLOW_ENVIRONMENT": environment,
        "LEARNFLOW_SECRET_KEY": SECRET,
        "PATH": "/usr/bin:/bin",
    }
    command = [sys.executable, "-m", "learnflow.entry.cli", "prepare"]
    done = await anyio.run_process(command, cwd=folder, env=variables, check=True)
    return done.stdout.decode()


def emails(folder: Path) -> list[str]:
    with sqlite3.connect(folder / "learnflow.db") as connection:
        found = [email for (email,) in connection.execute("SELECT email FROM students ORDER BY email")]
    connection.close()
    return found


async def test_in_development_a_teacher_and_a_student_are_made_once(tmp_path: Path) -> None:
    first, second = await prepare(tmp_path, "development"), await prepare(tmp_path, "development")
    assert emails(tmp_path) == ["student@example.com", "teacher@example.com"]
    assert "these passwords are shown this once" in first
    assert "these passwords are shown this once" not in second
    assert "20 new" in first
    assert "Nothing changed" in second


@pytest.mark.parametrize("times", [1, 2])
async def test_in_production_no_account_is_made(tmp_path: Path, times: int) -> None:
    for _ in range(times):
        told = await prepare(tmp_path, "production")
    assert emails(tmp_path) == []
    assert "user create --role admin" in told
