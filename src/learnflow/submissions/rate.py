"""How often one student may hand in or run: per process, in memory."""

import time

from limits import parse
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import MovingWindowRateLimiter

from learnflow.core.errors import TooManyRequests


class HandInRate:
    """Counts one student's hand-ins and runs; `rate` is in the notation of `limits`, such as 30/minute."""

    def __init__(self, rate: str) -> None:
        self._item = parse(rate)
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    async def count(self, student_id: int) -> None:
        """Raises TooManyRequests, with the seconds until the next is allowed, once the rate is reached."""
        if await self._limiter.hit(self._item, str(student_id)):
            return
        window = await self._limiter.get_window_stats(self._item, str(student_id))
        raise TooManyRequests(
            f"You may hand in and run {self._item.amount} times per {self._item.get_expiry()} seconds. "
            "Take a moment to read the last answer, then try again.",
            retry_after=round(window.reset_time - time.time() + 0.5),
        )
