"""A server that also writes down when the parts of each hand-in began and ended. Only bench/submit.py starts it.

python -m bench.parts FILE serve

The product knows nothing of this: its functions are wrapped here before its command line runs. Each hand-in becomes one
line of FILE, a JSON object of milliseconds by part. The parts follow one another without a gap: a part ends where the
next one begins, so that their sum is the time from the request's arrival to the end of the answer.
"""

import functools
import json
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from types import ModuleType
from typing import Any

from starlette.types import Receive, Scope, Send

from learnflow.core import http
from learnflow.entry import cli
from learnflow.grading import judging, worker
from learnflow.submissions import hand_in, read, waiting

PARTS = {
    "request and sign-in": "arrived",
    "writing it": "hand_in",
    "claim": "until_graded",
    "judge": "judge",
    "recording": "_recorded",
    "reading and answering": "read",
}
"""Part -> the mark where it begins; it ends where the next one does."""

_marks: dict[str, float] = {}  # when each began last: hand-ins come one at a time


def _mark_start(module: ModuleType, name: str) -> None:
    function: Callable[..., Awaitable[Any]] = getattr(module, name)

    @functools.wraps(function)
    async def marked(*arguments: Any, **options: Any) -> Any:
        _marks[name] = time.perf_counter()
        return await function(*arguments, **options)

    setattr(module, name, marked)


def _mark_requests(file: Path) -> None:
    answer = http.Edge.__call__

    async def marked(self: http.Edge, scope: Scope, receive: Receive, send: Send) -> None:
        arrived = time.perf_counter()
        await answer(self, scope, receive, send)
        ended = time.perf_counter()
        if scope["type"] == "http" and scope["method"] == "POST" and scope["path"] == "/api/submissions/":
            starts = [{**_marks, "arrived": arrived}[mark] for mark in PARTS.values()]
            spans = zip(PARTS, starts, [*starts[1:], ended], strict=True)
            with file.open("a") as lines:
                lines.write(json.dumps({part: (end - start) * 1e3 for part, start, end in spans}) + "\n")

    http.Edge.__call__ = marked  # type: ignore[method-assign]


if __name__ == "__main__":
    for module, name in (
        (hand_in, "hand_in"), (waiting, "until_graded"), (judging, "judge"), (worker, "_recorded"), (read, "read"),
    ):  # fmt: skip
        _mark_start(module, name)
    _mark_requests(Path(sys.argv.pop(1)))
    cli.main()
