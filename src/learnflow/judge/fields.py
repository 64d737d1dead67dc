"""Reading parts of a raw definition: each function returns the checked value or raises CaseError with what to do."""

from typing import Any

from learnflow.judge.limits import CaseError

MAX_DEPTH = 100


def size_of(value: Any, field: str, depth: int = 0) -> int:
    """Characters and values in a JSON value, roughly its length as text."""
    if depth > MAX_DEPTH:
        raise CaseError(field, "This is nested too deeply for a test case.")
    if isinstance(value, str):
        return len(value) + 1
    if isinstance(value, list):
        return 1 + sum(size_of(item, field, depth + 1) for item in value)
    if isinstance(value, dict):
        return 1 + sum(size_of(key, field, depth + 1) + size_of(item, field, depth + 1) for key, item in value.items())
    return 1


def mapping(value: Any, field: str, known: tuple[str, ...], example: str) -> dict[str, Any]:
    """An object with no other keys than the known ones."""
    if not isinstance(value, dict):
        raise CaseError(field, f"Give an object such as {example}.")
    for key in value:
        if key not in known:
            raise CaseError(f"{field}.{key}"[:300], f"Unknown; this object has {', '.join(known)}.")
    return value


def text(value: Any, field: str, longest: int) -> str:
    """A text that can be written as UTF-8."""
    if not isinstance(value, str):
        raise CaseError(field, "Give a text.")
    if len(value) > longest:
        raise CaseError(field, f"At most {longest} characters; this has {len(value)}.")
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise CaseError(field, "This text holds half a surrogate pair, which no file can hold; remove it.") from error
    return value


def flag(value: Any, field: str) -> bool:
    """True or false and nothing that merely looks so."""
    if not isinstance(value, bool):
        raise CaseError(field, "Give true or false.")
    return value


def whole(value: Any, field: str, low: int, high: int) -> int:
    """A whole number in a range."""
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise CaseError(field, f"Give a whole number from {low} to {high}.")
    return value


def identifier(value: Any, field: str) -> str:
    """A Python name."""
    if not isinstance(value, str) or not value.isidentifier():
        raise CaseError(field, "Give a Python name, such as add.")
    return value


def function_path(value: Any, field: str) -> tuple[str, bool]:
    """The function to call, "add" or "Class.method", and whether it is a method."""
    parts = value.split(".") if isinstance(value, str) else []
    if not 1 <= len(parts) <= 2 or not all(part.isidentifier() for part in parts):
        raise CaseError(field, 'Name the function to call, such as "add", or "Stack.push" for a method.')
    return ".".join(parts), len(parts) == 2


def file_name(value: Any, field: str) -> str:
    """A plain file name in the program's own folder: no path, nothing invisible, not the program itself."""
    if not isinstance(value, str) or not 0 < len(value.encode(errors="replace")) <= 100:
        raise CaseError(field, "A file's name has 1 to 100 bytes.")
    if "/" in value or "\\" in value or value.startswith(".") or not value.isprintable():
        raise CaseError(
            field, 'Use a plain file name such as "data.txt": no folder, no leading dot, nothing invisible.'
        )
    if value == "main.py":
        raise CaseError(field, "main.py is the student's program; choose another name.")
    return value
