"""Turns Python values into the judge's wire form and back. Runs inside the sandbox: standard library only.

The wire form is JSON. None, bool, str, finite float, int up to 2**53 and list stand for themselves; everything else is
an object with a tag "t":

    {"t": "int", "v": "-0xff"}                        a larger integer
    {"t": "float", "v": "nan" | "inf" | "-inf"}
    {"t": "complex", "v": [real, imaginary]}
    {"t": "bytes", "v": "6869"}                       hexadecimal
    {"t": "tuple" | "set" | "frozenset", "v": [...]}
    {"t": "dict", "v": [[key, value], ...]}
    {"t": "dataclass", "name": "Point", "v": [["x", 1], ...]}
    {"t": "exception", "name": "ValueError", "v": [arguments]}
    {"t": "object", "name": "Counter", "as": ...}     anything else; "as" is the built-in value it is a kind of, if any
    {"t": "cycle"}  {"t": "cut"}                      a value inside itself; one too deep or too large

numpy's own numbers and arrays are the numbers and lists that they stand for: numpy_values.py.

Whatever a student's object says about itself is ignored: `type(x)` decides, and contents are read with the methods of
the built-in types, captured when this module is imported, which is before any code of a student is. Nothing here is a
defence: a program may forge its whole report. The service treats all of it as untrusted and compares it outside.
"""

import builtins
import json
import math
from itertools import islice
from typing import Any

from learnflow.judge.inside import numpy_values

Wire = Any  # None | bool | int | float | str | list[Wire] | dict[str, Wire]: mypy has no finite form for it that helps

MAX_DEPTH = 40
MAX_NODES = 10_000
MAX_TEXT = 200_000  # characters, as JSON, of all strings, names, byte strings and large integers together
MAX_MESSAGE = 1_000
MAX_FRAMES = 8
EXACT_INT = 2**53

_name_of_class = type.__dict__["__name__"].__get__
_mro_of_class = type.__dict__["__mro__"].__get__
_arguments_of = BaseException.__dict__["args"].__get__
_field_of = object.__getattribute__
_escaped = json.encoder.encode_basestring_ascii
# Classes are looked for by id: one of a student's may have a hash and an equality of its own.
_SEQUENCES = {id(tuple): "tuple", id(set): "set", id(frozenset): "frozenset"}
_LISTABLE = set(map(id, (range, type({}.keys()), type({}.values()), type({}.items()))))
# How to see a subclass of a built-in type as that type, with the built-in's own methods.
_BASES: tuple[tuple[type, Any], ...] = (
    (bool, bool),
    (int, lambda x: int.__add__(x, 0)),
    (float, lambda x: float.__add__(x, 0.0)),
    (str, lambda x: str.__getitem__(x, slice(None))),
    (bytes, lambda x: bytes.__getitem__(x, slice(None))),
    (bytearray, lambda x: bytes(bytearray.__getitem__(x, slice(None)))),
    (list, lambda x: list(islice(list.__iter__(x), MAX_NODES))),
    (tuple, lambda x: tuple(islice(tuple.__iter__(x), MAX_NODES))),
    (set, lambda x: set(islice(set.__iter__(x), MAX_NODES))),
    (frozenset, lambda x: frozenset(islice(frozenset.__iter__(x), MAX_NODES))),
    (dict, lambda x: dict(islice(dict.items(x), MAX_NODES))),
)


class _Budget:
    __slots__ = ("nodes", "open", "text")

    def __init__(self) -> None:
        self.nodes = MAX_NODES
        self.text = MAX_TEXT
        self.open: set[int] = set()  # ids of the containers we are inside of


def encode(value: object) -> Wire:
    """The wire form of any value; never raises for an ordinary object, whatever it overrides."""
    try:
        return _encode(value, 0, _Budget())
    except RecursionError:
        return {"t": "cut"}


def _encode(value: object, depth: int, budget: _Budget) -> Wire:
    cls = type(value)
    budget.nodes -= 1
    if budget.nodes < 0 or depth > MAX_DEPTH:
        return {"t": "cut"}
    if value is None or cls is bool:
        return value
    if cls is int or cls is float or cls is complex:
        return _encode_number(value, budget)
    if cls is str:
        text: str = value  # type: ignore[assignment]  # cls is exactly str
        budget.text -= len(text) if len(text) > MAX_TEXT else len(_escaped(text))
        return value if budget.text >= 0 else {"t": "cut"}
    if cls is bytes:
        budget.text -= 2 * len(value)  # type: ignore[arg-type]  # cls is exactly bytes
        return {"t": "bytes", "v": value.hex()} if budget.text >= 0 else {"t": "cut"}  # type: ignore[attr-defined]  # exactly bytes
    if id(value) in budget.open:
        return {"t": "cycle"}
    budget.open.add(id(value))
    try:
        if id(cls) in numpy_values.TYPES:
            return _encode_numpy(value, cls, depth + 1, budget)
        return _encode_container(value, cls, depth + 1, budget)
    finally:
        budget.open.discard(id(value))


def _encode_number(value: Any, budget: _Budget) -> Wire:
    if type(value) is int:
        if -EXACT_INT <= value <= EXACT_INT:
            return value
        budget.text -= value.bit_length() // 4
        return {"t": "int", "v": hex(value)} if budget.text >= 0 else {"t": "cut"}
    if type(value) is float:
        return value if math.isfinite(value) else {"t": "float", "v": repr(value)}
    return {"t": "complex", "v": [_encode_number(value.real, budget), _encode_number(value.imag, budget)]}


def _encode_numpy(value: object, cls: type, depth: int, budget: _Budget) -> Wire:
    plain = numpy_values.plain(value, budget.nodes)
    if plain is value:
        return _encode_container(value, cls, depth, budget)
    return {"t": "cut"} if plain is numpy_values.TOO_LARGE else _encode(plain, depth, budget)


