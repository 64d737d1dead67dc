"""How large a value in wire form is, and what is one step simpler than it."""

import math
from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Sequence
from typing import Any, TypeVar

from learnflow.judge.inside.encoder import Wire, encode
from learnflow.judge.wire import canonical, number_of

Measure = tuple[int, int, int, int]
Item = TypeVar("Item")

WINDOWS = 16  # of each length, so that a long list does not use up all tries
REMOVALS = 64  # as above
LONGEST_FOR_PAIRS = 12  # elements of a list of which any two are left out together

_SIMPLE_CHARACTERS = "ab0A "
_ROUGH = 1_000  # of nan and the infinities: no decimal number is written so long


def measure(wire: Wire) -> Measure:
    """(nodes and characters, length of fractions, distance of numbers from 0, strangeness of signs and characters)."""
    totals = [0, 0, 0, 0]
    _add(wire, totals)
    return (totals[0], totals[1], totals[2], totals[3])


def _add(wire: Wire, totals: list[int]) -> None:
    totals[0] += 1
    number = int(wire) if isinstance(wire, bool) else number_of(wire)
    if number is not None:
        _add_number(number, totals)
    elif isinstance(wire, str):
        totals[0] += len(wire)
        totals[3] += sum(map(_strangeness, wire))
    elif isinstance(wire, list):
        for item in wire:
            _add(item, totals)
    elif isinstance(wire, dict) and wire["t"] == "bytes":
        data = bytes.fromhex(wire["v"])
        totals[0] += len(data)
        totals[2] += sum(data)
    elif isinstance(wire, dict) and wire["t"] in ("dict", "dataclass"):
        for key, item in wire["v"]:
            _add(key, totals)
            _add(item, totals)
    elif isinstance(wire, dict):
        for item in wire.get("v") or ():
            _add(item, totals)


def _add_number(number: int | float, totals: list[int]) -> None:
    if isinstance(number, int):
        totals[2] += abs(number)
        totals[3] += number < 0
    elif not math.isfinite(number):
        totals[1] += _ROUGH
        totals[3] += number < 0
    else:
        totals[1] += 0 if number.is_integer() else len(repr(number))
        totals[2] += int(abs(number))
        totals[3] += math.copysign(1, number) < 0


def _strangeness(character: str) -> int:
    at = _SIMPLE_CHARACTERS.find(character)
    return at if at >= 0 else len(_SIMPLE_CHARACTERS) + ord(character)


def shorter(wire: Wire) -> Iterator[Wire]:
    """What has some elements or characters left out, the boldest first."""
    if isinstance(wire, str):
        yield from map("".join, _parts(wire))
    elif isinstance(wire, list):
        yield from _parts(wire)
    elif isinstance(wire, dict) and wire["t"] == "bytes":
        for data in _parts(bytes.fromhex(wire["v"])):
            yield {"t": "bytes", "v": bytes(data).hex()}
    elif isinstance(wire, dict) and wire["t"] in ("set", "frozenset", "dict"):
        for items in _parts(wire["v"]):
            yield {**wire, "v": items}


def simpler(wire: Wire) -> Iterator[Wire]:
    """What is simpler in one place, the boldest first. Not everything has a smaller measure."""
    yield from shorter(wire)
    if isinstance(wire, str):
        yield from _simpler_text(wire)
    elif isinstance(wire, list):
        yield from _with_one_simpler(wire)
    elif not isinstance(wire, dict) or wire["t"] in ("int", "float"):
        yield from _simpler_number(wire)
    else:
        yield from _simpler_tagged(wire)


def _simpler_tagged(wire: dict[str, Any]) -> Iterator[Wire]:
    tag = wire["t"]
    if tag == "bytes":
        for data in _with_one_simpler(list(bytes.fromhex(wire["v"]))):
            yield {"t": tag, "v": bytes(data).hex()}
    elif tag in ("set", "frozenset"):
        for items in _with_one_simpler(wire["v"], different=True):
            yield {"t": tag, "v": items}
    elif tag == "dict":
        yield from _simpler_dict(wire)
    elif tag == "dataclass":
        yield from _with_a_simpler_item(wire)
    elif tag in ("tuple", "complex", "exception"):
        for items in _with_one_simpler(wire["v"]):
            yield {**wire, "v": items}


def _simpler_dict(wire: dict[str, Any]) -> Iterator[Wire]:
    yield from _with_a_simpler_item(wire)
    for keys in _with_one_simpler([key for key, _ in wire["v"]], different=True):
        yield {"t": "dict", "v": [[key, item] for key, (_, item) in zip(keys, wire["v"], strict=True)]}


def _with_a_simpler_item(wire: dict[str, Any]) -> Iterator[Wire]:
    for items in _with_one_simpler([item for _, item in wire["v"]]):
        yield {**wire, "v": [[key, item] for (key, _), item in zip(wire["v"], items, strict=True)]}


