"""What stands in the student's process for the tests' own functions and objects. Standard library only."""

import builtins
import functools
import warnings
from collections.abc import Callable
from typing import Any

from learnflow.judge.inside.unit.operations import OPERATIONS

Ask = Callable[..., Any]  # ask(verb, detail, *values): the tests' process does it; raises what it raises


def function(ask: Ask, name: str, doc: str | None) -> Any:
    """A function of the tests' process: a true function, so that it can be a method and be wrapped."""

    def called(*args: Any, **kwargs: Any) -> Any:
        return ask("call", list(kwargs), called, *args, *kwargs.values())

    called.__name__ = called.__qualname__ = name
    called.__doc__ = doc
    return called


class Outside:
    """An object of the tests' process. Its class has the special methods that the object has there."""

    __slots__ = ("_ask",)

    def __init__(self, ask: Ask) -> None:
        object.__setattr__(self, "_ask", ask)

    def __getattr__(self, name: str) -> Any:
        return object.__getattribute__(self, "_ask")("get", name, self)

    def __setattr__(self, name: str, value: Any) -> None:
        object.__getattribute__(self, "_ask")("set", name, self, value)


@functools.cache
def outside_class(name: str, operations: tuple[str, ...]) -> type[Outside]:
    space: dict[str, Any] = {"__slots__": ()}
    for operation in operations:
        if operation == "__call__":
            space[operation] = lambda self, *args, **kwargs: object.__getattribute__(self, "_ask")(
                "call", list(kwargs), self, *args, *kwargs.values()
            )
        elif operation in OPERATIONS:
            space[operation] = _operation(operation)
    return type(name, (Outside,), space)


def _operation(name: str) -> Callable[..., Any]:
    def operate(self: Outside, *args: Any) -> Any:
        if name in ("__exit__", "__aexit__"):
            args = (*args[:2], None)  # a traceback stays where it is
        return object.__getattribute__(self, "_ask")("operate", name, self, *args)

    return operate


@functools.cache
def error_class(name: str, base: str) -> type[BaseException]:
    """For an exception of a class that the test file defines: one of that name and of the same built-in kind."""
    kind = getattr(builtins, base, Exception)
    return kind if base == name else type(name, (kind,), {})


def make_error(wire: dict[str, Any], arguments: list[Any]) -> BaseException:
    cls = error_class(wire["name"], wire["base"])
    try:
        return cls(*arguments)
    except Exception:  # noqa: BLE001  # a class with arguments of its own kind
        return Exception(*arguments)


def hand_over_warnings(warn: Callable[..., Any]) -> None:
    """Each warning goes to the tests, whose filters decide what becomes of it: assertWarns() sees it there."""

    def show(message: Any, category: Any, filename: str, lineno: int, *_: Any) -> None:
        warn(message, category, filename, lineno)

    warnings.simplefilter("always")
    setattr(warnings, "showwarning", show)  # noqa: B010  # mypy takes it for a mistake


class Stdin:
    """sys.stdin of the student's process: it reads what the tests' sys.stdin has at that moment."""

    encoding, errors, newlines = "utf-8", "strict", None

    def __init__(self, read: Callable[..., str], readline: Callable[..., str]) -> None:
        self.read = read
        self.readline = readline

    def __iter__(self) -> "Stdin":
        return self

    def __next__(self) -> str:
        line = self.readline()
        if not line:
            raise StopIteration
        return line

    def readlines(self) -> list[str]:
        return list(self)

    def readable(self) -> bool:
        return True

    def isatty(self) -> bool:
        return False

    def fileno(self) -> int:
        return 0

    def flush(self) -> None:
        return None
