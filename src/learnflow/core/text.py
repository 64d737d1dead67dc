"""Text that both databases can hold: no NUL, no lone surrogates (pydantic lets those through in a plain `str`)."""

from typing import Annotated

from pydantic import AfterValidator, StringConstraints


def without_nul(text: str) -> str:
    """The text itself. Raises ValueError when it holds NUL or lone surrogates, which no database stores."""
    if "\0" in text:
        raise ValueError("must not contain NUL characters")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ValueError("must not contain lone surrogates (half of a character)") from None
    return text


Text = Annotated[str, AfterValidator(without_nul)]
"""Any text, as long as it can be stored."""

ShortText = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200), AfterValidator(without_nul)
]
"""A name or a title: 1 to 200 characters, surrounding space removed."""
