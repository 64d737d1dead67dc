"""How values cross between the tests' process and the student's. Standard library only.

Plain values (exact built-in types, and a few of the standard library's) cross by value. Lists, dicts, sets and their
like cross by value too, but both ends remember them under one number: before each message either end looks at those it
knows and sends the contents of those that changed, so that a list is one list on both sides. Everything else crosses as
a number that names it in the process where it lives: the subclasses of Crossing know how.

A wire form is None, bool, int, float or str for itself, else an object with a tag "t":
    {"t": "int", "v": hex}                                 an integer of more than 10,000 bits
    {"t": "list" | "dict" | ..., "m": number, "v": contents}        a container that crosses for the first time
    {"t": "m", "m": number}                                         one that both ends know
    {"t": "tuple" | "frozenset" | "Decimal" | "date" | ..., "v": [...]}
    {"t": "std", "v": name}                                a built-in class
    {"t": "student" | "tests", "id": number, ...}          something that stays in its process: student.py, remote.py
What is read is not trusted: whatever is not as it must be raises Malformed.
"""

from collections import Counter, defaultdict, deque
from collections.abc import Iterable
from operator import is_
from sys import getrefcount
from typing import Any

from learnflow.judge.inside.unit import arrays
from learnflow.judge.inside.unit.channel import TOO_LARGE, Malformed, TooLarge, packed
from learnflow.judge.inside.unit.plain_types import (
    BY_NAME,
    BY_VALUE,
    DICTS,
    KNOWN_CLASSES,
    KNOWN_NAMES,
    MIRRORED,
    MIRRORED_BY_NAME,
    OF_ANYTHING,
)

Wire = Any

MAX_NODES = 300_000  # of one message
MAX_DEPTH = 100
MAX_MIRRORED = 300_000  # elements of all containers that both ends remember; the oldest are forgotten
LARGE = 1 << 10_000

_SCALARS = frozenset({int, float, str, bool, type(None)})


