"""Cursor pagination: `{"items": [...], "next": cursor|null}`, newest first or in a list's own order.

A cursor is the sort key of the last row shown, as base64 of JSON. It carries nothing secret and grants nothing, so it
is checked, not signed: one that is not of the list's form is refused.
"""

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Annotated, Generic, TypeVar

from fastapi import Query
from pydantic import BaseModel, Field

from learnflow.core.errors import InvalidInput
from learnflow.core.ids import LARGEST_ID

LONGEST_PAGE = 100
LONGEST_CURSOR = 512

SortKey = int | str | datetime

Row = TypeVar("Row")
Item = TypeVar("Item")

Limit = Annotated[int, Query(ge=1, le=LONGEST_PAGE, description="Rows to answer with, at most 100.")]
Cursor = Annotated[
    str | None,
    Query(max_length=LONGEST_CURSOR, description="`next` of the page before; leave out for the first page."),
]


class Page(BaseModel, Generic[Item]):
    """One page of a list; `next` is the cursor of the following page, null on the last."""

    items: list[Item]
    next: str | None = Field(None, examples=["WzE3XQ"])


def encode_cursor(*keys: SortKey) -> str:
    plain = [key.isoformat() if isinstance(key, datetime) else key for key in keys]
    return base64.urlsafe_b64encode(json.dumps(plain, separators=(",", ":")).encode()).rstrip(b"=").decode()


def decode_cursor(cursor: str, *kinds: type) -> tuple[SortKey, ...]:
    """The sort key in `cursor`, one value per kind (int, str, datetime). Raises InvalidInput for any other text."""
    try:
        raw = base64.b64decode(cursor.encode() + b"=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        values = json.loads(raw)
        if not isinstance(values, list) or len(values) != len(kinds):
            raise ValueError("wrong length")
        return tuple(_key(value, kind) for value, kind in zip(values, kinds, strict=True))
    except (ValueError, OverflowError, binascii.Error, RecursionError) as error:
        raise InvalidInput.of(
            "cursor", "This is not a cursor of this list. Use `next` of the page before, unchanged."
        ) from error


def decode_id(cursor: str | None) -> int | None:
    """The id in the cursor of a list in the order of ids; None for the first page. Raises InvalidInput."""
    if cursor is None:
        return None
    (number,) = decode_cursor(cursor, int)
    assert isinstance(number, int)
    return number


def _key(value: object, kind: type) -> SortKey:
    if kind is datetime and isinstance(value, str):
        moment = datetime.fromisoformat(value)
        if moment.tzinfo is None:
            raise ValueError("no time zone")
        return moment.astimezone(UTC)
    if type(value) is not kind or not isinstance(value, int | str):
        raise ValueError("wrong type")
    if isinstance(value, int) and abs(value) > LARGEST_ID:
        raise ValueError("out of range")
    if isinstance(value, str) and ("\0" in value or any(0xD800 <= ord(char) < 0xE000 for char in value)):
        raise ValueError("not text")
    return value


def page_of(
    rows: Sequence[Row], limit: int, show: Callable[[Row], Item], key: Callable[[Row], tuple[SortKey, ...]]
) -> Page[Item]:
    """A page from `limit + 1` fetched rows: the extra one only tells that there is more."""
    shown = rows[:limit]
    following = encode_cursor(*key(shown[-1])) if len(rows) > limit else None
    return Page[Item].model_construct(items=[show(row) for row in shown], next=following)
