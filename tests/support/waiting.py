"""Waiting for what another task or process brings about: asked again and again, for a bounded time."""

import asyncio
import time
from collections.abc import Awaitable, Callable


async def eventually(holds: Callable[[], Awaitable[bool]], *, seconds: float = 15.0) -> None:
    """Return as soon as it holds. Raises AssertionError when it does not in `seconds`."""
    deadline = time.monotonic() + seconds
    while not await holds():
        assert time.monotonic() < deadline, f"did not come about within {seconds} s"
        await asyncio.sleep(0.02)
