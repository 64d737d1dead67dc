"""`learnflow grader`: judge what is queued, in a process of its own; any number of them, on any number of machines."""

import asyncio
import signal
from typing import Annotated

import typer

from learnflow.core.config import Settings
from learnflow.core.database import Database
from learnflow.core.logging import configure_logging
from learnflow.grading.service import graders
from learnflow.submissions.live import Live


def grader(
    forkers: Annotated[
        int | None, typer.Option(min=1, max=256, help="Sandboxes that judge at once; default LEARNFLOW_GRADERS.")
    ] = None,
) -> None:
    """Judge what is queued. SIGTERM lets running work finish or gives it back, within 10 seconds."""
    settings = Settings()
    configure_logging(level=settings.log_level, as_json=settings.log_json)
    size = forkers if forkers is not None else settings.graders
    if size == 0:
        typer.echo("LEARNFLOW_GRADERS is 0, so nothing would be judged here: give --forkers, or unset it.", err=True)
        raise typer.Exit(1)
    advice = asyncio.run(_judge(settings, size))
    if advice:
        typer.echo(f"Nothing can be judged on this machine. {advice}", err=True)
        raise typer.Exit(1)


async def _judge(settings: Settings, size: int) -> str:
    """Until a signal; returns what would mend the machine when it can't judge, else nothing."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    database = Database(settings.database_url, pool_size=settings.database_pool_size)
    try:
        async with graders(
            database,
            Live(),
            size=size,
            lowest_tier=settings.lowest_tier,
            modules=settings.judge_modules,
            lease_seconds=settings.grader_lease_seconds,
        ) as service:
            if not service.judging:
                return service.advice
            await stop.wait()
    finally:
        await database.close()
    return ""
