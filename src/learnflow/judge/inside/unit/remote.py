"""The tests' end of a unit job: what is asked of the student's process, and what it may ask. Standard library only.

Nothing that comes from there is trusted. It is read within bounds, it makes plain values and proxies and nothing else,
and of this process it can only call the functions that a test has handed over, and use, by public names, the objects
that a test has handed over and whose classes the test file defines (streams and mocks too, these read-only). What makes
no sense ends the run: `fault` says so, whatever the tests make of the exception.
"""

import builtins
import codecs
import os
import select
import sys
import threading
import types
import warnings
from typing import Any

from learnflow.judge.inside.unit import channel, handed_over, making, patches, proxies
from learnflow.judge.inside.unit.channel import BROKEN_OFF, Malformed, OtherEnded, TooLarge
from learnflow.judge.inside.unit.crossing import Crossing, Wire
from learnflow.judge.inside.unit.operations import OPERATIONS
from learnflow.judge.inside.unit.student import OFFERED

MAX_NESTED = 250  # calls inside calls, to and fro
FRAMES = 15  # of this process, for each; they are not a test's fault
MAX_PRINTED = 2**20  # bytes that tests may capture; more goes where the service counts it
_CALLABLE = (types.FunctionType, types.BuiltinFunctionType, types.MethodType, type)


