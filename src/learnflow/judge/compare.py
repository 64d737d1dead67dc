"""Whether an answer is the expected one. Everything here takes time about linear in the size of its input.

Modes: exact compares type and value (`True` is not 1, `[1]` is not `(1,)`, nan is nan); trimmed ignores whitespace at
the end of lines and empty lines at the end; tokens compares the words; float lets numbers differ within a tolerance,
int or float alike, nan is close to nan and an infinity to itself only; regex has a pattern for each line of a text;
unordered ignores the order of a value's elements or of a text's lines.
"""

import math
from fractions import Fraction

from learnflow.judge.cases import Comparison
from learnflow.judge.inside.encoder import Wire
from learnflow.judge.patterns import lines_match, lines_of
from learnflow.judge.wire import canonical, kind_of, number_of

_LONGEST_NUMBER = 400  # characters of a word that may be a number


def same_value(expected: Wire, actual: Wire, comparison: Comparison) -> bool:
    """Whether a value in wire form is what a case expects."""
    if comparison.mode == "exact":
        return canonical(expected) == canonical(actual)
    if kind_of(expected) != kind_of(actual) and comparison.mode != "float":
        return False
    if isinstance(expected, str) and isinstance(actual, str):
        return same_text(expected, actual, comparison)
    if comparison.mode == "float":
        return _close_values(expected, actual, comparison)
    if comparison.mode == "unordered":
        return same_elements(expected, actual)
    return canonical(expected) == canonical(actual)


def same_text(expected: str, actual: str, comparison: Comparison) -> bool:
    """Whether a text (a program's output, a file, a returned text) is what a case expects."""
    if comparison.mode == "exact":
        return expected == actual
    if comparison.mode == "trimmed":
        return trimmed(expected) == trimmed(actual)
    if comparison.mode == "unordered":
        return sorted(trimmed(expected)) == sorted(trimmed(actual))
    if comparison.mode == "regex":
        return lines_match(expected, actual)
    words, other = expected.split(), actual.split()
    if comparison.mode == "tokens":
        return words == other
    return len(words) == len(other) and all(
        _close_words(word, another, comparison) for word, another in zip(words, other, strict=True)
    )


def trimmed(text: str) -> list[str]:
    """The lines of a text without whitespace at their ends and without empty lines at the end."""
    return lines_of(text)


def same_elements(expected: Wire, actual: Wire) -> bool:
    """Whether two values have the same elements in any order (lists, tuples, sets); False for anything else."""
    left, right = elements(expected), elements(actual)
    if left is None or right is None:
        return False
    return sorted(map(canonical, left)) == sorted(map(canonical, right))


def elements(wire: Wire) -> list[Wire] | None:
    """The elements of a list, tuple, set or frozenset, or of an object that is a kind of one; None for others."""
    if isinstance(wire, list):
        return wire
    if isinstance(wire, dict) and wire["t"] in ("tuple", "set", "frozenset"):
        return list(wire["v"])
    if isinstance(wire, dict) and wire["t"] == "object" and "as" in wire:
        return elements(wire["as"])
    return None


def close(expected: float, actual: float, comparison: Comparison) -> bool:
    """Whether two numbers differ by at most the larger of `abs` and `rel` times the larger number.

    nan is close to nan; an infinity is close to itself alone, whatever the tolerances.
    """
    if expected == actual or (expected != expected and actual != actual):  # only nan differs from itself
        return True
    try:
        return math.isclose(expected, actual, rel_tol=min(comparison.rel, 1.0), abs_tol=comparison.abs)
    except OverflowError:  # an integer beyond any float
        return _close_integers(expected, actual, comparison)


def _close_integers(expected: float, actual: float, comparison: Comparison) -> bool:
    if any(isinstance(number, float) and not math.isfinite(number) for number in (expected, actual)):
        return False
    left, right = Fraction(expected), Fraction(actual)
    allowed = max(Fraction(min(comparison.rel, 1.0)) * max(abs(left), abs(right)), Fraction(comparison.abs))
    return abs(left - right) <= allowed


def _close_words(expected: str, actual: str, comparison: Comparison) -> bool:
    if expected == actual:
        return True
    left, right = word_number(expected), word_number(actual)
    return left is not None and right is not None and close(left, right, comparison)


def word_number(word: str) -> float | None:
    """The number that a word spells, None when it is none."""
    if len(word) > _LONGEST_NUMBER or "_" in word:  # 1_000 is Python, no number that a program prints
        return None
    try:
        return float(word)
    except ValueError:
        return None


def _close_values(expected: Wire, actual: Wire, comparison: Comparison) -> bool:
    left, right = number_of(expected), number_of(actual)
    if left is not None or right is not None:
        return left is not None and right is not None and close(left, right, comparison)
    if kind_of(expected) != kind_of(actual):
        return False
    if isinstance(expected, list):
        return _all_close(expected, actual, comparison)
    if not isinstance(expected, dict) or expected["t"] != actual["t"]:
        return canonical(expected) == canonical(actual)
    tag = expected["t"]
    if tag in ("tuple", "complex", "exception"):
        return _all_close(expected["v"], actual["v"], comparison)
    if tag in ("set", "frozenset"):
        return _all_close(_by_size(expected["v"]), _by_size(actual["v"]), comparison)
    if tag in ("dict", "dataclass"):
        pairs, other = _by_key(expected["v"]), _by_key(actual["v"])
        return pairs.keys() == other.keys() and all(
            _close_values(item, other[key], comparison) for key, item in pairs.items()
        )
    return canonical(expected) == canonical(actual)


def _all_close(expected: list[Wire], actual: list[Wire], comparison: Comparison) -> bool:
    return len(expected) == len(actual) and all(
        _close_values(left, right, comparison) for left, right in zip(expected, actual, strict=True)
    )


def _by_size(items: list[Wire]) -> list[Wire]:
    numbers = [(number, item) for item in items if (number := number_of(item)) is not None]
    others = [item for item in items if number_of(item) is None]
    return [item for _, item in sorted(numbers, key=lambda pair: (pair[0] != pair[0], pair[0]))] + sorted(
        others, key=canonical
    )


def _by_key(pairs: list[list[Wire]]) -> dict[str, Wire]:
    return {canonical(key): item for key, item in pairs}
