"""The types whose values cross between the tests' process and the student's, and how. Standard library only."""

import argparse
import builtins
import copy
import csv
import dataclasses
import datetime
import decimal
import fractions
import graphlib
import importlib
import json
import pathlib
import queue
import re
import statistics
import struct
import threading
import uuid
from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import Callable, Iterable
from typing import Any

LISTS: dict[type, str] = {list: "list", set: "set", deque: "deque", bytearray: "bytearray"}
DICTS: dict[type, str] = {dict: "dict", Counter: "Counter", OrderedDict: "OrderedDict", defaultdict: "defaultdict"}
MIRRORED = LISTS | DICTS
MIRRORED_BY_NAME = {name: cls for cls, name in MIRRORED.items()}

# Of each type: its arguments for the wire, and how it is made of them.
BY_VALUE: dict[type, tuple[str, Callable[[Any], Iterable[Any]], Callable[..., Any]]] = {
    tuple: ("tuple", lambda value: value, lambda *items: items),
    frozenset: ("frozenset", lambda value: value, lambda *items: frozenset(items)),
    bytes: ("bytes", lambda value: (value.hex(),), bytes.fromhex),
    complex: ("complex", lambda value: (value.real, value.imag), complex),
    range: ("range", lambda value: (value.start, value.stop, value.step), range),
    slice: ("slice", lambda value: (value.start, value.stop, value.step), slice),
    type(...): ("ellipsis", lambda _: (), lambda: ...),
    type(NotImplemented): ("NotImplemented", lambda _: (), lambda: NotImplemented),
    type({}.keys()): ("dict_keys", lambda value: value, lambda *keys: dict.fromkeys(keys).keys()),
    type({}.values()): ("dict_values", lambda value: value, lambda *values: dict(enumerate(values)).values()),
    type({}.items()): ("dict_items", lambda value: value, lambda *pairs: dict(pairs).items()),
    decimal.Decimal: ("Decimal", lambda value: (str(value),), decimal.Decimal),
    fractions.Fraction: ("Fraction", lambda value: (value.numerator, value.denominator), fractions.Fraction),
    datetime.date: ("date", lambda value: (value.year, value.month, value.day), datetime.date),
    datetime.datetime: ("datetime", lambda value: (value.isoformat(),), datetime.datetime.fromisoformat),
    datetime.time: ("time", lambda value: (value.isoformat(),), datetime.time.fromisoformat),
    datetime.timedelta: (
        "timedelta",
        lambda value: (value.days, value.seconds, value.microseconds),
        datetime.timedelta,
    ),
    uuid.UUID: ("UUID", lambda value: (value.hex,), uuid.UUID),
    pathlib.PosixPath: ("PosixPath", lambda value: (str(value),), pathlib.PosixPath),
}
BY_NAME = {name: (cls, make) for cls, (name, _, make) in BY_VALUE.items()}
OF_ANYTHING = {"tuple", "frozenset", "slice", "dict_keys", "dict_values", "dict_items"}  # the others hold scalars

_ERRORS: tuple[type[BaseException], ...] = (
    *(dataclasses.FrozenInstanceError, json.JSONDecodeError, statistics.StatisticsError, re.error, struct.error),
    *(decimal.InvalidOperation, decimal.DivisionByZero, decimal.Overflow, queue.Empty, queue.Full, csv.Error),
    *(
        graphlib.CycleError,
        argparse.ArgumentError,
        argparse.ArgumentTypeError,
        threading.BrokenBarrierError,
        copy.Error,
    ),
)

# Classes that mean the same in both processes. Nothing else of the standard library is ever looked up by a name that
# the student's process sends: unittest.mock.ANY's class, for one, equals everything.
KNOWN_CLASSES: dict[str, type] = {
    **{cls.__name__: cls for cls in (*MIRRORED, int, float, str, bool, object, type, type(None))},
    **{cls.__name__: cls for cls in BY_VALUE if cls.__name__ not in ("dict_keys", "dict_values", "dict_items")},
    **{
        name: value
        for name, value in vars(builtins).items()
        if isinstance(value, type) and issubclass(value, BaseException) and value.__name__ == name
    },
}
KNOWN_CLASSES |= {f"{cls.__module__}.{cls.__name__}": cls for cls in _ERRORS}
KNOWN_NAMES = {cls: name for name, cls in KNOWN_CLASSES.items()}


def know_asyncio(source: str) -> None:
    """For a source that uses it. Loaded in the forker it would be a fortieth of what every child costs."""
    if "async" not in source:
        return
    asyncio = importlib.import_module("asyncio")
    for name in ("CancelledError", "InvalidStateError", "QueueEmpty", "QueueFull"):
        cls = getattr(asyncio, name)
        KNOWN_CLASSES[f"{cls.__module__}.{name}"] = cls
        KNOWN_NAMES[cls] = f"{cls.__module__}.{name}"
