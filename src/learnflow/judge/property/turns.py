"""Long work on the event loop that lets others have their turn."""

import asyncio
import time

LONGEST_TURN = 0.01  # seconds


class Turns:
    """`give` it between two pieces of work: it waits for the others once LONGEST_TURN has been used."""

    def __init__(self) -> None:
        self._since = time.perf_counter()

    async def give(self) -> None:
        if time.perf_counter() - self._since > LONGEST_TURN:
            await asyncio.sleep(0)
            self._since = time.perf_counter()
