"""Making a failing input smaller: what comes of it fails, is never larger, and the search always ends."""

import asyncio
import zlib
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from learnflow.judge.inside.encoder import decode, encode
from learnflow.judge.property.shrink import Arguments, Budget, candidates, smallest
from learnflow.judge.property.simpler import measure
from learnflow.judge.wire import canonical, check_wire, kind_of

keys = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=4) | st.binary(max_size=3)
)
keys |= st.tuples(st.integers(), st.text(max_size=2))
values = st.recursive(
    keys | st.floats() | st.complex_numbers() | st.sets(keys, max_size=4) | st.frozensets(keys, max_size=4),
    lambda inner: st.lists(inner, max_size=5) | st.tuples(inner, inner) | st.dictionaries(keys, inner, max_size=4),
    max_leaves=12,
)
inputs = st.lists(values, min_size=1, max_size=3).map(encode)

Fails = Callable[[Arguments], bool]


def search(start: Arguments, fails: Fails, budget: Budget | None = None) -> Arguments:
    async def first_failing(chunk: list[Arguments]) -> int | None:
        return next((index for index, candidate in enumerate(chunk) if fails(candidate)), None)

    return asyncio.run(smallest(start, first_failing, budget or Budget()))


def smallest_value(start: list[Any], fails: Callable[..., bool]) -> list[Any]:
    """The same with Python values, for an input on which `fails` is true."""

    def fails_on(wires: Arguments) -> bool:
        return fails(*decode(wires, {}))

    return decode(search(encode(start), fails_on), {})  # type: ignore[no-any-return]  # a list as it was


@settings(max_examples=150, deadline=None)
@given(inputs, st.integers(0, 5), st.integers(0, 400))
def test_what_is_found_fails_and_is_never_larger_and_the_search_ends(start: Arguments, chance: int, tries: int) -> None:
    def fails(wires: Arguments) -> bool:
        return wires == start or zlib.crc32(canonical(wires).encode("utf-8", "replace")) % 6 <= chance

    found = search(start, fails, Budget(candidates=tries, length=20_000))
    assert fails(found)
    assert measure(found) <= measure(start)
    assert found == search(start, fails, Budget(candidates=tries, length=20_000))


@settings(max_examples=100, deadline=None)
@given(inputs)
def test_a_candidate_is_a_value_of_the_same_kinds_and_has_a_smaller_measure(start: Arguments) -> None:
    for number, candidate in enumerate(candidates(start)):
        assert measure(candidate) < measure(start)
        assert len(check_wire(candidate)) == len(start)
        assert list(map(kind_of, candidate)) == list(map(kind_of, start))
        assert canonical(encode(decode(candidate, {}))) == canonical(candidate), "two elements of a set became one"
        if number == 200:
            break


@settings(max_examples=50, deadline=None)
@given(inputs)
def test_where_everything_fails_the_simplest_is_found(start: Arguments) -> None:
    found = search(start, lambda _: True, Budget(candidates=10**5, length=10**7))
    assert list(candidates(found)) == []


@pytest.mark.parametrize(
    ("start", "fails", "found"),
    [
        ([[3, 7, 3, 9]], lambda xs: len(set(xs)) < len(xs), [[0, 0]]),
        ([[5, -38, 2]], lambda xs: any(x < 0 for x in xs), [[-1]]),
        ([123_456], lambda n: n >= 17, [17]),
        ([-(10**40)], lambda n: n < -1_000_000, [-1_000_001]),
        ([2.71], lambda x: x > 1.5, [2.0]),
        ([2.718281], lambda x: x != int(x), [0.5]),
        ([float("nan"), 1], lambda x, _: x == x or True, [0.0, 0]),
        ([float("-inf")], lambda x: abs(x) == float("inf"), [float("inf")]),
        ([-2.0], lambda x: x != 0, [1.0]),
        (["Hello, World"], lambda text: any(letter.isupper() for letter in text), ["A"]),
        (["xyzzy"], lambda text: len(set(text)) < len(text), ["aa"]),
        (["(()())"], lambda text: "()" in text, ["()"]),
        ([{"b": 3, "c": 4}], lambda table: any(table.values()), [{"": 1}]),
        ([{4, 9, 11}], lambda numbers: len(numbers) >= 2, [{0, 1}]),
        ([(7, "seven")], lambda pair: pair[0] > 2, [(3, "")]),
        ([[4, 8, 15], 15], lambda xs, x: x in xs, [[0], 0]),
        ([[[1, 2], [3]]], lambda rows: any(rows), [[[0]]]),
        ([b"\x07\x00\x09"], lambda data: len(data) > 1, [b"\x00\x00"]),
        ([True, None], lambda *_: True, [False, None]),
    ],
)
def test_the_smallest_input_is_one_that_a_beginner_would_write(
    start: list[Any], fails: Callable[..., bool], found: list[Any]
) -> None:
    assert fails(*start)
    assert smallest_value(start, fails) == found


def test_a_large_input_is_made_small_within_the_budget() -> None:
    start = [[index % 100 for index in range(3_000)]]
    tried = []

    def fails(xs: list[int]) -> bool:
        tried.append(len(xs))
        return 57 in xs

    assert smallest_value(start, fails) == [[57]]
    assert len(tried) < 500
    assert sum(tried) < 400_000


@pytest.mark.parametrize(
    "start",
    [
        [[-0.0] * 9_000],
        [[0.5] * 9_000],
        [list(range(9_000))],
        [set(range(9_000))],
        [dict.fromkeys(range(4_000), -1)],
        ["b" * 150_000],
        [[f"{number:09}" for number in range(9_000)]],
        [b"\xff" * 90_000],
        [[10**60_000, -(10**60_000)]],
        [[[[[1.5] * 10] * 10] * 10]],
    ],
)
def test_not_even_the_largest_inputs_take_more_work_than_the_budget_has(start: list[Any]) -> None:
    budget = Budget()
    assert smallest_value_with(budget, start) == start
    assert budget.length > -200_001, "one candidate more than there was room for"


def smallest_value_with(budget: Budget, start: list[Any]) -> list[Any]:
    wires = encode(start)
    return decode(search(wires, lambda tried: tried == wires, budget), {})  # type: ignore[no-any-return]  # as above
