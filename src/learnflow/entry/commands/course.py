"""`learnflow course`: prove a course's files, bring them into the catalogue, write the catalogue as files."""

import asyncio
import json
from collections import Counter
from collections.abc import Coroutine, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer

from learnflow.core.config import Settings
from learnflow.core.database import Database
from learnflow.exercises import queries
from learnflow.exercises.course.check import prove
from learnflow.exercises.course.export import export_course
from learnflow.exercises.course.format import Course, Fault
from learnflow.exercises.course.load import Loaded, load_course
from learnflow.exercises.course.read import read_course
from learnflow.grading.definitions import definition_check
from learnflow.grading.judging import JudgeFailed
from learnflow.grading.verify import code_judge
from learnflow.judge import ForkerLost, ForkerPool, JudgeUnavailable, Tier

app = typer.Typer(help="A course as files: check, load, export.", no_args_is_help=True)

Result = TypeVar("Result")
Folder = Annotated[Path, typer.Argument(exists=True, file_okay=False, help="The folder with course.yaml.")]
AsJson = Annotated[bool, typer.Option("--json", help="JSON instead of text.")]


@app.command()
def check(folder: Folder, as_json: AsJson = False) -> None:
    """Prove a course with the real judge.

    Every file is well-formed, every solution passes, every starter fails, every wrong answer is caught by its case.
    """
    course = read_course(folder, check_definition=definition_check(Settings().judge_modules))
    faults = [*course.faults, *_run(_prove(course))]
    if as_json:
        print(json.dumps({"exercises": len(course.exercises), "faults": [asdict(fault) for fault in faults]}, indent=2))
    elif not faults:
        wrong = sum(len(exercise.wrong) for exercise in course.exercises)
        print(f"{course.title}: {len(course.exercises)} exercises and {wrong} wrong answers, all as they should be.")
    if faults:
        _tell(faults)
        raise typer.Exit(1)


async def _prove(course: Course) -> list[Fault]:
    settings = Settings()
    async with ForkerPool(lowest=Tier(settings.lowest_tier), modules=settings.judge_modules) as pool:
        return await prove(course, code_judge(pool))


@app.command()
def load(
    folder: Folder,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Take the files' version also where the web's was changed since.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Bring a course's files into the catalogue; what is unchanged stays untouched.

    An exercise that was changed on the web since is never overwritten unless you say so. With faults in the files
    nothing is loaded.
    """
    course = read_course(folder, check_definition=definition_check(Settings().judge_modules))
    if course.faults:
        _tell(course.faults)
        typer.echo("Nothing was loaded.", err=True)
        raise typer.Exit(1)
    loaded = _run(_load(course, overwrite=overwrite))
    if as_json:
        print(json.dumps([asdict(each) for each in loaded], indent=2))
        return
    for each in loaded:
        if each.outcome != "unchanged":
            print(f"{each.outcome:<9} {each.slug}" + (f": {each.message}" if each.message else ""))
    print(summary(loaded))


def summary(loaded: Sequence[Loaded]) -> str:
    """How many exercises are new, changed, unchanged, in conflict, removed, in one line."""
    counts = Counter(each.outcome for each in loaded)
    if set(counts) <= {"unchanged"}:
        return f"Nothing changed: all {counts['unchanged']} exercises are as in the files."
    return ", ".join(f"{count} {outcome}" for outcome, count in counts.items()) + "."


async def _load(course: Course, *, overwrite: bool) -> list[Loaded]:
    database = Database(Settings().database_url, pool_size=1)
    try:
        async with database.write() as session:
            return await load_course(session, course, overwrite=overwrite)
    finally:
        await database.close()


@app.command()
def export(
    folder: Annotated[Path, typer.Argument(file_okay=False, help="A folder that is empty or not there yet.")],
    title: Annotated[str, typer.Option("--title", help="The course's title.")] = "Exported course",
    as_json: AsJson = False,
) -> None:
    """Write the catalogue as a course's files. Archived exercises are left out."""
    try:
        written = _run(_export(folder, title))
    except OSError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from error
    if as_json:
        print(json.dumps([path.as_posix() for path in written], indent=2))
    else:
        print(f"{len(written)} exercises written to {folder}.")


async def _export(folder: Path, title: str) -> list[Path]:
    database = Database(Settings().database_url, pool_size=1)
    try:
        async with database.read() as session:
            exercises = await queries.every_current(session)
    finally:
        await database.close()
    return export_course(exercises, folder, title=title)


def _tell(faults: Sequence[Fault]) -> None:
    for fault in faults:
        typer.echo(str(fault), err=True)
    typer.echo(f"{len(faults)} fault{'' if len(faults) == 1 else 's'}.", err=True)


def _run(work: Coroutine[Any, Any, Result]) -> Result:
    try:
        return asyncio.run(work)
    except (JudgeUnavailable, JudgeFailed, ForkerLost) as error:
        typer.echo(f"The judge can't work here: {error}", err=True)
        raise typer.Exit(1) from error