def _encode_container(value: Any, cls: type, depth: int, budget: _Budget) -> Wire:
    if cls is list:
        return _encode_all(value, depth, budget)
    if id(cls) in _SEQUENCES:
        return {"t": _SEQUENCES[id(cls)], "v": _encode_all(value, depth, budget)}
    if cls is dict:
        return {"t": "dict", "v": _encode_pairs(value.items(), depth, budget)}
    mro = _mro_of_class(cls)
    kinds = set(map(id, mro))
    name = _cut(_name_of_class(cls), 200)
    budget.text -= len(_escaped(name))
    if id(BaseException) in kinds:
        return {"t": "exception", "name": name, "v": _encode_all(_arguments_of(value), depth, budget)}
    names = _dataclass_fields(mro)
    if names is not None:
        pairs = [[field, _encode(_attribute(value, field), depth, budget)] for field in names]
        return {"t": "dataclass", "name": name, "v": pairs}
    if id(cls) in _LISTABLE:
        return {"t": "object", "name": name, "as": _encode_all(value, depth, budget)}
    for base, plain in _BASES:
        if id(base) in kinds:
            return {"t": "object", "name": name, "as": _encode(plain(value), depth, budget)}
    return {"t": "object", "name": name}


def _encode_all(items: Any, depth: int, budget: _Budget) -> list[Wire]:
    encoded = []
    for item in islice(items, budget.nodes + 1):
        encoded.append(_encode(item, depth, budget))
        if budget.nodes < 0 or budget.text < 0:
            break
    return encoded


def _encode_pairs(items: Any, depth: int, budget: _Budget) -> list[Wire]:
    encoded = []
    for key, item in islice(items, budget.nodes + 1):
        encoded.append([_encode(key, depth, budget), _encode(item, depth, budget)])
        if budget.nodes < 0 or budget.text < 0:
            break
    return encoded


def _dataclass_fields(mro: tuple[type, ...]) -> list[str] | None:
    for base in mro:
        fields = base.__dict__.get("__dataclass_fields__")
        if type(fields) is dict:
            return [name for name in fields if type(name) is str][:200]
    return None


def _attribute(value: object, name: str) -> object:
    try:
        return _field_of(value, name)
    except AttributeError:
        return None


def decode(wire: Wire, namespace: dict[str, Any]) -> Any:
    """The Python value of a wire form that the service made; dataclasses and exceptions are looked up by name.

    Raises NameError for a class that the program does not define.
    """
    if isinstance(wire, list):
        return [decode(item, namespace) for item in wire]
    if not isinstance(wire, dict):
        return wire
    tag, inner = wire["t"], wire["v"]
    if tag == "int":
        return int(inner, 16)
    if tag == "float":
        return float(inner)
    if tag == "bytes":
        return bytes.fromhex(inner)
    if tag == "dict":
        return {decode(key, namespace): decode(item, namespace) for key, item in inner}
    if tag == "dataclass":
        return _class_named(wire["name"], namespace)(**{name: decode(item, namespace) for name, item in inner})
    values = [decode(item, namespace) for item in inner]
    if tag == "complex":
        return complex(*values)
    if tag == "exception":
        return _class_named(wire["name"], namespace)(*values)
    return {"tuple": tuple, "set": set, "frozenset": frozenset}[tag](values)


def _class_named(name: str, namespace: dict[str, Any]) -> Any:
    if name in namespace:
        return namespace[name]
    if name not in builtins.__dict__:
        raise NameError(f"name {name!r} is not defined")
    return builtins.__dict__[name]


def describe_error(error: BaseException, filename: str) -> dict[str, Any]:
    """The report's "error": type, message, bases, and the frames of `filename` alone, innermost last.

    `frames` holds at most MAX_FRAMES entries {"line", "function"}; `omitted` counts those left out in the middle.
    """
    cls = type(error)
    frames, omitted = _frames(error.__traceback__, filename)
    line = frames[-1]["line"] if frames else None
    described: dict[str, Any] = {
        "type": _cut(_name_of_class(cls), 200),
        "message": _message(error),
        "line": line,
        "frames": frames,
        "omitted": omitted,
        "bases": [_cut(_name_of_class(base), 200) for base in _mro_of_class(cls)[:20]],
    }
    if id(SyntaxError) in map(id, _mro_of_class(cls)) and not frames:
        described["line"] = error.lineno if type(error.lineno) is int else None  # type: ignore[attr-defined]  # a SyntaxError
        described["offset"] = error.offset if type(error.offset) is int else None  # type: ignore[attr-defined]  # a SyntaxError
        described["message"] = _cut(error.msg, MAX_MESSAGE) if type(error.msg) is str else ""  # type: ignore[attr-defined]  # same
    return described


def _frames(traceback: Any, filename: str) -> tuple[list[dict[str, Any]], int]:
    own = []
    while traceback is not None:
        code = traceback.tb_frame.f_code
        if code.co_filename == filename:
            own.append({"line": traceback.tb_lineno, "function": _cut(code.co_name, 200)})
        traceback = traceback.tb_next
    if len(own) <= MAX_FRAMES:
        return own, 0
    half = MAX_FRAMES // 2
    return own[:half] + own[-half:], len(own) - 2 * half


def _message(error: BaseException) -> str:
    try:
        text = str(error)
    except Exception:  # noqa: BLE001  # a student's own __str__ may raise anything; then the error has no message
        return ""
    return _cut(text, MAX_MESSAGE)


def _cut(text: str, length: int) -> str:
    plain = str.__getitem__(text, slice(None))
    return plain if len(plain) <= length else plain[: length - 1] + "…"
