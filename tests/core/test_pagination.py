"""Cursors say where to go on, and nothing else gets through."""

import base64
import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from learnflow.core.errors import InvalidInput
from learnflow.core.pagination import decode_cursor, encode_cursor, page_of


@given(st.integers(-(2**63) + 1, 2**63 - 1), st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")))
def test_a_cursor_comes_back_as_it_was(number: int, text: str) -> None:
    assert decode_cursor(encode_cursor(number, text), int, str) == (number, text)


def test_a_cursor_keeps_a_time_to_the_microsecond() -> None:
    moment = datetime(2026, 11, 24, 8, 0, 0, 123456, tzinfo=UTC)
    assert decode_cursor(encode_cursor(moment), datetime) == (moment,)


def raw(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "cursor",
    ["", "x", "!!!!", "AAAA", "é", "\0", "[" * 400]
    + [raw(value) for value in (7, [], [1, 2], ["7"], [True], [7.0], [2**63], [None], {"id": 7})],
)
def test_a_tampered_cursor_is_refused_with_what_to_do(cursor: str) -> None:
    with pytest.raises(InvalidInput, match="Use `next` of the page before") as refusal:
        decode_cursor(cursor, int)
    assert refusal.value.errors[0].field == "cursor"


@given(st.text())
def test_no_text_at_all_gets_another_answer_than_refused(cursor: str) -> None:
    try:
        (value,) = decode_cursor(cursor, int)
    except InvalidInput:
        return
    assert type(value) is int


def test_the_extra_row_tells_that_there_is_more() -> None:
    page = page_of([9, 8, 7], 2, show=str, key=lambda row: (row,))
    assert page.items == ["9", "8"]
    assert page.next is not None
    assert decode_cursor(page.next, int) == (8,)
    assert page_of([9, 8], 2, show=str, key=lambda row: (row,)).next is None
