"""Turns every refusal into problem+json: domain errors, validation, unknown paths, wrong methods, our own faults."""

import re
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import iter_route_contexts
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException
from starlette.routing import compile_path

from learnflow.core.context import current_origin
from learnflow.core.errors import DomainError, FieldProblem, Problem
from learnflow.core.logging import get_logger
from learnflow.core.outage import is_away, log_failure

MEDIA_TYPE = "application/problem+json"
MOST_ERRORS = 20
"""Faults that one answer lists: a body of a megabyte can have a hundred thousand."""
LONGEST_FIELD = 200
log = get_logger(__name__)


def problem_response(
    status: int,
    *,
    code: str,
    title: str,
    detail: str,
    errors: Sequence[FieldProblem] = (),
    headers: Mapping[str, str] | None = None,
) -> Response:
    body = Problem(
        type="about:blank",
        title=title,
        status=status,
        detail=detail,
        code=code,
        request_id=current_origin().request_id,
        errors=list(errors),
    )
    return Response(body.model_dump_json(), status, dict(headers or {}), MEDIA_TYPE)


async def _domain_error(_request: Request, error: Exception) -> Response:
    assert isinstance(error, DomainError)
    return problem_response(
        error.status,
        code=error.code,
        title=error.title,
        detail=error.detail,
        errors=error.errors,
        headers=error.headers,
    )


async def _validation_error(_request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    # Neither pydantic's `input` nor its `ctx` goes out: they would echo passwords and lone surrogates.
    found = error.errors()[:MOST_ERRORS]
    errors = [FieldProblem(field=_field(item), message=_message(item)) for item in found]
    detail = "; ".join(f"{item.field}: {item.message}" for item in errors[:3])
    return problem_response(422, code="invalid_input", title="Invalid input", detail=detail, errors=errors)


def _message(item: Mapping[str, Any]) -> str:
    if item["type"] == "json_invalid":
        return f"This is not JSON: {item['ctx']['error']} at character {item['loc'][-1]}."
    if tuple(item["loc"]) == ("body",) and item["type"] in ("missing", "model_attributes_type"):
        return "Send a JSON object, with the header Content-Type: application/json."
    if item["type"] == "too_long" and isinstance(item["input"], str):
        return f"Use at most {item['ctx']['max_length']} characters."
    if item["type"] in ("model_type", "dataclass_type"):
        return "Give a JSON object."  # not the name of a class of ours
    return re.sub(r"[\ud800-\udfff]", "\ufffd", str(item["msg"])).removeprefix("Value error, ")


def _field(item: Mapping[str, Any]) -> str:
    parts: list[str | int] = ["body"] if item["type"] == "json_invalid" else list(item["loc"])
    if len(parts) > 1 and parts[0] in ("body", "query", "path", "header", "cookie"):
        parts = parts[1:]
    text = ""
    for part in parts:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else str(part)
    text = re.sub(r"[\ud800-\udfff\0]", "\ufffd", text)
    return text if len(text) <= LONGEST_FIELD else text[: LONGEST_FIELD - 1] + "…"


async def _http_exception(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    headers = dict(error.headers or {})
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        headers["Allow"] = ", ".join(_allowed_methods(request))
    phrase = HTTPStatus(error.status_code).phrase
    details = {
        400: "The request's body could not be read. Send valid JSON in UTF-8.",
        404: "There is nothing at this address. The API is described at /docs.",
        405: "This address does not answer that method; see the Allow header.",
    }
    return problem_response(
        error.status_code,
        code=phrase.lower().replace(" ", "_").replace("-", "_"),
        title=phrase,
        detail=details.get(error.status_code, str(error.detail)),
        headers=headers,
    )


def _allowed_methods(request: Request) -> list[str]:
    """Every method of the address: Starlette names those of the first route that matches it only."""
    path = request.scope["path"]
    literal: set[str] = set()  # `/submissions/run` is no id, though it has the form of `/submissions/{id}`
    matching: set[str] = set()
    for route in iter_route_contexts(request.app.routes):
        if route.path == path:
            literal |= set(route.methods or ())
        elif route.path and compile_path(route.path)[0].match(path):
            matching |= set(route.methods or ())
    return sorted(literal or matching)


async def _database_away(_request: Request, error: Exception) -> Response:
    log_failure(log, "database_unavailable", error)
    return problem_response(
        503,
        code="database_unavailable",
        title="Unavailable",
        detail="The database does not answer just now, so this was not finished. Try again in a few seconds.",
        headers={"Retry-After": "5"},
    )


async def _database_error(request: Request, error: Exception) -> Response:
    if is_away(error):
        return await _database_away(request, error)
    raise error


def unexpected_error() -> Response:
    return problem_response(
        500,
        code="internal_error",
        title="Internal error",
        detail="Something went wrong on our side. Tell the operator the request id; it finds the cause in the log.",
    )


def install_problem_handlers(app: FastAPI) -> None:
    """Unexpected exceptions are caught further out, in `core.http`, where the request id is still at hand."""
    app.add_exception_handler(DomainError, _domain_error)
    app.add_exception_handler(RequestValidationError, _validation_error)
    app.add_exception_handler(HTTPException, _http_exception)
    for error in (OperationalError, InterfaceError, PoolTimeout, ConnectionError):
        app.add_exception_handler(error, _database_away)
    app.add_exception_handler(DBAPIError, _database_error)
