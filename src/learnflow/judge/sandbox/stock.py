"""When spare children are made: one as soon as a forker has none, the others while its whole pool has nothing to do.

A spare made earlier would take the cores from whoever records a verdict, or from another forker's job.
"""

import asyncio
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager

from learnflow.judge.sandbox.forkers import SPARES, Forker

SECONDS_OF_QUIET = 0.012  # after the last job; until then its verdict is recorded and sent
SECONDS_BETWEEN_SPARES = 0.003


class Stock:
    """Watches over the spares of a pool's forkers."""

    def __init__(self, forkers: Callable[[], Collection[Forker]]) -> None:
        self._forkers = forkers
        self._jobs = 0
        self._later: asyncio.TimerHandle | None = None

    @contextmanager
    def job(self) -> Iterator[None]:
        """For as long as a job runs or waits."""
        self._jobs += 1
        self.stop()
        try:
            yield
        finally:
            self._jobs -= 1
            self.wait_for_quiet()

    def wait_for_quiet(self) -> None:
        """Fill up once nothing has happened for a while."""
        self.stop()
        if not self._jobs:
            self._later = asyncio.get_running_loop().call_later(SECONDS_OF_QUIET, self._add_one)

    def stop(self) -> None:
        if self._later is not None:
            self._later.cancel()
            self._later = None

    def _add_one(self) -> None:
        lacking = [forker for forker in self._forkers() if forker.alive and forker.spares < SPARES]
        if lacking:
            min(lacking, key=lambda forker: forker.spares).add_spare()
            self._later = asyncio.get_running_loop().call_later(SECONDS_BETWEEN_SPARES, self._add_one)
