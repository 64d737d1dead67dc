"""Whose case a free forker runs next: the one's whose programs have had the least time.

Start-time fair queuing in seconds. Each owner has a clock: the time that its programs have used. Who comes starts at
the common clock, which goes on by what each of those present would have had on average, not at zero: so nobody gains
by coming late or anew, and whoever waits is overtaken by the common clock at last, however many come.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Hashable
from contextlib import asynccontextmanager


class Shares:
    """`places` that can be taken at the same time, by owners who each get the same share of them while others wait."""

    def __init__(self, places: int) -> None:
        self._free = places
        self._common = 0.0
        self._clocks: dict[Hashable, float] = {}
        self._present: dict[Hashable, int] = {}  # how much of each owner's waits or runs
        self._waiting: dict[Hashable, list[asyncio.Future[None]]] = {}

    @property
    def waiting(self) -> bool:
        """Whether anybody waits for a place."""
        return bool(self._waiting)

    @asynccontextmanager
    async def place(self, owner: Hashable) -> AsyncIterator[None]:
        """Wait for a place and have it for the block; what the block lasts is what the owner has used."""
        self._enter(owner)
        try:
            if self._free:
                self._free -= 1
            else:
                await self._wait(owner)
            began = time.monotonic()
            try:
                yield
            finally:
                self._charge(owner, time.monotonic() - began)
                self._give_on()
        finally:
            self._leave(owner)

    async def _wait(self, owner: Hashable) -> None:
        mine: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(owner, []).append(mine)
        try:
            await mine
        except asyncio.CancelledError:
            if mine.cancelled():
                self._forget(owner, mine)
            else:  # the place was given at the same moment
                self._give_on()
            raise

    def _enter(self, owner: Hashable) -> None:
        if owner not in self._present:
            self._clocks[owner] = max(self._clocks.get(owner, 0.0), self._common)
        self._present[owner] = self._present.get(owner, 0) + 1

    def _charge(self, owner: Hashable, seconds: float) -> None:
        self._clocks[owner] += seconds
        self._common += seconds / len(self._present)

    def _give_on(self) -> None:
        """The place goes to the first waiting of the owner with the earliest clock; of equal ones to who came first."""
        while self._waiting:
            owner = min(self._waiting, key=self._clocks.__getitem__)
            place = self._waiting[owner][0]
            self._forget(owner, place)
            if not place.done():  # else it was cancelled a moment ago
                place.set_result(None)
                return
        self._free += 1

    def _forget(self, owner: Hashable, place: asyncio.Future[None]) -> None:
        places = self._waiting.get(owner, [])
        if place in places:
            places.remove(place)
        if not places:
            self._waiting.pop(owner, None)

    def _leave(self, owner: Hashable) -> None:
        self._present[owner] -= 1
        if self._present[owner]:
            return
        del self._present[owner]
        if not self._present:  # nobody is left to be fair to
            self._clocks.clear()
            self._common = 0.0
        for gone in [
            gone for gone, clock in self._clocks.items() if clock <= self._common and gone not in self._present
        ]:
            del self._clocks[gone]
