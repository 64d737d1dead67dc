"""Identifiers: integers in paths, UUID version 7 (RFC 9562) wherever a row is named outside its own database."""

import re
from typing import Annotated
from uuid import UUID

from fastapi import Path
from pydantic import BeforeValidator
from uuid_utils.compat import uuid7

LARGEST_ID = 2**63 - 1
"""The largest BIGINT of PostgreSQL and the largest INTEGER of SQLite."""

_WRITTEN = re.compile(r"-?(0|[1-9][0-9]*)")


def _as_written(text: object) -> object:
    """Refuses what Python takes for an integer too, such as 1_0, 01, +1, 1.0 and a 1 before a line break."""
    if isinstance(text, str) and not _WRITTEN.fullmatch(text):
        raise ValueError("Write an id in digits, such as 17.")
    return text


PathId = Annotated[
    int,
    Path(ge=1, le=LARGEST_ID, description="The row's integer id.", examples=[1]),
    BeforeValidator(_as_written),
]


def new_uuid() -> UUID:
    """A UUID version 7: sorts by the millisecond it was made in."""
    return uuid7()
