"""How often somebody may be wrong about a password: counted per account and address together.

A school shares one address, so the address alone would lock out a class; the account alone would let anybody lock out
a pupil from elsewhere. Counted in this process's memory, right passwords not at all.
"""

import time

from limits import parse
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import FixedWindowRateLimiter

from learnflow.core.context import current_origin
from learnflow.core.errors import TooManyRequests


class GuessLimit:
    """Failures allowed in a window such as `10/15minute`; made by `entry`. Raises ValueError for other text."""

    def __init__(self, failures: str) -> None:
        self._limit = parse(failures)
        self._limiter = FixedWindowRateLimiter(MemoryStorage())

    async def require_some_left(self, account: str) -> None:
        """Raises TooManyRequests when the request's address has been wrong about `account` too often."""
        pair = (account, _address())
        if not await self._limiter.test(self._limit, *pair):
            reset = (await self._limiter.get_window_stats(self._limit, *pair)).reset_time
            raise TooManyRequests(
                "Too many wrong passwords for this account from here. Wait, then try again.",
                retry_after=int(reset - time.time()) + 1,
            )

    async def count_failure(self, account: str) -> None:
        await self._limiter.hit(self._limit, account, _address())


def _address() -> str:
    return current_origin().address or "unknown"
