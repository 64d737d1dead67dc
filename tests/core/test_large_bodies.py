"""A body past the limit, however it is sent."""

from collections.abc import AsyncIterator

import httpx
import pytest

from learnflow.core.http import LARGEST_BODY


async def in_chunks(size: int) -> AsyncIterator[bytes]:
    """JSON of `size` bytes and a few more, sent without a Content-Length."""
    yield b'{"refresh_token": "'
    for _ in range(0, size, 64 * 1024):
        yield b"x" * 64 * 1024
    yield b'"}'


@pytest.mark.parametrize("chunked", [True, False])
async def test_a_body_that_is_too_large_is_413(client: httpx.AsyncClient, chunked: bool) -> None:
    content = in_chunks(LARGEST_BODY) if chunked else b"x" * (LARGEST_BODY + 1)
    answer = await client.post("/api/auth/refresh", content=content, headers={"Content-Type": "application/json"})
    assert answer.status_code == 413
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] == "body_too_large"
    assert answer.headers["X-Request-ID"] == answer.json()["request_id"]
