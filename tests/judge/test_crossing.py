"""Values that cross between the processes of a unit job are the same on both sides; nonsense does no more than fail."""

import datetime
import json
import math
from collections import Counter, OrderedDict, defaultdict, deque
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from learnflow.judge.inside.unit import crossing
from learnflow.judge.inside.unit.channel import LENGTH, Malformed, TooLarge
from learnflow.judge.inside.unit.crossing import Crossing


class Plain(Crossing):
    """An end at which nothing stays."""

    def export(self, value: Any, depth: int) -> Any:
        raise TypeError(type(value))

    def meet(self, wire: dict[str, Any], depth: int) -> Any:
        raise ValueError(wire)


def pair() -> tuple[Plain, Plain]:
    return Plain(0), Plain(1)


def hand_over(one: Plain, other: Plain, *values: Any) -> list[Any]:
    message = json.loads(one.pack("call", ["x"], values)[LENGTH.size :])
    verb, detail, read = other.unpack(message)
    assert (verb, detail) == ("call", ["x"])
    return read


SCALARS = st.one_of(
    *(
        st.none(),
        st.booleans(),
        st.integers(),
        st.integers(9_990, 10_010).map(lambda bits: 1 << bits),
        st.floats(allow_nan=False),
    ),
    *(st.text(), st.binary(), st.complex_numbers(allow_nan=False), st.decimals(allow_nan=False), st.fractions()),
    *(st.dates(), st.datetimes(), st.times(), st.timedeltas(), st.uuids()),
)
HASHABLE = st.recursive(SCALARS, lambda inner: st.tuples(inner, inner) | st.frozensets(inner, max_size=3), max_leaves=5)
VALUES = st.recursive(
    HASHABLE,
    lambda inner: (
        st.lists(inner, max_size=5)
        | st.dictionaries(HASHABLE, inner, max_size=4)
        | st.sets(HASHABLE, max_size=4)
        | st.tuples(inner, inner)
        | st.lists(inner, max_size=3).map(deque)
    ),
    max_leaves=20,
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["t", "m", "v", "of", "id", "k"]), inner, max_size=4)
        | st.fixed_dictionaries(
            {
                "t": st.sampled_from(["m", "int", "std", "student", *crossing.BY_NAME, *crossing.MIRRORED_BY_NAME]),
                "m": st.integers(0, 5),
                "v": inner,
                "of": inner,
            }
        )
    ),
    max_leaves=30,
)


@given(st.lists(VALUES, max_size=3))
@settings(deadline=None)
def test_what_crosses_is_the_same_on_the_other_side_and_back(values: list[Any]) -> None:
    here, there = pair()
    read = hand_over(here, there, *values)
    assert read == values
    assert list(map(type, read)) == list(map(type, values))
    back = hand_over(there, here, *read)
    assert all(one is other for one, other in zip(back, values, strict=True) if isinstance(one, (list, dict, set)))


@given(JSON, JSON)
@settings(deadline=None)
def test_nonsense_is_malformed_and_nothing_else(wire: Any, more: Any) -> None:
    for message in (
        wire,
        [wire, None, [], [], [more]],
        ["reply", None, [], [], [wire]],
        ["reply", None, [[0, wire]], [], []],
    ):
        here, there = pair()
        hand_over(there, here, [1], {"a": 2})
        try:
            here.unpack(json.loads(json.dumps(message)))
        except Malformed:
            continue


def test_kinds_of_the_library_keep_their_type() -> None:
    here, there = pair()
    for value in (
        *(Counter("aab"), OrderedDict([("b", 1), ("a", 2)]), defaultdict(list, {"a": [1]}), deque([1], maxlen=2)),
        *(Decimal("1.10"), Fraction(1, 3), datetime.date(2024, 2, 29), range(1, 9, 2), slice(1, None), bytearray(b"x")),
        *(..., int, ValueError, {"a": 1}.keys(), math.inf, "\ud800"),
    ):
        [read] = hand_over(here, there, value)
        assert (read, type(read)) == (value, type(value))


def test_a_container_stays_one_on_both_sides() -> None:
    here, there = pair()
    rows: list[Any] = [[1], {"k": {2}}]
    rows.append(rows)
    [far] = hand_over(here, there, rows)
    assert far[2] is far
    far[0].append(5)
    far[1]["k"].add(3)
    far[1]["new"] = far[0]
    hand_over(there, here)
    assert (rows[0], rows[1]["k"], rows[1]["new"] is rows[0]) == ([1, 5], {2, 3}, True)
    rows[0].clear()
    hand_over(here, there)
    assert far[0] == []


def test_what_nobody_holds_is_forgotten_on_both_sides() -> None:
    here, there = pair()
    kept = [0]
    hand_over(here, there, kept)
    for number in range(100):
        hand_over(here, there, [number, [number]])
    for _ in range(2):  # a list inside another goes after it
        hand_over(here, there)
    assert len(here._mirrors) == len(there._mirrors) == 1
    [far] = hand_over(here, there, kept)
    far.append(1)
    del far
    hand_over(there, here)
    assert kept == [0, 1]


def test_a_change_is_handed_over_before_its_container_is_forgotten() -> None:
    here, there = pair()
    far: list[list[int]] = [[1]]
    [near] = hand_over(there, here, far)
    near[0].append(2)
    del near
    hand_over(here, there)
    hand_over(here, there)
    assert far == [[1, 2]]


def test_what_is_too_large_changes_nothing() -> None:
    here, there = pair()
    kept = [1]
    [far] = hand_over(here, there, kept)
    kept.append(2)
    deep: list[Any] = []
    for _ in range(150):
        deep = [deep]
    for large in ([0] * (crossing.MAX_NODES + 1), "x" * 2**23, deep):
        with pytest.raises(TooLarge):
            here.pack("call", None, ([3], large))
    hand_over(here, there, [3])
    assert far == [1, 2]
