"""`learnflow user`, run as the operator runs it."""

import json

import anyio.to_thread
import httpx
import pytest
from click.testing import Result
from fastapi import FastAPI
from typer.testing import CliRunner

from learnflow.core.database import Database
from learnflow.entry.commands.user import app as user
from tests.accounts import stored
from tests.support.people import PASSWORD, join

ADA = ["--email", "ada@school.example", "--name", "Ada Lovelace"]


async def learnflow_user(url: str, *arguments: str, given: str = "") -> Result:
    def run() -> Result:
        return CliRunner().invoke(user, list(arguments), input=given, env={"LEARNFLOW_DATABASE_URL": url})

    return await anyio.to_thread.run_sync(run)


async def test_an_admin_is_made_with_a_password_that_is_printed_once(
    client: httpx.AsyncClient, database_url: str, database: Database
) -> None:
    done = await learnflow_user(database_url, "create", *ADA, "--role", "admin")
    assert done.exit_code == 0, done.stderr
    [password] = [line.removeprefix("Password: ") for line in done.stdout.splitlines() if line.startswith("Password: ")]
    answer = await client.post("/api/auth/login", json={"email": "ADA@school.example", "password": password})
    assert answer.status_code == 200
    assert answer.json()["student"]["role"] == "admin"
    [event] = await stored.events_of(database, "registered")
    assert event["role"] == "admin"


async def test_a_password_comes_from_standard_input(client: httpx.AsyncClient, database_url: str) -> None:
    done = await learnflow_user(database_url, "create", *ADA, "--password-stdin", given=f"{PASSWORD}\n")
    assert done.exit_code == 0, done.stderr
    assert PASSWORD not in done.stdout
    answer = await client.post("/api/auth/login", json={"email": "ada@school.example", "password": PASSWORD})
    assert answer.json()["student"]["role"] == "student"


async def test_making_somebody_twice_is_an_error_unless_asked_for(
    app: FastAPI, database_url: str, database: Database
) -> None:
    await join(app, email="Ada@school.example")
    again = await learnflow_user(database_url, "create", *ADA, "--password", PASSWORD)
    assert again.exit_code == 1
    assert "ada@school.example" not in again.stdout
    assert again.stderr
    missing = await learnflow_user(database_url, "create", *ADA, "--role", "teacher", "--if-missing")
    assert missing.exit_code == 0
    assert "Password" not in missing.stdout
    [only] = await stored.students(database)
    assert only.role == "student"


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["--email", "nobody", "--name", "X"], "--email"),
        (["--email", "x@school.example", "--name", " "], "--name"),
        ([*ADA, "--password", "short"], "password"),
        ([*ADA, "--password", ""], "password"),
        ([*ADA, "--password", PASSWORD, "--password-stdin"], "--password-stdin"),
    ],
)
async def test_what_is_wrong_is_told_on_standard_error(
    database_url: str, database: Database, arguments: list[str], named: str
) -> None:
    done = await learnflow_user(database_url, "create", *arguments)
    assert done.exit_code == 1
    assert named in done.stderr
    assert "Traceback" not in done.stderr
    assert await stored.students(database) == []


async def test_the_list_is_a_table_or_json(app: FastAPI, database_url: str) -> None:
    ada = await join(app, email="ada@school.example")
    table = await learnflow_user(database_url, "list")
    assert "ada@school.example" in table.stdout
    listed = json.loads((await learnflow_user(database_url, "list", "--json")).stdout)
    assert [(one["id"], one["email"], one["role"]) for one in listed] == [(ada.id, ada.email, "student")]


async def test_a_new_role_counts_from_the_next_request(
    app: FastAPI, client: httpx.AsyncClient, database_url: str
) -> None:
    ada = await join(app)
    done = await learnflow_user(database_url, "set-role", "--email", ada.email.upper(), "--role", "teacher")
    assert done.exit_code == 0, done.stderr
    assert (await client.get("/api/auth/me", headers=ada.headers)).json()["role"] == "teacher"
    unknown = await learnflow_user(database_url, "set-role", "--email", "x@school.example", "--role", "teacher")
    assert unknown.exit_code == 1
    assert "x@school.example" in unknown.stderr


async def test_a_reset_password_ends_every_session(
    app: FastAPI, client: httpx.AsyncClient, database_url: str, database: Database
) -> None:
    ada = await join(app)
    done = await learnflow_user(database_url, "reset-password", "--email", ada.email)
    assert done.exit_code == 0, done.stderr
    password = done.stdout.split("Password: ")[1].strip()
    assert (await client.get("/api/auth/me", headers=ada.headers)).status_code == 401
    old = await client.post("/api/auth/login", json={"email": ada.email, "password": PASSWORD})
    new = await client.post("/api/auth/login", json={"email": ada.email, "password": password})
    assert (old.status_code, new.status_code) == (401, 200)
    assert await stored.events_of(database, "password_changed") == [{"student_id": ada.id, "by": "operator"}]


async def test_a_database_without_tables_is_named_as_such(tmp_path_factory: pytest.TempPathFactory) -> None:
    empty = tmp_path_factory.mktemp("empty") / "new.db"
    done = await learnflow_user(f"sqlite+aiosqlite:///{empty}", "list")
    assert done.exit_code == 1
    assert "learnflow migrate" in done.stderr
    assert "Traceback" not in done.stderr
