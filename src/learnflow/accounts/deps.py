"""Who asks: the dependencies by which every room learns its caller. The only thing of this room that routers import.

One call, one SQL statement: each is a single callable (a security scheme by itself, so that OpenAPI knows), and several
of them on one route share what the first one read.
"""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import Depends, Request
from fastapi.openapi.models import HTTPBearer as HTTPBearerModel
from fastapi.security.base import SecurityBase

from learnflow.accounts import queries
from learnflow.accounts.access import GUEST, Caller, Role, require_admin, require_staff
from learnflow.accounts.models import Student
from learnflow.accounts.tokens import InvalidToken, read_access_token
from learnflow.core.clock import now
from learnflow.core.context import act_as
from learnflow.core.database import database_of
from learnflow.core.errors import NotSignedIn

OPTIONAL_SIGN_IN: dict[str, Any] = {"security": [{}]}
"""`openapi_extra` of routes that take `AnyCaller`: the document then says that guests are answered too."""

_FOUND = "learnflow.signed_in"


class _Bearer(SecurityBase):
    """An access token in the Authorization header."""

    def __init__(self) -> None:
        self.model = HTTPBearerModel(bearerFormat="JWT", description="`access_token` of POST /api/auth/login.")
        self.scheme_name = "AccessToken"


class _TheStudent(_Bearer):
    async def __call__(self, request: Request) -> Student:
        return (await _identify(request))[0]


class _TheCaller(_Bearer):
    def __init__(self, require: Callable[[Caller], None] | None = None) -> None:
        super().__init__()
        self.require = require

    async def __call__(self, request: Request) -> Caller:
        caller = (await _identify(request))[1]
        if self.require is not None:
            self.require(caller)
        return caller


class _AnyCaller(_Bearer):
    async def __call__(self, request: Request) -> Caller:
        return await caller_of(request)


async def caller_of(request: Request) -> Caller:
    """The request's caller, a guest when it carries no token. Raises NotSignedIn for a bad one."""
    if "authorization" not in request.headers:
        return GUEST
    return (await _identify(request))[1]


async def _identify(request: Request) -> tuple[Student, Caller]:
    known: tuple[Student, Caller] | None = request.scope.get(_FOUND)
    if known is not None:
        return known
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise NotSignedIn("Sign in, and send the access token as `Authorization: Bearer …`.")
    try:
        claims = read_access_token(request.app.state.signing_key, token.strip())
    except InvalidToken as error:
        raise NotSignedIn("The access token is not valid or has expired. Refresh it, or sign in again.") from error
    async with database_of(request).read() as session:
        row = await queries.signed_in(session, user_id=claims.user_id, session_id=claims.session_id)
    if row is None or row.revoked_at is not None or row.expires_at <= now() or not row.Student.is_active:
        raise NotSignedIn("This session has ended. Sign in again.")
    student = row.Student
    caller = Caller(Role(student.role), id=student.id, user_id=student.user_id, session_id=claims.session_id)
    act_as(actor_id=student.id, actor_role=student.role)
    request.scope[_FOUND] = student, caller
    return student, caller


async def still_signed_in(request: Request) -> bool:
    """Whether the request's token has not expired and its session still stands; asked by answers that last."""
    token = request.headers.get("authorization", "").partition(" ")[2].strip()
    request.scope.pop(_FOUND, None)
    try:
        claims = read_access_token(request.app.state.signing_key, token)
        await _identify(request)
    except (InvalidToken, NotSignedIn):
        return False
    return claims.expires_at > now()


CurrentStudent = Annotated[Student, Depends(_TheStudent())]
"""The signed-in person's row, detached; 401 without one. For anyone who can sign in, whatever their role."""

SignedIn = Annotated[Caller, Depends(_TheCaller())]
"""Any signed-in caller; 401 otherwise."""

Staff = Annotated[Caller, Depends(_TheCaller(require_staff))]
"""A teacher or an admin; 401 or 403 otherwise."""

AdminOnly = Annotated[Caller, Depends(_TheCaller(require_admin))]
"""An admin; 401 or 403 otherwise."""

AnyCaller = Annotated[Caller, Depends(_AnyCaller())]
"""A guest when no Authorization header is sent; a bad token is 401, for its sender believes to be signed in."""