class Link(Crossing):
    """This end. `outputs` are the ends of the pipes that the student's process has as stdout and stderr."""

    def __init__(self, descriptor: int, outputs: tuple[int, int]) -> None:
        super().__init__(0)
        self.fault: OtherEnded | Malformed | None = None
        self._descriptor = descriptor
        self._nested = 0
        self._lock = threading.RLock()
        self._objects: dict[int, Any] = {}  # of the student's, by number
        self._ours: dict[int, Any] = {number: _OFFERED[name] for name, number in OFFERED.items()}
        self._our_ids = {id(value): number for number, value in self._ours.items()}
        self._adopting: Any = None
        self.patches = patches.Patches(self.request)
        self._printed = 0
        self._outputs = {}
        self._poll = select.poll()
        self._poll.register(descriptor, select.POLLIN)
        for output, name in zip(outputs, ("stdout", "stderr"), strict=True):
            self._outputs[output] = (name, codecs.getincrementaldecoder("utf-8")("surrogateescape"))
            self._poll.register(output, select.POLLIN)
        proxies.link = self

    def request(self, verb: str, detail: Any, *values: Any) -> Any:
        """What the student's process answers. Raises what it raises, OtherEnded, Malformed, TooLarge."""
        with self._lock:
            if self.fault is not None:
                raise self.fault
            if self._nested >= MAX_NESTED:
                raise RecursionError("The tests and the program call each other too deeply.")
            self._nested += 1
            sys.setrecursionlimit(sys.getrecursionlimit() + FRAMES)
            try:
                self.patches.hand_over()
                message = self.pack(verb, detail, values)
                raised, answer = self._answered(message)
            finally:
                self._nested -= 1
                sys.setrecursionlimit(sys.getrecursionlimit() - FRAMES)
        if raised:
            raise answer
        return answer

    def call(self, target: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        return self.request("call", list(kwargs), target, *args, *kwargs.values())

    def method(self, target: Any, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        return self.request("method", [name, list(kwargs)], target, *args, *kwargs.values())

    def get(self, target: Any, name: str) -> Any:
        if name == "__signature__":
            return making.signature(self.request("signature", None, target))
        return self.request("get", name, target)

    def adopt(self, made: type, detail: Any, values: tuple[Any, ...]) -> None:
        """Let the class that the student's process makes of this be `made` here."""
        with self._lock:
            self._adopting = made
            try:
                self.request("subclass", detail, *values)
            finally:
                self._adopting = None

    def finish(self) -> None:
        """Take what was printed and not yet shown; the student's process sees the end of the channel."""
        os.close(self._descriptor)
        for output in self._outputs:
            while self._show(output):
                continue

    def _answered(self, message: bytes) -> tuple[bool, Any]:
        """Whether the student's process raised, and what it answered or raised."""
        try:
            channel.send(self._descriptor, message)
            while True:
                verb, detail, values = self.unpack(channel.receive(self._descriptor, self._wait))
                for output in self._outputs:
                    while self._show(output):
                        continue
                if verb == "reply" and len(values) == 1:
                    return False, values[0]
                if verb == "raise" and len(values) == 1 and isinstance(values[0], BaseException):
                    return True, values[0].with_traceback(None)
                self._answer(verb, detail, values)
        except BaseException as fault:  # also a test's own alarm: nobody would know whose the next answer is
            self.fault = fault if isinstance(fault, (OtherEnded, Malformed)) else Malformed(BROKEN_OFF)
            raise

    def _wait(self) -> None:
        """Show what the program prints until there is something to read."""
        while True:
            ready = [descriptor for descriptor, _ in self._poll.poll()]
            for output in [descriptor for descriptor in ready if descriptor != self._descriptor]:
                if not self._show(output):
                    self._poll.unregister(output)
            if self._descriptor in ready:
                return

    def _show(self, output: int) -> bool:
        """Write what the program printed to this process's own sys.stdout or sys.stderr. Whether there was anything."""
        try:
            data = os.read(output, 1 << 16)
        except BlockingIOError:
            return False
        name, decoder = self._outputs[output]
        self._printed += len(data)
        try:
            if self._printed > MAX_PRINTED:
                raise BufferError
            stream = getattr(sys, name)
            stream.write(decoder.decode(data))
            stream.flush()
        except Exception:  # too much of it, or what a test put there is no stream  # noqa: BLE001
            os.write(1, data)
        return bool(data)

    def _answer(self, verb: str, detail: Any, values: list[Any]) -> None:
        """Do what the student's process asks, if a test has handed it over."""
        try:
            answer = self.pack("reply", None, (self._asked(verb, detail, values),))
        except (OtherEnded, Malformed):
            raise
        except BaseException as error:  # whatever a test's function raises is for the student's code  # noqa: BLE001
            answer = self._raised(error)
        channel.send(self._descriptor, answer)

    def _raised(self, error: BaseException) -> bytes:
        try:
            return self.pack("raise", None, (error,))
        except TooLarge as problem:
            return self.pack("raise", None, (ValueError(f"{type(error).__name__}: {problem}"),))

    def _asked(self, verb: str, detail: Any, values: list[Any]) -> Any:
        if not values or self._ours.get(self._our_ids.get(id(values[0]), -1)) is not values[0]:
            raise Malformed(f"{verb} of what no test handed over")
        target: Any = values[0]
        arguments = values[1:]
        names = detail if type(detail) is list and len(detail) <= len(arguments) else None
        if verb == "call" and names is not None and handed_over.may_be_called(target):
            count = len(arguments) - len(names)
            return target(*arguments[:count], **dict(zip(map(str, names), arguments[count:], strict=True)))
        if type(detail) is not str:
            raise Malformed(f"{verb} without a name")
        if verb == "operate" and detail in handed_over.operations_of(target):
            return OPERATIONS[detail](target, *arguments)
        if verb == "get" and handed_over.is_open(target, detail):
            return getattr(target, detail)
        if verb == "set" and len(arguments) == 1 and handed_over.may_be_set(target, detail, arguments[0]):
            setattr(target, detail, arguments[0])
            return None
        raise AttributeError(f"The program can't use {detail!r} of this object of the tests.")

    def export(self, value: Any, depth: int) -> Wire:
        number = value.number if type(value) is _Numbered else proxies.ids.get(id(value))
        if number is not None:
            return {"t": "student", "id": number}
        known = _in_standard_library(value)
        if known is not None:
            return {"t": "there", "m": known[0], "v": known[1]}
        number = self._our_ids.get(id(value))
        if number is None:
            number = len(self._ours) + 10
            self._ours[number] = value
            self._our_ids[id(value)] = number
        name = str(getattr(value, "__name__", type(value).__name__))
        wire: dict[str, Any] = {"t": "tests", "id": number, "name": name}
        if isinstance(value, BaseException):
            built_in = next(base for base in type(value).__mro__ if base.__module__ == "builtins")
            wire["args"] = [self.encode(argument, depth + 1) for argument in value.args]
            return wire | {"k": "error", "base": built_in.__name__}
        if isinstance(value, _CALLABLE):
            return wire | {"k": "function", "doc": value.__doc__ if isinstance(value.__doc__, str) else None}
        operations = handed_over.operations_of(value) | ({"__call__"} if handed_over.may_be_called(value) else set())
        return wire | {"k": "object", "ops": sorted(operations)}

    def meet(self, wire: dict[str, Any], depth: int) -> Any:
        tag, number = wire["t"], wire["id"]
        if tag == "tests":
            return self._ours[number]
        if tag != "student" or type(number) is not int:
            raise ValueError("unknown tag")
        if number in self._objects:
            return self._objects[number]
        kind = wire["k"]
        if kind == "class":
            return self._class(number)
        cls = self.decode(wire["c"], depth + 1)
        if kind == "error":
            return self._error(number, cls, wire, depth)
        value = making.make_object(cls, self.decode(wire["as"], depth + 1) if "as" in wire else None)
        return self._known(number, value)

    def _class(self, number: int) -> Any:
        if self._adopting is not None:
            made, self._adopting = self._adopting, None
            return self._known(number, made)
        description = self.request("describe", None, _Numbered(number))
        if number in self._objects:  # met while it was described: a class that names itself
            return self._objects[number]
        return self._known(number, making.make_class(description))

    def _error(self, number: int, cls: Any, wire: dict[str, Any], depth: int) -> BaseException:
        arguments = self._decode_all(wire["args"], depth)
        names, values = wire["extra"]
        extra = dict(zip(names, self._decode_all(values, depth), strict=True))
        error = making.make_error(cls, arguments, extra)
        if type(wire["line"]) is int:
            proxies.lines[id(error)] = wire["line"]
        self._known(number, error)
        if wire["cause"] is not None:
            BaseException.__setattr__(error, "__cause__", self.decode(wire["cause"], depth + 1))
        return error

    def _known(self, number: int, value: Any) -> Any:
        self._objects[number] = value
        proxies.ids[id(value)] = number
        return value


class _Numbered:
    """Stands for an object of the student's that has no proxy yet, in one request."""

    def __init__(self, number: int) -> None:
        self.number = number


def _in_standard_library(value: Any) -> tuple[str, list[str]] | None:
    """Module and names by which the student's process finds the same function, class or module."""
    if isinstance(value, types.ModuleType):
        return (value.__name__, []) if value.__name__.partition(".")[0] in sys.stdlib_module_names else None
    if not isinstance(value, (types.FunctionType, types.BuiltinFunctionType, types.MethodDescriptorType, type)):
        return None
    owner = getattr(value, "__objclass__", None)
    module = getattr(value if owner is None else owner, "__module__", None)
    names = str(getattr(value, "__qualname__", "")).split(".")
    if type(module) is not str or module.partition(".")[0] not in sys.stdlib_module_names:
        return None
    found: Any = sys.modules.get(module)
    for name in names:
        found = getattr(found, name, None)
    return (module, names) if found is value else None


def _input(prompt: Any = "") -> str:
    """What the student's input() does: whatever the tests' does."""
    return builtins.input(prompt) if prompt != "" else builtins.input()


def _read(*arguments: Any) -> str:
    return sys.stdin.read(*arguments)


def _readline(*arguments: Any) -> str:
    return sys.stdin.readline(*arguments)


def _warn(message: Any, category: Any, filename: Any, lineno: Any) -> None:
    warnings.warn_explicit(message, category, str(filename), int(lineno))


_OFFERED = {"input": _input, "read": _read, "readline": _readline, "warn": _warn}
