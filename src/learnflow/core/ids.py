"""Identifiers: integers in paths, UUID version 7 (RFC 9562) wherever a row is named outside its own database."""

from typing import Annotated
from uuid import UUID

from fastapi import Path
from uuid_utils.compat import uuid7

LARGEST_ID = 2**63 - 1
"""The largest BIGINT of PostgreSQL and the largest INTEGER of SQLite."""

PathId = Annotated[int, Path(ge=1, le=LARGEST_ID, description="The row's integer id.", examples=[1])]


def new_uuid() -> UUID:
    """A UUID version 7: sorts by the millisecond it was made in."""
    return uuid7()
