"""`learnflow prepare`: what a first start needs. Repeatable: the second time it changes nothing."""

import asyncio
import json
import shlex
from pathlib import Path

import typer
from sqlalchemy import select

from learnflow.accounts.access import Role
from learnflow.accounts.errors import EmailTaken
from learnflow.accounts.passwords import PasswordWorker
from learnflow.accounts.register import register
from learnflow.core.config import Environment, Settings
from learnflow.core.database import Database
from learnflow.entry.commands.course import summary
from learnflow.entry.commands.user import made_up_password
from learnflow.entry.migrate import migrate
from learnflow.exercises.course.load import load_course
from learnflow.exercises.course.read import read_course
from learnflow.exercises.models import Exercise
from learnflow.grading.definitions import definition_check

CURRICULUM = Path(__file__).parents[4] / "curriculum"
FIRST_EXERCISE = "add-two-numbers"
FIRST_SOLUTION = "def add(a, b):\n    return a + b\n"
PEOPLE = {Role.teacher: "teacher@example.com", Role.student: "student@example.com"}


def prepare() -> None:
    """Migrate the database, load the course, make one teacher and one student, and say how to begin.

    In production no accounts are made: `learnflow user create` makes the first.
    """
    settings = Settings()
    settings.signing_key()  # generates one in development; in production says what is missing
    migrate(settings.database_url)
    course = read_course(CURRICULUM, check_definition=definition_check(settings.judge_modules))
    if course.faults:
        for fault in course.faults:
            typer.echo(str(fault), err=True)
        raise typer.Exit(1)

    async def fill() -> tuple[str, dict[Role, str], int | None]:
        database = Database(settings.database_url, pool_size=1)
        worker = PasswordWorker()
        try:
            async with database.write() as session:
                loaded = summary(await load_course(session, course))
            people = PEOPLE if settings.environment is Environment.development else {}
            passwords = {role: await _make(database, worker, role) for role in people}
            async with database.read() as session:
                first = await session.scalar(select(Exercise.id).where(Exercise.slug == FIRST_EXERCISE))
            return loaded, {role: password for role, password in passwords.items() if password}, first
        finally:
            worker.close()
            await database.close()

    loaded, passwords, first = asyncio.run(fill())
    typer.echo(f"Course: {loaded}")
    if settings.environment is Environment.production:
        typer.echo(
            "Accounts: none is made in production. The first: learnflow user create --role admin --email … --name …"
        )
        return
    _greet(settings, passwords, first)


async def _make(database: Database, worker: PasswordWorker, role: Role) -> str | None:
    """The new account's password; None when the account was there before."""
    password = made_up_password()
    try:
        name = f"First {role.value.title()}"
        await register(database, worker, email=PEOPLE[role], name=name, password=password, role=role)
    except EmailTaken:
        return None
    return password


def _greet(settings: Settings, passwords: dict[Role, str], exercise_id: int | None) -> None:
    host = "127.0.0.1" if settings.host in {"0.0.0.0", "::"} else settings.host  # noqa: S104  shown, not listened on
    address = f"http://{host}:{settings.port}"
    typer.echo(f"\nLearnFlow: {address}   API pages: {address}/docs\n")
    if passwords:
        typer.echo("Sign-in (these passwords are shown this once):")
        for role, password in passwords.items():
            typer.echo(f"  {role:<8} {PEOPLE[role]}   {password}")
    if missing := [email for person, email in PEOPLE.items() if person not in passwords]:
        typer.echo(f"Sign-in: {', '.join(missing)}, with the passwords shown at the first start. A new one:")
        typer.echo(f"  .venv/bin/learnflow user reset-password --email {missing[-1]}")
    if exercise_id is None:
        return
    sign_in = json.dumps({"email": PEOPLE[Role.student], "password": passwords.get(Role.student, "PASSWORD")})
    hand_in = json.dumps({"exercise_id": exercise_id, "language": "python", "code": FIRST_SOLUTION})
    show_field = "import json, sys; print(json.load(sys.stdin)['access_token'])"
    typer.echo(
        f"""
Hand in a solution and see its verdict, in another terminal:

TOKEN=$(curl -s {address}/api/auth/login -H 'Content-Type: application/json' \\
  -d {shlex.quote(sign_in)} | python3 -c "{show_field}")
curl -s '{address}/api/submissions/?wait=10' -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' \\
  -d {shlex.quote(hand_in)} | python3 -m json.tool
"""
    )
