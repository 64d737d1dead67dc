"""The student's process of a unit job: runs the student's module and does what the tests' process asks of it.

Nothing in here has to be right for a verdict to be: the student's code can change all of it. What it can gain by that
is to answer the tests something else, which it could have done by simply returning something else.

A message of the tests names a verb below; while one is being done, this process may itself ask ("call", "get", "set",
"operate" something of the tests'), and the tests may ask again before they answer that: calls nest on both sides.
"""

import importlib
import os
import sys
import threading
import traceback
from collections.abc import Callable
from typing import Any, NoReturn

from learnflow.judge.inside.unit import channel, outside
from learnflow.judge.inside.unit.channel import OtherEnded, TooLarge
from learnflow.judge.inside.unit.crossing import Crossing, Wire
from learnflow.judge.inside.unit.tasks import PLAIN_KINDS, VERBS

FRAMES = 15  # of this module for a call inside a call; they are not the student's fault
OFFERED = {"input": 1, "read": 2, "readline": 3, "warn": 4}  # what the tests' process offers from the start


class Student(Crossing):
    """This end. `import_module` runs the student's code and returns the module; when it raises, `failure` says why."""

    def __init__(self, descriptor: int, source_name: str, import_module: Callable[[], Any]) -> None:
        super().__init__(1)
        self._descriptor = descriptor
        self.source_name = source_name
        self.import_module = import_module
        self._objects: dict[int, Any] = {}
        self._ids: dict[int, int] = {}  # number by identity of what is in _objects
        self._theirs: dict[int, Any] = {}
        self._their_ids: dict[int, int] = {}
        self.originals: dict[tuple[str, str], Any] = {}
        self._main = threading.get_ident()
        self.failure: str | None = None
        self.loop: Any = None  # asyncio's, once something is awaited

    def serve(self) -> NoReturn:
        """Answer until the tests' process closes the channel."""
        try:
            while True:
                self._until_answered()
        finally:
            os._exit(1)

    def ask(self, verb: str, detail: Any, *values: Any) -> Any:
        """What the tests' process answers. Raises what it raises."""
        if threading.get_ident() != self._main:
            raise RuntimeError("Only the program's main thread can call what belongs to the tests.")
        _flush()
        channel.send(self._descriptor, self.pack(verb, detail, values))
        sys.setrecursionlimit(sys.getrecursionlimit() + FRAMES)
        try:
            return self._until_answered()
        finally:
            sys.setrecursionlimit(sys.getrecursionlimit() - FRAMES)

    def offered(self, name: str) -> Any:
        return self.meet({"t": "tests", "id": OFFERED[name], "k": "function", "name": name}, 0)

    def _until_answered(self) -> Any:
        while True:
            verb, detail, values = self.unpack(channel.receive(self._descriptor))
            if verb == "reply":
                return values[0]
            if verb == "raise":
                raise values[0]
            self._answer(verb, detail, values)

    def _answer(self, verb: str, detail: Any, values: list[Any]) -> None:
        try:
            answer = self.pack("reply", None, (VERBS[verb](self, detail, *values),))
        except OtherEnded:
            os._exit(0)
        except BaseException as error:  # whatever the student's code raises is the tests' to see  # noqa: BLE001
            answer = self._raised(error)
        _flush()
        channel.send(self._descriptor, answer)

    def _raised(self, error: BaseException) -> bytes:
        try:
            return self.pack("raise", None, (error,))
        except TooLarge as problem:
            return self.pack("raise", None, (ValueError(f"{type(error).__name__}: {problem}"),))
        finally:
            _let_go_of_frames(error)

    def export(self, value: Any, depth: int) -> Wire:
        their = self._their_ids.get(id(value))
        if their is not None:
            return {"t": "tests", "id": their}
        number = self._ids.get(id(value))
        if number is None:
            number = len(self._objects) + 1
            self._objects[number] = value
            self._ids[id(value)] = number
        wire: dict[str, Any] = {"t": "student", "id": number}
        if isinstance(value, type):
            return wire | {"k": "class"}
        cls = type(value)
        wire["c"] = self.encode(cls, depth + 1)
        if issubclass(cls, BaseException):
            return wire | {"k": "error"} | self._error(value, depth + 1)
        plain = next((plain for kind, plain in PLAIN_KINDS.items() if kind in cls.__mro__), None)
        return wire | {"k": "object"} | ({} if plain is None else {"as": self.encode(plain(value), depth + 1)})

    def _error(self, error: BaseException, depth: int) -> dict[str, Any]:
        lines = [
            frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == self.source_name
        ]
        try:
            text = str(error)
        except Exception:  # noqa: BLE001  # a student's own __str__ may raise anything
            text = ""
        extra = {name: value for name, value in vars(error).items() if type(name) is str and name[:1] != "_"}
        return {
            "args": [self.encode(argument, depth) for argument in error.args],
            "text": text[:10_000],
            "line": lines[-1] if lines else None,
            "extra": [list(extra), [self.encode(value, depth) for value in extra.values()]],
            "cause": None if error.__cause__ is None else self.encode(error.__cause__, depth + 10),
        }

    def meet(self, wire: dict[str, Any], depth: int) -> Any:
        tag = wire["t"]
        if tag == "student":
            return self._objects[wire["id"]]
        if tag == "there":
            value = importlib.import_module(wire["m"])
            for name in wire["v"]:
                value = getattr(value, name)
            return value
        number = wire["id"]
        if number not in self._theirs:
            self._theirs[number] = value = self._made(wire, depth)
            self._their_ids[id(value)] = number
        return self._theirs[number]

    def _made(self, wire: dict[str, Any], depth: int) -> Any:
        if wire["k"] == "function":
            return outside.function(self.ask, wire["name"], wire.get("doc"))
        if wire["k"] == "error":
            return outside.make_error(wire, [self.decode(part, depth + 1) for part in wire["args"]])
        return outside.outside_class(wire["name"], tuple(wire["ops"]))(self.ask)


def _let_go_of_frames(error: BaseException | None) -> None:
    """The error is kept, for the tests may ask for it; what the functions that it came out of worked with is not."""
    for _ in range(20):
        if error is None:
            return
        error.__traceback__ = None
        error = error.__context__ if error.__cause__ is None else error.__cause__


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except Exception:  # closed or replaced by the program: nothing to show  # noqa: BLE001, S112
            continue
