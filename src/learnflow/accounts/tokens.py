"""Access tokens (JWT, HS256) and refresh tokens (random, kept as a hash): pure functions, no database.

An access token says who is signed in and by which session; whether that session still stands and what the student may
do is asked of the database on every request.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from jwt import InvalidTokenError, PyJWT

from learnflow.core.clock import now
from learnflow.core.ids import LARGEST_ID, new_uuid

ALGORITHM = "HS256"
ISSUER = "learnflow"
AUDIENCE = "learnflow-api"
LEEWAY_SECONDS = 5
"""How far the clocks of two of our machines may disagree."""
LONGEST_TOKEN = 2048
"""Characters; ours have about 400. Longer ones are refused before anything in them is parsed."""

_jwt = PyJWT({"require": ["sub", "sid", "role", "iat", "exp", "iss", "aud", "jti"], "strict_aud": True})


class InvalidToken(Exception):
    """Not a token of ours, or no longer valid."""


@dataclass(frozen=True, slots=True)
class AccessClaims:
    """What an access token is believed about: whose it is (`user_id`), its session, and when it ends by itself."""

    user_id: UUID
    session_id: int
    expires_at: datetime


def mint_access_token(
    key: str, *, user_id: UUID, session_id: int, role: str, minutes: int, at: datetime | None = None
) -> str:
    """A signed access token, valid for `minutes` from `at` (now); `role` is for clients to show, never believed."""
    issued = at or now()
    claims: dict[str, Any] = {
        "sub": str(user_id),
        "sid": session_id,
        "role": role,
        "iat": issued,
        "exp": issued + timedelta(minutes=minutes),
        "iss": ISSUER,
        "aud": AUDIENCE,
        "jti": new_uuid().hex,
    }
    return _jwt.encode(claims, key, algorithm=ALGORITHM)


def read_access_token(key: str, token: str) -> AccessClaims:
    """The claims of a token that we signed and that has not expired. Raises InvalidToken for every other text."""
    if len(token) > LONGEST_TOKEN:
        raise InvalidToken("too long")
    try:
        claims = _jwt.decode(
            token, key, algorithms=[ALGORITHM], audience=AUDIENCE, issuer=ISSUER, leeway=LEEWAY_SECONDS
        )
        session_id = claims["sid"]
        if type(session_id) is not int or not 0 < session_id <= LARGEST_ID:
            raise InvalidToken("sid is not an id")
        expires_at = datetime.fromtimestamp(claims["exp"], UTC)
        return AccessClaims(user_id=UUID(claims["sub"]), session_id=session_id, expires_at=expires_at)
    except (InvalidTokenError, ValueError, OverflowError, RecursionError) as error:
        raise InvalidToken(str(error)) from error


def new_refresh_token() -> str:
    """256 random bits, 43 characters that need no quoting anywhere."""
    return secrets.token_urlsafe(32)


def refresh_token_hash(token: str) -> str:
    """What is stored. The token is random, so a fast hash without salt gives nothing away."""
    return hashlib.sha256(token.encode()).hexdigest()
