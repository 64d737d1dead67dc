"""The outermost layer of every request: its id, its origin, its size, its log line, its metrics, and our own faults.

One plain ASGI layer instead of a stack of middlewares: each of those costs every request about as much as the
routing itself, and this one has to know the answer's status for all of its duties anyway.
"""

import re
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, TypeVar

from fastapi import APIRouter
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from learnflow.core.addresses import Network, client_address
from learnflow.core.context import begin_request
from learnflow.core.ids import new_uuid
from learnflow.core.logging import get_logger
from learnflow.core.metrics import REQUEST_SECONDS, REQUESTS
from learnflow.core.problems import problem_response, unexpected_error

LARGEST_BODY = 1024 * 1024
"""Bytes of a request body. An exercise with all its cases is the largest thing anybody sends."""

_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,128}")
Endpoint = TypeVar("Endpoint", bound=Callable[..., Any])
log = get_logger("learnflow.requests")


class Edge:
    """ASGI layer around the whole application."""

    def __init__(self, app: ASGIApp, *, trusted_proxies: Sequence[Network] = ()) -> None:
        self.app = app
        self.trusted_proxies = tuple(trusted_proxies)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        given = headers.get("x-request-id", "")
        request_id = given if _REQUEST_ID.fullmatch(given) else new_uuid().hex
        peer = scope["client"][0] if scope.get("client") else None
        address = client_address(peer, headers.get("x-forwarded-for"), self.trusted_proxies)
        begin_request(address=address, request_id=request_id)
        started = time.perf_counter()
        status = 0

        body = _BoundedBody(receive)

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)["X-Request-ID"] = request_id
            await send(message)

        async def send_app(message: Message) -> None:
            if status or not body.too_large:  # else: FastAPI's 400 for a body that it could not read to the end
                await send_with_id(message)

        try:
            if self._is_too_large(headers):
                body.too_large = True
            else:
                with suppress(_BodyTooLarge):
                    await self.app(scope, body, send_app)
            if body.too_large and not status:
                await _too_large()(scope, receive, send_with_id)
        except Exception:
            log.exception("request_failed", method=scope["method"], path=scope["path"])
            if status:  # the answer has begun: all that is left is to break it off
                raise
            await unexpected_error()(scope, receive, send_with_id)
        finally:
            seconds = time.perf_counter() - started
            route = getattr(scope.get("route"), "path", "unknown")
            REQUESTS.labels(scope["method"], route, status).inc()
            REQUEST_SECONDS.labels(route).observe(seconds)
            log.info(
                "request",
                method=scope["method"],
                path=scope["path"],
                status=status,
                ms=round(seconds * 1000, 1),
                address=address,
            )

    @staticmethod
    def _is_too_large(headers: Headers) -> bool:
        length = headers.get("content-length", "")
        return length.isdecimal() and int(length[:20]) > LARGEST_BODY


class _BodyTooLarge(Exception):
    """A body sent in chunks passed the limit."""


class _BoundedBody:
    """The request's body, up to the limit."""

    def __init__(self, receive: Receive) -> None:
        self.receive = receive
        self.seen = 0
        self.too_large = False

    async def __call__(self) -> Message:
        message = await self.receive()
        if message["type"] == "http.request":
            self.seen += len(message.get("body", b""))
            if self.seen > LARGEST_BODY:
                self.too_large = True
                raise _BodyTooLarge
        return message


def _too_large() -> ASGIApp:
    return problem_response(
        413,
        code="body_too_large",
        title="Too large",
        detail=f"A request's body may have at most {LARGEST_BODY // 1024} KiB.",
    )


def collection(router: APIRouter, method: str, path: str = "/", **options: Any) -> Callable[[Endpoint], Endpoint]:
    """Register a collection's endpoint with and without the final slash; `path` is the form that is documented."""
    other = path.removesuffix("/") if path.endswith("/") else f"{path}/"

    def register(endpoint: Endpoint) -> Endpoint:
        router.add_api_route(path, endpoint, methods=[method], **options)
        router.add_api_route(other, endpoint, methods=[method], include_in_schema=False, **options)
        return endpoint

    return register