def _with_one_simpler(items: list[Wire], *, different: bool = False) -> Iterator[list[Wire]]:
    """`different`: no two of them may become one, as in a set, where Python takes 1, 1.0 and True for the same."""
    taken = {_equality(item) for item in items} if different else set()
    for index, item in enumerate(items):
        for candidate in simpler(item):
            if not different or _equality(candidate) not in taken:
                yield [*items[:index], candidate, *items[index + 1 :]]


def _equality(item: Wire) -> Hashable:
    number = int(item) if isinstance(item, bool) else number_of(item)
    return canonical(item) if number is None or number != number else number


def _parts(items: Sequence[Item]) -> Iterator[list[Item]]:
    """Some of the elements in their order: none, short stretches, all but a stretch, all but any two."""
    count = len(items)
    if not count:
        return
    yield []
    length = 1
    while length < count:
        for start in range(0, min(count, WINDOWS * length), length):
            yield list(items[start : start + length])
        length *= 2
    length = count // 2
    while length:
        for start in range(0, min(count, REMOVALS * length), length):
            yield [*items[:start], *items[start + length :]]
        length //= 2
    if count <= LONGEST_FOR_PAIRS:
        for first in range(count):
            for second in range(first + 2, count):
                yield [*items[:first], *items[first + 1 : second], *items[second + 1 :]]


def _simpler_text(text: str) -> Iterator[str]:
    for index, character in enumerate(text):
        for simple in _simpler_characters(character):
            yield text[:index] + simple + text[index + 1 :]


def _simpler_characters(character: str) -> Iterator[str]:
    for simple in (*_SIMPLE_CHARACTERS, character.lower()):
        if len(simple) == 1 and _strangeness(simple) < _strangeness(character):
            yield simple


def _simpler_number(wire: Wire) -> Iterator[Wire]:
    if wire is True:
        yield False
    number = number_of(wire)
    if isinstance(number, int):
        yield from map(encode, _nearer_to_zero(number))
    elif number is not None:
        yield from map(encode, _simpler_floats(number))


def _nearer_to_zero(number: int) -> Iterator[int]:
    sign, size = (-1, -number) if number < 0 else (1, number)
    if not size:
        return
    yield 0
    if sign < 0:
        yield size
    bits = size.bit_length()
    for power in range(min(bits, 12)):
        if 2**power < size:
            yield sign * 2**power
    if bits > 24:
        yield sign * (size >> bits // 2)
    for part in range(1, min(bits, 16)):
        yield sign * (size - (size >> part))
    yield sign * (size - 1)


def _simpler_floats(number: float) -> Iterator[float]:
    if not math.isfinite(number):
        yield from (0.0, 1.0)
        if number < 0:
            yield math.inf
    elif number.is_integer():
        if math.copysign(1, number) < 0:
            yield -number
        for whole in _nearer_to_zero(int(number)):
            yield float(whole)
    else:
        yield from (0.0, 1.0, float(int(number)), abs(number))
        for digits in (0, 1, 2, 4):
            yield round(number, digits)
        yield from (0.5, -0.5)


def all_simpler(wires: list[Wire]) -> Iterator[list[Wire]]:
    """Each value, and each character, that occurs more than once made simpler in all its places at once."""
    values: dict[str, Wire] = {}
    characters: Counter[str] = Counter()
    counts: Counter[str] = Counter()
    for leaf in _leaves(wires):
        key = canonical(leaf)
        counts[key] += 1
        values[key] = leaf
        if isinstance(leaf, str):
            characters.update(leaf)
    for key, leaf in values.items():
        if counts[key] > 1:
            for candidate in simpler(leaf):
                yield _replaced(wires, lambda other, key=key, new=candidate: new if canonical(other) == key else other)
    for character, count in characters.items():
        if count > 1:
            for simple in _simpler_characters(character):
                yield _replaced(
                    wires,
                    lambda other, old=character, new=simple: (
                        other.replace(old, new) if isinstance(other, str) else other
                    ),
                )


def _is_leaf(wire: Wire) -> bool:
    return not isinstance(wire, list) and (not isinstance(wire, dict) or wire["t"] in ("int", "float", "bytes"))


def _leaves(wire: Wire) -> Iterator[Wire]:
    """Of sets and of the keys of dicts none: there no value occurs twice, and two must not become one."""
    if _is_leaf(wire):
        yield wire
    elif isinstance(wire, list):
        for item in wire:
            yield from _leaves(item)
    elif wire["t"] in ("dict", "dataclass"):
        for _, item in wire["v"]:
            yield from _leaves(item)
    elif wire["t"] not in ("set", "frozenset"):
        yield from _leaves(wire.get("v") or [])


def _replaced(wire: Wire, change: Callable[..., Wire]) -> Wire:
    if _is_leaf(wire):
        return change(wire)
    if isinstance(wire, list):
        return [_replaced(item, change) for item in wire]
    if wire["t"] in ("dict", "dataclass"):
        return {**wire, "v": [[key, _replaced(item, change)] for key, item in wire["v"]]}
    if wire["t"] in ("set", "frozenset"):
        return wire
    return {**wire, "v": _replaced(wire["v"], change)}
