"""`learnflow judge EXERCISE_DIR FILE`: judge a program against an exercise on disk, without server or database.

`learnflow judge doctor`: what isolation this machine offers; `learnflow judge replay`: see replay.py. A folder of such
a name is judged as `./doctor`.
"""

import asyncio
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
import typer.core
from rich.console import Console
from rich.markup import escape

from learnflow.core.config import Settings
from learnflow.entry.commands.replay import replay
from learnflow.exercises.course.read import read_exercise
from learnflow.exercises.verification import Draft
from learnflow.grading import judging
from learnflow.grading.definitions import define, definition_check
from learnflow.judge import (
    ForkerLost,
    ForkerPool,
    Judgement,
    JudgeUnavailable,
    OfferedModules,
    Tier,
    TierReport,
    Verdict,
    examine_modules,
    probe,
)

HELP = "`learnflow judge EXERCISE_DIR FILE [--json]`: judge a program against an exercise on disk."


class _JudgeGroup(typer.core.TyperGroup):
    """A first word that is no command is an exercise's folder."""

    # ctx is of a class that typer keeps to itself
    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        known = next((word for word in args if not word.startswith("-")), None) in self.commands
        return super().parse_args(ctx, args if known or args in ([], ["--help"]) else ["exercise", *args])


app = typer.Typer(cls=_JudgeGroup, no_args_is_help=True, help=HELP)


app.command("replay")(replay)


@app.command("exercise")
def judge(
    exercise: Annotated[Path, typer.Argument(exists=True, file_okay=False, help="The exercise's folder.")],
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="The program to judge.")],
    as_json: Annotated[bool, typer.Option("--json", help="JSON instead of text.")] = False,
) -> None:
    """Judge a program against an exercise's cases, hidden ones included. Exit code 0: passed, 1: not."""
    settings = Settings()
    try:
        code = file.read_text(encoding="utf-8")
        draft = read_exercise(exercise, check_definition=definition_check(settings.judge_modules)).content.draft()
        judgement = asyncio.run(_judge(code, draft, settings))
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


@app.command()
def doctor(as_json: Annotated[bool, typer.Option("--json", help="JSON instead of text.")] = False) -> None:
    """What isolation this machine offers, what is missing and what mends it; whether the modules that are offered to
    exercises can be used. Exit code 0: full and all of them, 1: less."""
    settings = Settings()
    report, offered = asyncio.run(_examine(settings.judge_modules))
    if as_json:
        typer.echo(json.dumps(asdict(report) | asdict(offered), indent=2, ensure_ascii=False))
    else:
        _show_tier(report, Tier(settings.lowest_tier))
        _show_modules(offered)
        if settings.judge_modules and report.tier is not Tier.full:
            names = ", ".join(settings.judge_modules)
            typer.echo(f"\nModules ({names}): not tried, they can be used in tier full alone.")
    if report.tier is not Tier.full or offered.faults:
        raise typer.Exit(1)


_MEANING = {
    Tier.full: "Namespaces, system call filter, Landlock, limits: students' programs are isolated.",
    Tier.reduced: "No namespaces, but another user, system call filter, Landlock, limits; programs can write no files.",
    Tier.none: "Plain processes: for development alone.",
}


async def _examine(names: Sequence[str]) -> tuple[TierReport, OfferedModules]:
    report = await probe()
    return report, await examine_modules(names) if report.tier is Tier.full else OfferedModules()


def _show_modules(offered: OfferedModules) -> None:
    for module in offered.modules:
        state = f"{module.version}, can be used." if module.fault is None else f"can't be used. {module.fault}"
        typer.echo(f"Module {module.name}: {state}")
    if offered.faults:
        typer.echo(f"To mend it: install it, and what it imports, for {sys.executable}, and offer that too.")
    if offered.megabytes:
        cost = f"{offered.megabytes:.0f} MB, ready after {offered.seconds:.2f} s"
        typer.echo(f"One forker with all that can be used: {cost}.")


def _show_tier(report: TierReport, lowest: Tier) -> None:
    console = Console(highlight=False, soft_wrap=True)
    colour = {Tier.full: "green", Tier.reduced: "yellow", Tier.none: "red"}[report.tier]
    if report.tier is Tier.full:
        ending = ""
    elif any(state.offered and state.tier.strength >= lowest.strength for state in report.tiers):
        ending = f" LEARNFLOW_JUDGE_LOWEST_TIER={lowest} accepts it: programs are judged with it."
    else:
        ending = " Nothing is judged unless a setting names a tier that is there."
    console.print(f"Isolation tier: [{colour}]{report.tier}[/].{ending}")
    for state in report.tiers:
        console.print(f"\n{state.tier}: {'there' if state.offered else 'not to be had'}. {_MEANING[state.tier]}")
        for finding in state.findings:
            console.print(f"- {finding.what}\n  To mend it: {finding.fix}", markup=False)
        if state.offered and state.tier.strength < lowest.strength and report.tier is not Tier.full:
            where = " (only in development, with LEARNFLOW_HOST on loopback)" if state.tier is Tier.none else ""
            console.print(f"- To judge with it: LEARNFLOW_JUDGE_LOWEST_TIER={state.tier}{where}", markup=False)
    if sys.platform != "linux":
        console.print("\nmacOS and Windows are for development only: nothing is isolated there.")
    elif report.tier is Tier.full and not report.findings:
        console.print("\nNothing is missing.")


async def _judge(code: str, draft: Draft, settings: Settings) -> Judgement:
    async with ForkerPool(lowest=Tier(settings.lowest_tier), modules=settings.judge_modules) as pool:
        return await judging.judge(pool, code, define(draft.test_cases, draft.limits, draft.modules))


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
