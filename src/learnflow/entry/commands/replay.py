"""`learnflow judge replay SUBMISSION_ID`: judge a submission again as it was judged, and compare."""

import asyncio
import json
from dataclasses import asdict
from typing import Annotated

import typer

from learnflow.core.config import Settings
from learnflow.core.database import Database
from learnflow.grading.judging import JudgeFailed
from learnflow.grading.replay import Replay
from learnflow.grading.replay import replay as judge_again
from learnflow.judge import ForkerLost, ForkerPool, JudgeUnavailable, Tier

LONGEST = 300


def replay(
    submission_id: Annotated[int, typer.Argument(min=1, help="The submission's id.")],
    as_json: Annotated[bool, typer.Option("--json", help="JSON instead of text.")] = False,
) -> None:
    """Judge a submission again with the same code, cases, limits and seeds, and compare verdict, value and output.

    Nothing is recorded. Lists what differs, case by case, and ends with exit code 1 if anything does.
    """
    try:
        result = asyncio.run(_replay(Settings(), submission_id))
    except (JudgeUnavailable, JudgeFailed, ForkerLost) as error:
        typer.echo(f"The judge can't work here: {error}", err=True)
        raise typer.Exit(1) from error
    if as_json:
        typer.echo(json.dumps(asdict(result), indent=2, ensure_ascii=False))
    else:
        _show(result)
    if result.differences:
        raise typer.Exit(1)


async def _replay(settings: Settings, submission_id: int) -> Replay:
    database = Database(settings.database_url, pool_size=1)
    try:
        async with ForkerPool(lowest=Tier(settings.lowest_tier), modules=settings.judge_modules) as pool:
            return await judge_again(database, pool, submission_id)
    finally:
        await database.close()


def _show(result: Replay) -> None:
    for condition in result.other_conditions:
        typer.echo(f"Not as it was: {condition}.")
    for each in result.differences:
        typer.echo(f"Case {each.position}, {each.name}: {each.what} was {_cut(each.before)}, now {_cut(each.now)}")
    count = len(result.differences)
    found = "no difference" if count == 0 else f"{count} difference{'' if count == 1 else 's'}"
    typer.echo(f"{result.cases} cases of version {result.exercise_version} judged again: {found}.")


def _cut(text: str | None) -> str:
    return "nothing" if text is None else repr(text if len(text) <= LONGEST else f"{text[:LONGEST]}…")
