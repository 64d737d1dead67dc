"""Web pages of other origins: only those that settings name may call the API."""

from fastapi import FastAPI
from starlette.datastructures import Headers
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import Response

from learnflow.core.config import Settings
from learnflow.core.problems import problem_response

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
REQUEST_HEADERS = ("Authorization", "Content-Type", "If-Match", "Idempotency-Key", "X-Request-ID")
EXPOSED_HEADERS = ("ETag", "Location", "X-Request-ID", "Retry-After")


class _Cors(CORSMiddleware):
    """Starlette's, with our error shape for a preflight that is refused."""

    def preflight_response(self, request_headers: Headers) -> Response:
        answer = super().preflight_response(request_headers)
        if answer.status_code < 400:
            return answer
        # Access-Control headers stay: with them the browser's console names the part that was refused.
        headers = {name: value for name, value in answer.headers.items() if not name.startswith("content-")}
        return problem_response(
            answer.status_code,
            code="cors_refused",
            title="Not allowed",
            detail="This origin, method or header is not allowed here. Origins are listed in LEARNFLOW_CORS_ORIGINS.",
            headers=headers,
        )


def allow_origins(app: FastAPI, settings: Settings) -> None:
    """Answer pages of the listed origins, with credentials. Add it last, so that errors of every layer carry it."""
    if settings.cors_origins:
        app.add_middleware(
            _Cors,
            allow_origins=settings.cors_origins,
            allow_credentials=True,
            allow_methods=METHODS,
            allow_headers=REQUEST_HEADERS,
            expose_headers=EXPOSED_HEADERS,
            max_age=600,
        )
