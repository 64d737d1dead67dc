"""The refresh token as a cookie, for the web page: out of reach of scripts, sent to /api/auth only."""

from urllib.parse import urlsplit

from fastapi import Request, Response

from learnflow.accounts.errors import ForeignOrigin
from learnflow.core.config import Environment, Settings

NAME = "learnflow_refresh"
PATH = "/api/auth"


def set_refresh_cookie(request: Request, response: Response, token: str) -> None:
    settings: Settings = request.app.state.settings
    response.set_cookie(
        NAME,
        token,
        max_age=settings.session_days * 24 * 3600,
        path=PATH,
        httponly=True,
        samesite="strict",
        secure=_is_secure(request),
    )


def clear_refresh_cookie(request: Request, response: Response) -> None:
    response.delete_cookie(NAME, path=PATH, httponly=True, samesite="strict", secure=_is_secure(request))


def require_own_origin(request: Request) -> None:
    """Raises ForeignOrigin when a web page of somewhere else sent this.

    Browsers name the page's origin on every POST to another one; what names none is no browser, and nobody can make it
    send a cookie that isn't its own. The host alone is compared, for a proxy may have taken the TLS off.
    """
    origin = request.headers.get("origin")
    if origin is None:
        return
    settings: Settings = request.app.state.settings
    if origin not in settings.cors_origins and _host(origin) != request.headers.get("host", "").lower():
        raise ForeignOrigin


def _host(origin: str) -> str | None:
    try:
        parts = urlsplit(origin)
    except ValueError:
        return None
    return parts.netloc.lower() if parts.scheme in ("http", "https") and parts.netloc else None


def _is_secure(request: Request) -> bool:
    settings: Settings = request.app.state.settings
    return settings.environment is Environment.production or request.url.scheme == "https"
