"""A lean HTTP/1.1 client for load: keep-alive connections, as little of the machine as possible for the asking side."""

import asyncio
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


class Connection:
    """One connection, one request at a time."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    @classmethod
    async def open(cls, port: int) -> Self:
        return cls(*await asyncio.open_connection("127.0.0.1", port, limit=4 * 2**20))

    async def request(self, raw: bytes) -> Answer:
        """Send a request made by `request_bytes`; the answer must state its length."""
        self.writer.write(raw)
        head = await self.reader.readuntil(b"\r\n\r\n")
        status = int(head[9:12])
        lower = head.lower()
        at = lower.find(b"content-length:")
        length = int(lower[at + 15 : lower.index(b"\r\n", at)]) if at >= 0 else 0
        return Answer(status, await self.reader.readexactly(length))

    async def close(self) -> None:
        self.writer.close()
        await self.writer.wait_closed()


def request_bytes(method: str, path: str, *, token: str | None = None, body: object = None) -> bytes:
    content = b"" if body is None else json.dumps(body).encode()
    head = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
    if token:
        head += f"Authorization: Bearer {token}\r\n"
    if body is not None:
        head += f"Content-Type: application/json\r\nContent-Length: {len(content)}\r\n"
    return head.encode() + b"\r\n" + content


async def requests_per_second(port: int, raw: bytes, *, connections: int, requests: int) -> float:
    """Requests answered with 200 per second over `connections` connections at once. Raises on any other answer."""
    opened = [await Connection.open(port) for _ in range(connections)]
    share = requests // connections

    async def ask(connection: Connection) -> None:
        for _ in range(share):
            answer = await connection.request(raw)
            if answer.status != 200:
                raise RuntimeError(f"answered {answer.status}: {answer.body[:300]!r}")

    started = time.perf_counter()
    await asyncio.gather(*(ask(connection) for connection in opened))
    seconds = time.perf_counter() - started
    for connection in opened:
        await connection.close()
    return share * connections / seconds


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which `share` (0 to 1) of the values lie, by the nearest-rank method."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, round(share * len(ordered)) - 1))]
