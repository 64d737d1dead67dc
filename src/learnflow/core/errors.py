"""One error shape for everything the API refuses: RFC 9457 problem+json.

A domain error is a class with its status, its stable code and its title; raising it anywhere below the edge is enough.
`entry.app` installs the handlers of `core.problems`.
"""

from collections.abc import Mapping, Sequence
from typing import ClassVar

from pydantic import BaseModel, Field


class FieldProblem(BaseModel):
    """One field that is wrong: a path such as `test_cases[2].input.function`, and what to do about it."""

    field: str = Field(examples=["email"])
    message: str = Field(examples=["Enter a valid e-mail address."])


class Problem(BaseModel):
    """RFC 9457 problem details, the body of every error."""

    type: str = Field(examples=["about:blank"])
    title: str = Field(examples=["Not found"])
    status: int = Field(examples=[404])
    detail: str = Field(examples=["There is no exercise 7."])
    code: str = Field(description="Stable, for programs.", examples=["exercise_not_found"])
    request_id: str | None = Field(examples=["0198b2e0c5e27b5f9f0e6d5c2b1a0f3e"])
    errors: list[FieldProblem] = []


class DomainError(Exception):
    """A refusal the caller can act on; `detail` says what happened and what to do."""

    status: ClassVar[int] = 400
    code: ClassVar[str] = "bad_request"
    title: ClassVar[str] = "Bad request"

    def __init__(
        self, detail: str, *, errors: Sequence[FieldProblem] = (), headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.errors = tuple(errors)
        self.headers = dict(headers or {})


class InvalidInput(DomainError):
    status, code, title = 422, "invalid_input", "Invalid input"

    @classmethod
    def of(cls, field: str, message: str) -> "InvalidInput":
        return cls(f"{field}: {message}", errors=[FieldProblem(field=field, message=message)])


class NotFound(DomainError):
    status, code, title = 404, "not_found", "Not found"


class NotSignedIn(DomainError):
    status, code, title = 401, "not_signed_in", "Not signed in"

    def __init__(self, detail: str) -> None:
        super().__init__(detail, headers={"WWW-Authenticate": "Bearer"})


class Forbidden(DomainError):
    status, code, title = 403, "forbidden", "Not allowed"


class Conflict(DomainError):
    status, code, title = 409, "conflict", "Conflict"


class TooLarge(DomainError):
    status, code, title = 413, "too_large", "Too large"


class TooManyRequests(DomainError):
    status, code, title = 429, "too_many_requests", "Too many requests"

    def __init__(self, detail: str, *, retry_after: int) -> None:
        super().__init__(detail, headers={"Retry-After": str(max(1, retry_after))})


class Unavailable(DomainError):
    status, code, title = 503, "unavailable", "Unavailable"

    def __init__(self, detail: str, *, retry_after: int = 5) -> None:
        super().__init__(detail, headers={"Retry-After": str(max(1, retry_after))})


_RETRY_AFTER = {"Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer", "minimum": 1}}}


def documented(*errors: type[DomainError]) -> dict[int | str, dict[str, object]]:
    """The `responses=` of a route that may raise these, for the OpenAPI document."""
    if InvalidInput in errors:
        errors = (DomainError, *errors)  # 400: a body that is not JSON in UTF-8 at all
    by_status: dict[int, list[type[DomainError]]] = {}
    for error in errors:
        by_status.setdefault(error.status, []).append(error)
    return {
        status: {
            "model": Problem,
            "description": ", ".join(dict.fromkeys(error.title for error in group)),
            "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
            **({"headers": _RETRY_AFTER} if status in (429, 503) else {}),
        }
        for status, group in by_status.items()
    }
