"""Text that both databases can hold: no NUL, no lone surrogates (pydantic refuses those by itself)."""

from typing import Annotated

from pydantic import AfterValidator, StringConstraints


def without_nul(text: str) -> str:
    if "\0" in text:
        raise ValueError("must not contain NUL characters")
    return text


Text = Annotated[str, AfterValidator(without_nul)]
"""Any text, as long as it can be stored."""

ShortText = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200), AfterValidator(without_nul)
]
"""A name or a title: 1 to 200 characters, surrounding space removed."""
