"""A teacher's regular expressions: {"raises": ..., "match": ...} is searched in a message, comparison `regex` has one
for each line of a text.

The text is a student's to choose and the search runs in the service, so a pattern that could backtrack for long is
refused when the case is written: the ways it can match are counted for a text of MATCHED characters.
"""

import re
from re import _constants as sre  # type: ignore[attr-defined]  # the only way to a parsed pattern
from re import _parser as sre_parser  # type: ignore[attr-defined]  # same
from typing import Any

from learnflow.judge.limits import CaseError

MATCHED = 200  # characters of the message that are searched
MAX_PATTERN = 300
MAX_WAYS = 10**7  # three free repeats such as .* pass, a repeat of a repeat does not

_REPEATS = {sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT}


def check_pattern(pattern: str, field: str) -> None:
    """Raises CaseError when the pattern is no regular expression or could take long."""
    if len(pattern) > MAX_PATTERN:
        raise CaseError(field, f"A pattern may have {MAX_PATTERN} characters; this one has {len(pattern)}.")
    try:
        re.compile(pattern)
        ways = _ways(sre_parser.parse(pattern))
    except (re.error, OverflowError, RecursionError) as error:
        raise CaseError(field, f"Not a regular expression: {error}. Escape ( and the like with a backslash.") from error
    if ways > MAX_WAYS:
        raise CaseError(field, "This pattern could take very long; use at most three of * and +, none inside another.")


def check_patterns(texts: list[str], field: str) -> None:
    """Raises CaseError when a line of the texts is no pattern, or all of them together could take long."""
    ways = 0
    for text in texts:
        for number, line in enumerate(lines_of(text), 1):
            try:
                check_pattern(line, field)
            except CaseError as error:
                raise CaseError(field, f"Line {number}: {error.message}") from error
            ways += _ways(sre_parser.parse(line))
    if ways > MAX_WAYS:
        raise CaseError(field, "These patterns together could take very long; use fewer of * and +.")


def lines_of(text: str) -> list[str]:
    """The lines of a text without whitespace at their ends and without empty lines at the end."""
    lines = [line.rstrip() for line in text.split("\n")]
    while lines and not lines[-1]:
        lines.pop()
    return lines


def lines_match(patterns: str, text: str) -> bool:
    """Whether each line of the text is, as a whole, what the checked pattern in the same line describes.

    A line of more than MATCHED characters is none.
    """
    wanted, lines = lines_of(patterns), lines_of(text)
    return len(wanted) == len(lines) and all(
        len(line) <= MATCHED and re.fullmatch(pattern, line) is not None
        for pattern, line in zip(wanted, lines, strict=True)
    )


def explain_lines(patterns: str, text: str) -> str:
    """One sentence about the first line that is not as its pattern says."""
    wanted, lines = lines_of(patterns), lines_of(text)
    for number, (pattern, line) in enumerate(zip(wanted, lines, strict=False), 1):
        if len(line) > MATCHED:
            return f"Line {number} has {len(line)} characters; at most {MATCHED} are looked at."
        if re.fullmatch(pattern, line) is None:
            return f"Line {number} is {line!r}, which does not match the pattern {pattern!r}."
    return f"Expected were {len(wanted)} lines, but there are {len(lines)}."


def found(pattern: str, text: str) -> bool:
    """Whether the checked pattern occurs in the first MATCHED characters of the text."""
    return re.search(pattern, text[:MATCHED]) is not None


def _ways(parsed: Any) -> int:
    ways = 1
    for operation, argument in parsed:
        ways = min(ways * _ways_of_one(operation, argument), MAX_WAYS + 1)
    return ways


def _ways_of_one(operation: Any, argument: Any) -> int:
    if operation in _REPEATS:
        low, high, inner = argument
        times, each = int(min(high, MATCHED)), _ways(inner)
        if each == 1:
            return max(times - int(low), 0) + 1
        ways: int = 1
        for _ in range(times):
            ways = ways * each + 1
            if ways > MAX_WAYS:
                break
        return ways
    if operation is sre.BRANCH:
        return sum(_ways(branch) for branch in argument[1])
    if operation is sre.SUBPATTERN:
        return _ways(argument[-1])
    if operation in (sre.ASSERT, sre.ASSERT_NOT):
        return _ways(argument[1])
    if operation is sre.ATOMIC_GROUP:
        return _ways(argument)
    if operation is sre.GROUPREF_EXISTS:
        return sum(_ways(branch) for branch in argument[1:] if branch is not None)
    return 1
