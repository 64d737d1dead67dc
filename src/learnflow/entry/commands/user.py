"""`learnflow user`: accounts, for the operator. Asks nothing on the terminal."""

import asyncio
import json
import secrets
import sys
from collections.abc import Awaitable, Callable
from typing import Annotated, Any, Literal, NoReturn, TypeVar

import typer
from pydantic import TypeAdapter, ValidationError
from rich.console import Console
from rich.table import Table
from sqlalchemy.exc import DBAPIError

from learnflow.accounts import queries
from learnflow.accounts.access import Role
from learnflow.accounts.change_password import reset_password as give_new_password
from learnflow.accounts.emails import Email
from learnflow.accounts.errors import EmailTaken
from learnflow.accounts.models import Student
from learnflow.accounts.passwords import PasswordWorker
from learnflow.accounts.profile import set_role as give_role
from learnflow.accounts.register import register
from learnflow.core.config import Settings
from learnflow.core.database import Database
from learnflow.core.errors import DomainError
from learnflow.core.text import ShortText

app = typer.Typer(help="Accounts: create, list, set-role, reset-password.", no_args_is_help=True)

Result = TypeVar("Result")
AnEmail = Annotated[str, typer.Option("--email", help="The account's e-mail address.")]
ARole = Annotated[Literal["student", "teacher", "admin"], typer.Option("--role", help="What the account may do.")]
APassword = Annotated[
    str | None, typer.Option("--password", help="Seen by others in the process list; rather use --password-stdin.")
]
FromStdin = Annotated[bool, typer.Option("--password-stdin", help="Read the password's line from standard input.")]


@app.command()
def create(
    email: AnEmail,
    name: Annotated[str, typer.Option("--name", help="The person's name.")],
    role: ARole = "student",
    password: APassword = None,
    password_stdin: FromStdin = False,
    if_missing: Annotated[bool, typer.Option("--if-missing", help="Change nothing when the account exists.")] = False,
) -> None:
    """Make an account. Without a password one is made up and printed, this once."""
    address = _checked(Email, email, "--email")
    person = _checked(ShortText, name, "--name")
    given = _given_password(password, from_stdin=password_stdin)
    chosen = made_up_password() if given is None else given

    async def make(database: Database, worker: PasswordWorker) -> Student | None:
        try:
            return await register(database, worker, email=address, name=person, password=chosen, role=Role(role))
        except EmailTaken:
            if if_missing:
                return None
            raise

    student = _run(make)
    if student is None:
        print(f"{address} exists already; nothing was changed.")
        return
    print(f"Created {student.role} {student.email} (id {student.id}).")
    if given is None:
        print(f"Password: {chosen}")


@app.command("list")
def list_accounts(
    as_json: Annotated[bool, typer.Option("--json", help="JSON instead of a table.")] = False,
) -> None:
    """All accounts."""

    async def read(database: Database, _worker: PasswordWorker) -> list[dict[str, object]]:
        async with database.read() as session:
            return [_shown(student) for student in await queries.students(session)]

    accounts = _run(read)
    if as_json:
        print(json.dumps(accounts, ensure_ascii=False, indent=2))
        return
    table = Table("id", "e-mail", "name", "role", "active", "since")
    for account in accounts:
        since = str(account["created_at"])[:10]
        table.add_row(
            str(account["id"]),
            str(account["email"]),
            str(account["name"]),
            str(account["role"]),
            "yes" if account["is_active"] else "no",
            since,
        )
    Console().print(table)


@app.command("set-role")
def set_role(email: AnEmail, role: ARole) -> None:
    """Give an account another role; it counts from the person's next request."""

    async def give(database: Database, _worker: PasswordWorker) -> Student:
        async with database.write() as session:
            return await give_role(session, email=email, role=Role(role))

    student = _run(give)
    print(f"{student.email} is {student.role} now.")


@app.command("reset-password")
def reset_password(email: AnEmail, password: APassword = None, password_stdin: FromStdin = False) -> None:
    """Give an account a new password and end all its sessions. Without one it is made up and printed, this once."""
    given = _given_password(password, from_stdin=password_stdin)
    chosen = made_up_password() if given is None else given

    async def reset(database: Database, worker: PasswordWorker) -> Student:
        return await give_new_password(database, worker, email=email, new_password=chosen)

    student = _run(reset)
    print(f"{student.email} has a new password and is signed out everywhere.")
    if given is None:
        print(f"Password: {chosen}")


def _run(work: Callable[[Database, PasswordWorker], Awaitable[Result]]) -> Result:
    """Do the work over the configured database; what it refuses ends the command."""

    async def over_database() -> Result:
        database = Database(Settings().database_url, pool_size=1)
        worker = PasswordWorker()
        try:
            return await work(database, worker)
        finally:
            worker.close()
            await database.close()

    try:
        return asyncio.run(over_database())
    except DomainError as error:
        return _fail(error.detail)
    except (DBAPIError, OSError) as error:
        reason = (
            error.orig if isinstance(error, DBAPIError) else error
        )  # without the statement and a link to its manual
        return _fail(
            f"The database could not be used ({reason}). Is it there, and did `learnflow migrate` run? "
            "Run commands in LearnFlow's folder, or with LEARNFLOW_DATABASE_URL set."
        )


def _fail(message: str) -> NoReturn:
    typer.echo(message, err=True)
    raise typer.Exit(1)


def _checked(kind: Any, text: str, option: str) -> str:
    try:
        checked: str = TypeAdapter(kind).validate_python(text)
    except ValidationError as error:
        _fail(f"{option}: {error.errors()[0]['msg'].removeprefix('Value error, ')}")
    return checked


def _given_password(password: str | None, *, from_stdin: bool) -> str | None:
    if not from_stdin:
        return password
    if password is not None:
        _fail("Give either --password or --password-stdin, not both.")
    return sys.stdin.readline().rstrip("\r\n")


def made_up_password() -> str:
    """100 random bits in groups that can be read out aloud."""
    letters = "abcdefghijkmnpqrstuvwxyz23456789"  # 32 of them; none looks like another
    return "-".join("".join(secrets.choice(letters) for _ in range(5)) for _ in range(4))


def _shown(student: Student) -> dict[str, object]:
    return {
        "id": student.id,
        "user_id": str(student.user_id),
        "email": student.email,
        "name": student.name,
        "role": student.role,
        "is_active": student.is_active,
        "created_at": student.created_at.isoformat(),
    }
