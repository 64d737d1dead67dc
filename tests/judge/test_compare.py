"""The comparison modes, on values and on texts."""

import math
import time
from typing import Any

import pytest

from learnflow.judge.cases import Comparison
from learnflow.judge.compare import same_text, same_value
from learnflow.judge.inside.encoder import encode

EXACT, TRIMMED, TOKENS, UNORDERED = (Comparison(mode) for mode in ("exact", "trimmed", "tokens", "unordered"))  # type: ignore[arg-type]  # mypy widens the texts
FLOAT = Comparison("float", rel=1e-6, abs=1e-9)


def equal(expected: Any, actual: Any, comparison: Comparison) -> bool:
    return same_value(encode(expected), encode(actual), comparison)


@pytest.mark.parametrize(
    ("expected", "actual"),
    [(1, 1), ([1, (2, {"a"})], [1, (2, {"a"})]), (math.nan, math.nan), (None, None), ({1: 2, 3: 4}, {3: 4, 1: 2})],
)
def test_exact_accepts_the_same_value(expected: Any, actual: Any) -> None:
    assert equal(expected, actual, EXACT)


@pytest.mark.parametrize(
    ("expected", "actual"),
    [(1, True), (1, 1.0), ([1], (1,)), ("a", "a "), ([1, 2], [2, 1]), (None, 0), ("", None), (0.1 + 0.2, 0.3)],
)
def test_exact_refuses_another_type_or_value(expected: Any, actual: Any) -> None:
    assert not equal(expected, actual, EXACT)


@pytest.mark.parametrize(
    ("expected", "actual"),
    [
        (0.3, 0.1 + 0.2),
        (6, 6.0),
        ([1, {"a": 2.0}], [1.0, {"a": 2}]),
        (math.inf, math.inf),
        (math.nan, math.nan),
        ((1.0, "x"), (1.0000000001, "x")),
        ({1.0, 2.0}, {2.0, 1.0 + 1e-12}),
        (1 + 1j, 1 + 1.0000000001j),
        (10**400, 10**400),
        ("x 0.3", "x  0.30000000001"),
    ],
)
def test_float_lets_numbers_differ_a_little(expected: Any, actual: Any) -> None:
    assert equal(expected, actual, FLOAT)


@pytest.mark.parametrize(
    ("expected", "actual"),
    [
        (0.3, 0.31),
        (1, True),
        (1, "1"),
        ([1.0], (1.0,)),
        ([1.0], [1.0, 2.0]),
        (math.inf, 1e308),
        (10**400, 10**400 + 10**399),
        (1.0, 10**400),
        ({"a": 1.0}, {"b": 1.0}),
        (math.nan, 0.0),
        ("x 0.3", "y 0.3"),
    ],
)
def test_float_refuses_what_is_not_close(expected: Any, actual: Any) -> None:
    assert not equal(expected, actual, FLOAT)


def test_unordered_ignores_the_order_of_elements_and_nothing_else() -> None:
    assert equal([[1, 2], 3, 3], [3, [1, 2], 3], UNORDERED)
    assert not equal([[1, 2]], [[2, 1]], UNORDERED)
    assert not equal([1, 1, 2], [1, 2, 2], UNORDERED)
    assert not equal([1, 2], (2, 1), UNORDERED)
    assert not equal([1], [True], UNORDERED)
    assert same_text("b\na\n", "a \nb", UNORDERED)


def test_trimmed_ignores_whitespace_at_line_ends_and_empty_last_lines() -> None:
    assert same_text("a\n b\n", "a  \r\n b\t\n\n\n", TRIMMED)
    assert not same_text("a\nb", "a\n\nb", TRIMMED)
    assert not same_text(" a", "a", TRIMMED)
    assert same_text("", "\n \n", TRIMMED)


def test_tokens_compares_words() -> None:
    assert same_text("1 2\n3", " 1\n2\t3 ", TOKENS)
    assert not same_text("12", "1 2", TOKENS)


def test_float_compares_the_words_of_an_output() -> None:
    assert same_text("Area: 3.14159\n", "Area:  3.141590001", FLOAT)
    assert not same_text("Area: 3.14\n", "Area: 3.15", FLOAT)
    assert not same_text("1 2", "1", FLOAT)


def test_integers_with_equal_hashes_cost_no_time() -> None:
    colliding = [(2**61 - 1) * factor for factor in range(5_000)]
    start = time.perf_counter()
    wire = {"t": "set", "v": [encode(number) for number in colliding]}
    assert same_value(wire, wire, UNORDERED)
    assert same_value({"t": "dict", "v": [[item, 1] for item in wire["v"]]}, wire, EXACT) is False
    assert time.perf_counter() - start < 1
