"""`learnflow db`: look after the database."""

import asyncio
import json
from dataclasses import asdict
from typing import Annotated

import typer

from learnflow.core.config import Settings
from learnflow.core.database import Database
from learnflow.progress.recount import recount

app = typer.Typer(help="Look after the database.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Look after the database."""


@app.command("recount")
def recount_command(
    fix: Annotated[bool, typer.Option("--fix", help="Keep what was counted from then on.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """Count progress, totals, streaks and points anew from the submissions and compare with what is kept.

    Lists every figure that differs and ends with exit code 1 if there is one, with 0 after `--fix` put it right. May
    run beside a server; a teacher's score given in the last seconds may not have reached the figures yet.
    """
    found = asyncio.run(_recount(Settings(), fix=fix, as_json=as_json))
    if not as_json:
        done = "put right" if fix else "found"
        print(f"{found} difference{'' if found == 1 else 's'} {done}.")
    if found and not fix:
        typer.echo(
            "The figures are not what the submissions say. `learnflow db recount --fix` puts them right.", err=True
        )
        raise typer.Exit(1)


async def _recount(settings: Settings, *, fix: bool, as_json: bool) -> int:
    database = Database(settings.database_url, pool_size=1)
    found = 0
    try:
        async for each in recount(database, fix=fix):
            found += 1
            if as_json:
                print(json.dumps(asdict(each)))
            else:
                print(f"{each.table} of {each.row}: kept {each.kept}, counted {each.counted}")
    finally:
        await database.close()
    return found
