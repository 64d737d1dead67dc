"""What tests put into modules of the standard library is put there in the student's process too.

`patch("random.randint", return_value=4)`, `patch("builtins.print")`, `time.sleep = …` are meant for the student's code,
which has modules of its own. Before each request the modules that tests patch are looked at: an attribute that is not
what it was is handed over, and taken back when it is as before; so are sys.argv, the working directory and the
environment. Standard library only.
"""

import functools
import os
import random
import sys
from collections.abc import Callable
from operator import is_
from typing import Any

WATCHED = (
    *("builtins", "random", "time", "os", "posixpath", "math", "datetime", "json", "secrets", "string", "statistics"),
    *("shutil", "uuid", "csv", "pathlib", "calendar", "locale", "itertools", "functools", "asyncio"),
)
_NOT = frozenset({("builtins", "input"), ("builtins", "_")})  # input() asks the tests each time


class Patches:
    """`request` asks the student's process."""

    def __init__(self, request: Callable[..., Any]) -> None:
        self._request = request
        self._busy = False
        self._watched: dict[str, dict[str, Any]] = {}
        self._before: dict[str, tuple[Any, ...]] = {}
        self._patched: dict[tuple[str, str], Any] = {}
        self._surroundings: tuple[list[str], str, dict[str, str]] | None = None

    def watch(self, names: tuple[str, ...] = WATCHED) -> None:
        for name in names:
            if name in sys.modules and name not in self._watched:
                space = vars(sys.modules[name])
                self._watched[name] = dict(space)
                self._before[name] = tuple(space.values())
        self._surroundings = _surroundings()

    def hand_over(self) -> None:
        if self._busy:
            return
        self._busy = True
        try:
            for name in self._watched:
                values = tuple(vars(sys.modules[name]).values())
                if len(values) != len(self._before[name]) or not all(map(is_, values, self._before[name])):
                    self._before[name] = values
                    self._hand_over(name)
            if self._surroundings is not None and self._surroundings != (now := _surroundings()):
                self._surroundings = now
                self._request("surroundings", None, *now)
        finally:
            self._busy = False

    def _hand_over(self, module: str) -> None:
        original = self._watched[module]
        for name, value in list(vars(sys.modules[module]).items()):
            place = (module, name)
            if place in _NOT or value is self._patched.get(place, original.get(name)):
                continue
            if value is original.get(name):
                del self._patched[place]
                self._request("patch", list(place))
            else:
                self._patched[place] = value
                self._request("patch", list(place), value)


def _surroundings() -> tuple[list[str], str, dict[str, str]]:
    return list(sys.argv), os.getcwd(), dict(os.environ)


def seed_both(method: Callable[..., Any]) -> None:
    """random.seed() in a test is meant for the student's code: it seeds both. `method` is remote.Link.method."""
    here = random.seed

    @functools.wraps(here)
    def seed(*arguments: Any, **options: Any) -> None:
        here(*arguments, **options)
        method(random, "seed", arguments, options)

    random.seed = seed
