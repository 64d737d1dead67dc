"""The API's description (/openapi.json) as people and client generators read it."""

from collections.abc import Iterator
from typing import Any

from fastapi import FastAPI
from fastapi.routing import APIRoute

from learnflow.core.problems import MEDIA_TYPE

DESCRIPTION = """\
Sign in with `POST /api/auth/login` and send the access token as `Authorization: Bearer …`.

- Every error is `application/problem+json` (RFC 9457): `code` is stable, `errors` names the fields.
- Lists answer `items` and `next`; send `next` back as `cursor` for the following page.
- Times are UTC, RFC 3339. Every answer carries `X-Request-ID`, which finds it in the server's log.
"""

TAGS = [
    {"name": "auth", "description": "Accounts, sessions and tokens."},
    {"name": "exercises", "description": "The catalogue: reading it, writing it, hints and solutions."},
    {"name": "submissions", "description": "Handing in and running code, verdicts, a teacher's evaluation."},
    {"name": "analytics", "description": "Progress, figures and the leaderboard."},
    {"name": "events", "description": "The audit log."},
    {"name": "health", "description": "How the server is doing."},
]


def operation_id(route: APIRoute) -> str:
    """The endpoint's own name: the function a generated client calls. FastAPI refuses none twice, a test does."""
    return route.name


def describe(app: FastAPI) -> None:
    """Have the application's document say what its functions' docstrings say, and no media type that never comes."""

    def document() -> dict[str, Any]:
        if app.openapi_schema is None:
            for operation in _operations(FastAPI.openapi(app)):
                _tell_docstring(operation)
                for answer in operation["responses"].values():
                    content = answer.get("content", {})
                    if MEDIA_TYPE in content:
                        answer["content"] = {MEDIA_TYPE: content[MEDIA_TYPE]}
        assert app.openapi_schema is not None
        return app.openapi_schema

    app.openapi = document  # type: ignore[method-assign]  # FastAPI's documented way to extend it


def _operations(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for methods in document["paths"].values():
        yield from methods.values()


def _tell_docstring(operation: dict[str, Any]) -> None:
    """The docstring's first sentence as the summary, where FastAPI puts the function's name; the rest below it."""
    first, _, more = operation.pop("description").partition("\n\n")
    sentence, _, rest = " ".join(first.split()).removesuffix(".").partition(". ")
    operation["summary"] = sentence
    below = "\n\n".join(part for part in (f"{rest}." if rest else "", more) if part)
    if below:
        operation["description"] = below