class Crossing:
    """One end's view of what has crossed. `first` is the number of the first container that begins here: 0 or 1."""

    def __init__(self, first: int) -> None:
        self._next = first
        self._mirrors: dict[int, Any] = {}
        self._seen: dict[int, Any] = {}  # what each looked like when it last crossed
        self._numbers: dict[int, int] = {}  # by identity
        self._filling: frozenset[int] = frozenset()  # whose contents are just being read
        self._forgotten: list[int] = []  # what the other end still has to forget
        self._nodes = 0

    def export(self, value: Any, depth: int) -> Wire:
        """The wire form of what stays in its process."""
        raise NotImplementedError

    def meet(self, wire: dict[str, Any], depth: int) -> Any:
        """What stands here for what stays in its process."""
        raise NotImplementedError

    def pack(self, verb: str, detail: Any, values: Iterable[Any]) -> bytes:
        """A message with these values, and what changed since the last. Raises TooLarge; then nothing has changed."""
        first, self._nodes = self._next, MAX_NODES
        changed: list[int] = []
        self._forget_some()
        try:
            changes = []
            for number, mirror in list(self._mirrors.items()):
                if number not in self._filling and not _same(self._seen[number], _look(mirror)):
                    changed.append(number)
                    changes.append([number, self._contents(mirror, 0)])
                    self._seen[number] = _look(mirror)
            wires = [self.encode(value, 0) for value in values]
            message = packed([verb, detail, changes, self._forgotten, wires])
        except BaseException as problem:
            for number in [number for number in self._mirrors if number >= first and (number - first) % 2 == 0]:
                self._forget(number)
            for number in changed:
                self._seen[number] = None
            if isinstance(problem, (RecursionError, MemoryError)):
                raise TooLarge(TOO_LARGE) from problem
            raise
        self._forgotten = []
        return message

    def unpack(self, message: Any) -> tuple[str, Any, list[Any]]:
        """(verb, detail, values) of what the other end's pack() made. Raises Malformed."""
        before = self._filling
        try:
            verb, detail, changes, forgotten, wires = message
            if type(verb) is not str:
                raise TypeError("no verb")
            for number, contents in changes:
                self._filling |= {number}
                self._change(self._mirrors[number], contents)
                self._seen[number] = _look(self._mirrors[number])
            for number in forgotten:
                self._forget(number)
            return verb, detail, [self.decode(wire, 0) for wire in wires]
        except Exception as problem:
            raise Malformed(f"{type(problem).__name__}: {problem}") from problem
        finally:
            self._filling = before

    def encode(self, value: Any, depth: int) -> Wire:
        cls = type(value)
        self._nodes -= 1
        if self._nodes < 0 or depth > MAX_DEPTH:
            raise TooLarge(TOO_LARGE)
        if cls in _SCALARS:
            return value if cls is not int or -LARGE < value < LARGE else {"t": "int", "v": hex(value)}
        if cls in MIRRORED:
            return self._encode_mirrored(value, cls, depth)
        if cls in BY_VALUE:
            name, arguments, _ = BY_VALUE[cls]
            return {"t": name, "v": self._all(arguments(value), depth)}
        if isinstance(value, type) and value in KNOWN_NAMES:
            return {"t": "std", "v": KNOWN_NAMES[value]}
        return self.export(value, depth)

    def _all(self, items: Iterable[Any], depth: int) -> list[Wire]:
        items = list(items)
        if set(map(type, items)) <= _SCALARS and all(-LARGE < item < LARGE for item in items if type(item) is int):
            self._nodes -= len(items)
            if self._nodes < 0:
                raise TooLarge(TOO_LARGE)
            return items
        return [self.encode(item, depth + 1) for item in items]

    def _encode_mirrored(self, value: Any, cls: type, depth: int) -> Wire:
        number = self._numbers.get(id(value))
        if number is not None:
            return {"t": "m", "m": number}
        number, self._next = self._next, self._next + 2
        self._keep(number, value)
        wire: dict[str, Any] = {"t": MIRRORED[cls], "m": number}
        if cls is defaultdict:
            wire["of"] = self.encode(value.default_factory, depth + 1)
        elif cls is deque:
            wire["of"] = value.maxlen
        elif arrays.is_array(cls):
            wire["of"] = arrays.form(value)
        wire["v"] = self._contents(value, depth)
        self._seen[number] = _look(value)
        return wire

    def _contents(self, value: Any, depth: int) -> Wire:
        if type(value) is bytearray:
            return value.hex()
        if type(value) in DICTS:
            return [self._all(value, depth), self._all(value.values(), depth)]
        if arrays.is_array(type(value)):
            return self._all(arrays.elements(value), depth)
        return self._all(value, depth)

    def decode(self, wire: Wire, depth: int) -> Any:
        cls = type(wire)
        if cls in _SCALARS:
            return wire
        if cls is not dict or depth > MAX_DEPTH + 1:
            raise ValueError("no wire form")
        tag = wire["t"]
        if tag == "m":
            return self._mirrors[wire["m"]]
        if tag in MIRRORED_BY_NAME:
            return self._decode_mirrored(wire, tag, depth)
        if tag in BY_NAME:
            items = self._decode_all(wire["v"], depth)
            if tag not in OF_ANYTHING and not set(map(type, items)) <= _SCALARS:
                raise ValueError(f"a {tag} of something else")
            return BY_NAME[tag][1](*items)
        if tag == "std":
            return KNOWN_CLASSES[wire["v"]]
        if tag == "int":
            return int(wire["v"], 16)
        return self.meet(wire, depth)

    def _decode_mirrored(self, wire: dict[str, Any], tag: str, depth: int) -> Any:
        number, cls = wire["m"], MIRRORED_BY_NAME[tag]
        if type(number) is not int or number in self._mirrors or number % 2 == self._next % 2:
            raise ValueError(f"a container with the number {number}")
        value: Any
        if cls is defaultdict:
            value = defaultdict(self.decode(wire["of"], depth + 1))
        elif cls is deque:
            value = deque(maxlen=wire["of"])
        elif arrays.is_array(cls):
            value = arrays.empty(wire["of"])
        else:
            value = cls()
        self._keep(number, value)
        self._filling |= {number}
        self._change(value, wire["v"], depth)
        self._seen[number] = _look(value)
        return value

    def _change(self, value: Any, contents: Wire, depth: int = 0) -> None:
        if type(value) is bytearray:
            value[:] = bytes.fromhex(contents)
        elif type(value) in DICTS:
            keys, items = (self._decode_all(part, depth) for part in contents)
            value.clear()
            (dict.update if type(value) is Counter else type(value).update)(value, zip(keys, items, strict=True))
        elif arrays.is_array(type(value)):
            arrays.fill(value, self._decode_all(contents, depth))
        else:
            items = self._decode_all(contents, depth)
            value.clear()
            (value.update if type(value) is set else value.extend)(items)

    def _decode_all(self, wires: Wire, depth: int) -> list[Any]:
        if type(wires) is not list:
            raise TypeError("no list")
        if set(map(type, wires)) <= _SCALARS:
            return wires
        return [self.decode(wire, depth + 1) for wire in wires]

    def _keep(self, number: int, value: Any) -> None:
        self._mirrors[number] = value
        self._numbers[id(value)] = number
        self._seen[number] = None

    def _forget(self, number: int) -> None:
        value = self._mirrors.pop(number)
        del self._numbers[id(value)], self._seen[number]

    def _forget_some(self) -> None:
        """What is as it was and nobody else here holds any more, and the oldest beyond a bound. Only the tests' end
        decides, for both: it numbers from 0."""
        if self._next % 2:
            return
        size = 0
        for number in reversed(list(self._mirrors)):
            size += len(self._seen[number] or ()) + 10
            if number in self._filling or not _same(self._seen[number], _look(self._mirrors[number])):
                continue
            if size > MAX_MIRRORED or getrefcount(self._mirrors[number]) <= 2:  # ours, and that of the question
                self._forget(number)
                self._forgotten.append(number)


def _look(value: Any) -> Any:
    """What shows whether a container has changed: its elements themselves, not what they are equal to."""
    if type(value) is bytearray:
        return bytes(value)
    if type(value) in DICTS:
        return (*value, *value.values())
    return value.tobytes() if arrays.is_array(type(value)) else tuple(value)


def _same(one: Any, other: Any) -> bool:
    if type(one) is bytes:
        return bool(one == other)
    return one is not None and len(one) == len(other) and all(map(is_, one, other))
