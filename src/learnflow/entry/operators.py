"""Who may see how the server is doing: whoever sits at the machine, holds the metrics token, or is an admin."""

import secrets

from fastapi import Request
from sqlalchemy.exc import SQLAlchemyError

from learnflow.accounts.access import require_admin
from learnflow.accounts.deps import caller_of
from learnflow.core.addresses import is_loopback
from learnflow.core.config import Settings
from learnflow.core.context import current_origin
from learnflow.core.errors import DomainError, Forbidden, NotSignedIn


def is_local(request: Request) -> bool:
    """Whether the request comes from this machine; not when a proxy here that nobody declared passed it on."""
    settings: Settings = request.app.state.settings
    undeclared_proxy = not settings.trusted_proxies and (
        "x-forwarded-for" in request.headers or "forwarded" in request.headers
    )
    return is_loopback(current_origin().address) and not undeclared_proxy


def has_metrics_token(request: Request) -> bool:
    settings: Settings = request.app.state.settings
    expected = settings.metrics_token.get_secret_value()
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    return (
        bool(expected)
        and scheme.lower() == "bearer"
        and secrets.compare_digest(given.strip().encode(), expected.encode())
    )


def require_metrics_access(request: Request) -> None:
    """For this machine or the token: 403 from elsewhere when no token is set, 401 when it is missing or wrong."""
    if is_local(request) or has_metrics_token(request):
        return
    settings: Settings = request.app.state.settings
    if settings.metrics_token.get_secret_value():
        raise NotSignedIn("Send the metrics token as `Authorization: Bearer …` (setting LEARNFLOW_METRICS_TOKEN).")
    raise Forbidden("Only for this machine itself. To allow others, set LEARNFLOW_METRICS_TOKEN and send that token.")


async def is_operator(request: Request) -> bool:
    """Whether to answer with details; never refuses, for readiness must be answered even when the database is away."""
    if is_local(request) or has_metrics_token(request):
        return True
    try:
        require_admin(await caller_of(request))
    except (DomainError, SQLAlchemyError, OSError):
        return False
    return True
