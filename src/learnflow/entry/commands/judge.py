"""`learnflow judge EXERCISE_DIR FILE`: judge a program against an exercise on disk, without server or database."""

import asyncio
import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from learnflow.exercises.course.read import read_exercise
from learnflow.exercises.verification import Draft
from learnflow.grading import judging
from learnflow.grading.definitions import check_definition, define
from learnflow.judge import ForkerLost, ForkerPool, Judgement, JudgeUnavailable, Verdict


def judge(
    exercise: Annotated[Path, typer.Argument(exists=True, file_okay=False, help="The exercise's folder.")],
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="The program to judge.")],
    as_json: Annotated[bool, typer.Option("--json", help="JSON instead of text.")] = False,
) -> None:
    """Judge a program against an exercise's cases, hidden ones included. Exit code 0: passed, 1: not."""
    try:
        code = file.read_text(encoding="utf-8")
        draft = read_exercise(exercise, check_definition=check_definition).content.draft()
        judgement = asyncio.run(_judge(code, draft))
    except UnicodeDecodeError as error:
        typer.echo(f"{file} is not UTF-8 text: {error}", err=True)
        raise typer.Exit(1) from error
    except ValueError as error:
        typer.echo(f"{exercise} is not an exercise that can be judged:\n{error}", err=True)
        raise typer.Exit(1) from error
    except (JudgeUnavailable, judging.JudgeFailed, ForkerLost) as error:
        typer.echo(f"The judge can't work here: {error}", err=True)
        raise typer.Exit(1) from error
    if as_json:
        typer.echo(json.dumps(asdict(judgement), indent=2, ensure_ascii=False))
    else:
        _show(judgement)
    if not judgement.passed:
        raise typer.Exit(1)


async def _judge(code: str, draft: Draft) -> Judgement:
    async with ForkerPool() as pool:
        return await judging.judge(pool, code, define(draft.test_cases, draft.limits))


def _show(judgement: Judgement) -> None:
    console = Console(highlight=False, soft_wrap=True)
    for result in judgement.results:
        colour = "green" if result.verdict is Verdict.passed else "red"
        hidden = " (hidden)" if result.hidden else ""
        console.print(f"[{colour}]{result.verdict:<14}[/] {escape(result.name)}{hidden}  {result.wall_ms:.1f} ms")
        if result.verdict is Verdict.passed:
            continue
        for text in (result.explanation, result.error["traceback"] if result.error else None, result.diff):
            if text:
                console.print("\n".join(f"    {line}" for line in text.splitlines()), markup=False)
    console.print(f"Score {judgement.score}. Sandbox: {judgement.tier}; Python {judgement.interpreter}.")
