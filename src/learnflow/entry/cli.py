"""The command line: `learnflow …`."""

import socket
import sys
from typing import Annotated

import typer
from pydantic import ValidationError
from sqlalchemy.exc import SQLAlchemyError

from learnflow import __version__
from learnflow.core.config import InsecureConfiguration, Settings
from learnflow.core.errors import DomainError
from learnflow.core.outage import reason
from learnflow.entry import env_example
from learnflow.entry.commands import course, db, grader, judge, prepare, user
from learnflow.entry.migrate import migrate as apply_migrations
from learnflow.entry.serve import serve as run_server

app = typer.Typer(
    name="learnflow",
    help="A self-hosted Python tutoring platform.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
app.add_typer(course.app, name="course")
app.add_typer(user.app, name="user")
app.add_typer(db.app, name="db")
app.add_typer(judge.app, name="judge")
app.command("grader")(grader.grader)
app.command("prepare")(prepare.prepare)


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on; default LEARNFLOW_HOST.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on; default LEARNFLOW_PORT.")] = None,
) -> None:
    """Start the server, with graders inside unless LEARNFLOW_GRADERS is 0."""
    settings = Settings()
    run_server(
        settings.model_copy(update={"host": host or settings.host, "port": settings.port if port is None else port})
    )


@app.command()
def migrate() -> None:
    """Bring the database's tables to this version."""
    apply_migrations(Settings().database_url)


@app.command("env-example")
def show_env_example() -> None:
    """Print every setting with its default, the content of .env.example."""
    typer.echo(env_example.render(), nl=False)


@app.command()
def version() -> None:
    """Print the version."""
    typer.echo(__version__)


def main() -> None:
    """Run a command; what the operator can mend is told in a sentence, without a traceback."""
    try:
        app()
    except InsecureConfiguration as error:
        sys.exit(f"learnflow: {error}")
    except ValidationError as error:
        faults = "; ".join(
            f"LEARNFLOW_{'_'.join(map(str, e['loc'])).upper()}: {e['msg'].removeprefix('Value error, ')}"
            for e in error.errors()
        )
        sys.exit(f"learnflow: the settings are wrong: {faults}")
    except DomainError as error:
        sys.exit(f"learnflow: {error.detail}")
    except (SQLAlchemyError, ConnectionError, socket.gaierror, TimeoutError) as error:
        sys.exit(
            f"learnflow: the database cannot be used: {reason(error)}. Look whether LEARNFLOW_DATABASE_URL and "
            "LEARNFLOW_DATA_DIR are right, whether its server runs, and whether `learnflow migrate` was run."
        )


if __name__ == "__main__":
    main()
