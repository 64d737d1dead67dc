"""Writes down the steps of a program while it runs in the sandbox. Standard library only.

One step is a dict, made before a line runs, when a function returns or yields, and when an exception passes a line:
    {"event": "line" | "return" | "yield" | "exception", "line": 3, "output": bytes printed so far,
     "stack": [{"frame": 0, "function": "<module>", "line": 7}, ...], "left_out": calls left out in the middle of it,
     "changed": [{"frame": 1, "name": "n", "value": "3" | null where it was deleted}, ...],
     "value": what is returned, yielded or raised, where that is the event}
Frame 0 is the module, functions are counted from 1 as they are called. What changed is looked for in the frame that is
running and in the module.

The program shares this process, so it can end or forge its trace, which shows it to its own author alone. What is used
here was taken before any student's code ran, and no method of a student's object is called: a `__repr__` could run
for ever, print, or change what is watched.
"""

import io
import json
import opcode
import sys
from collections.abc import Callable
from contextlib import suppress
from itertools import islice
from types import CodeType, FrameType, FunctionType, MethodType, ModuleType
from typing import Any

from learnflow.judge.inside import numpy_values

MAX_STEPS = 1_000
MAX_BYTES = 380 * 2**10  # of all steps as ASCII JSON; what is left of 512 KiB is for the output and the error
MAX_VALUE = 200  # characters of one value
MAX_NAMES = 50  # variables of one frame that are watched
MAX_STACK = 20  # calls that are shown: the outermost and the innermost
MAX_DEPTH = 4  # values inside values
MAX_BITS = 600  # of an integer that is written in digits

_settrace, _flush, _to_json = sys.settrace, io.TextIOWrapper.flush, json.JSONEncoder().encode
_attribute = object.__getattribute__
_name_of_class = type.__dict__["__name__"].__get__
_module_of_class = type.__dict__["__module__"].__get__
_mro_of_class = type.__dict__["__mro__"].__get__
_arguments_of = BaseException.__dict__["args"].__get__
_RESUME, _YIELD = opcode.opmap.get("RESUME", -1), opcode.opmap["YIELD_VALUE"]
_GENERATORS = 0x20 | 0x80 | 0x200  # flags of code whose frame goes on after it has given something
_INLINED = ("<listcomp>", "<setcomp>", "<dictcomp>")  # frames of their own only before Python 3.12
_BRACKETS: dict[type, tuple[str, str]] = {
    list: ("[", "]"),
    tuple: ("(", ")"),
    set: ("{", "}"),
    frozenset: ("frozenset({", "})"),
}


class _Counting(io.FileIO):
    """Standard output that knows how many bytes were written to it."""

    written = 0

    def write(self, data: Any) -> int:
        count = super().write(data)
        self.written += count or 0
        return count


class Tracer:
    """Traces what is compiled under the name `source`. `enough` is called with the trace when a bound is reached."""

    def __init__(self, source: str, enough: Callable[[dict[str, Any]], None]) -> None:
        self._source = source
        self._enough = enough
        self._steps: list[dict[str, Any]] = []
        self._bytes = 0
        self._frames = 0
        self._numbers: dict[int, int] = {}  # by the frame's id, from its call to its end
        self._seen: dict[int, dict[str, str]] = {0: {}}  # by the frame's number: what each variable looked like
        self._unwinding = 0  # id of the frame that an exception is passing
        self._raw = _Counting(1, "wb", closefd=False)
        self._out = io.TextIOWrapper(
            io.BufferedWriter(self._raw), encoding="utf-8", errors=sys.stdout.errors, line_buffering=True
        )

    def start(self) -> "Tracer":
        sys.stdout = self._out
        _settrace(self._on_event)
        return self

    def finish(self, ended: str = "end") -> dict[str, Any]:
        """Stop tracing. `ended`: whether the program came to its end or the trace to a bound ("steps", "size")."""
        _settrace(None)
        return {"ended": ended, "steps": self._steps}

    def _on_event(self, frame: FrameType, event: str, argument: Any) -> Any:
        code = frame.f_code
        if event == "call":
            if code.co_filename != self._source or code.co_name in _INLINED:
                return None
            if not _goes_on(frame, code) or id(frame) not in self._numbers:
                self._enter(frame, code)
            return self._on_event
        try:
            self._look(frame, code, event, argument)
        except RecursionError:  # as deep as the program may go: the step is left out
            return self._on_event
        return self._on_event

    def _enter(self, frame: FrameType, code: CodeType) -> None:
        number = 0
        if code.co_name != "<module>":
            self._frames += 1
            number = self._frames
            self._seen[number] = {}
        self._numbers[id(frame)] = number

    def _look(self, frame: FrameType, code: CodeType, event: str, argument: Any) -> None:
        if event == "return":
            yields = bool(code.co_flags & _GENERATORS) and code.co_code[frame.f_lasti] == _YIELD
            if self._unwinding != id(frame) or argument is not None:
                self._add(frame, "yield" if yields else "return", show(argument))
            if not yields:
                self._seen.pop(self._numbers.pop(id(frame), 0) or -1, None)
        elif event == "exception":
            self._add(frame, event, show(argument[1]))
            self._unwinding = id(frame)
        elif event == "line":
            self._unwinding = 0
            self._add(frame, event, None)

    def _add(self, frame: FrameType, event: str, value: str | None) -> None:
        with suppress(ValueError):  # the program has closed or detached it
            _flush(self._out)
        stack, left_out = self._stack(frame)
        number = self._numbers.get(id(frame), 0)
        changed = self._changed(number, frame.f_locals) if number else []
        changed += self._changed(0, frame.f_globals)
        step: dict[str, Any] = {
            "event": event,
            "line": frame.f_lineno,
            "output": self._raw.written,
            "stack": stack,
            "left_out": left_out,
            "changed": changed,
        }
        if value is not None:
            step["value"] = value
        self._bytes += len(_to_json(step)) + 2
        if self._bytes > MAX_BYTES:
            self._enough(self.finish("size"))
        self._steps.append(step)
        if len(self._steps) == MAX_STEPS:
            self._enough(self.finish("steps"))

    def _stack(self, frame: FrameType) -> tuple[list[dict[str, Any]], int]:
        own = []
        at: FrameType | None = frame
        while at is not None:
            code = at.f_code
            if code.co_filename == self._source and code.co_name not in _INLINED:
                own.append(at)
            at = at.f_back
        own.reverse()
        left_out = max(len(own) - MAX_STACK, 0)
        if left_out:
            own = own[: MAX_STACK // 2] + own[-MAX_STACK // 2 :]
        return [
            {"frame": self._numbers.get(id(at), 0), "function": at.f_code.co_name[:100], "line": at.f_lineno}
            for at in own
        ], left_out

    def _changed(self, number: int, variables: dict[str, Any]) -> list[dict[str, Any]]:
        before = self._seen.setdefault(number, {})
        now: dict[str, str] = {}
        for name, value in islice(variables.items(), MAX_NAMES + 10):
            if type(name) is str and not name.startswith(("__", ".")) and len(now) < MAX_NAMES:
                now[name[:100]] = show(value)
        self._seen[number] = now
        changed: list[dict[str, Any]] = [
            {"frame": number, "name": name, "value": text} for name, text in now.items() if before.get(name) != text
        ]
        return changed + [{"frame": number, "name": name, "value": None} for name in before if name not in now]


def _goes_on(frame: FrameType, code: CodeType) -> bool:
    """Whether this call is a generator's going on, not its beginning."""
    if not code.co_flags & _GENERATORS or frame.f_lasti < 0:
        return False
    instruction = code.co_code[frame.f_lasti : frame.f_lasti + 2]
    return len(instruction) == 2 and (instruction[0] != _RESUME or instruction[1] & 3 != 0)


def show(value: object) -> str:
    """A value as a person reads it, in at most MAX_VALUE characters."""
    parts: list[str] = []
    try:
        _show(value, parts, [MAX_VALUE], MAX_DEPTH)
    except RuntimeError:  # another thread changes the collection
        parts.append("…")
    text = "".join(parts)
    return text if len(text) <= MAX_VALUE else f"{text[: MAX_VALUE - 1]}…"


def _put(text: str, parts: list[str], left: list[int]) -> None:
    parts.append(text)
    left[0] -= len(text)


def _show(value: Any, parts: list[str], left: list[int], depth: int) -> None:
    cls = type(value)
    simple = _simple(value, cls)
    if simple is not None:
        _put(simple, parts, left)
    elif depth == 0 or left[0] <= 0:
        _put("…", parts, left)
    elif cls in _BRACKETS:
        opening, closing = _BRACKETS[cls] if len(value) or cls in (list, tuple) else (f"{cls.__name__}(", ")")
        closing = ",)" if cls is tuple and len(value) == 1 else closing
        _show_all(opening, closing, value, parts, left, depth)
    elif cls is dict:
        _show_pairs("{", "}", value, ": ", parts, left, depth)
    elif id(cls) in numpy_values.TYPES:
        _show_numpy(value, cls, parts, left, depth)
    else:
        _show_object(value, cls, parts, left, depth)


def _show_numpy(value: Any, cls: type, parts: list[str], left: list[int], depth: int) -> None:
    plain = numpy_values.plain(value, MAX_VALUE)
    if plain is value or plain is numpy_values.TOO_LARGE:
        _put(f"array of {numpy_values.shape(value)}", parts, left)
    elif numpy_values.is_array(cls):
        _put("array(", parts, left)
        _show(plain, parts, left, depth)
        _put(")", parts, left)
    else:
        _show(plain, parts, left, depth)


def _simple(value: Any, cls: type) -> str | None:
    if value is None or cls is bool or cls is float or cls is complex:
        return repr(value)
    if cls is int:
        return repr(value) if value.bit_length() <= MAX_BITS else f"an integer of {value.bit_length()} bits"
    if cls is str or cls is bytes:
        return repr(value) if len(value) <= MAX_VALUE else f"{value[:MAX_VALUE]!r}…"
    if cls is range:
        return repr(value) if all(abs(n) < 2**64 for n in (value.start, value.stop, value.step)) else "range(…)"
    if cls is FunctionType:
        return f"function {value.__code__.co_name}"
    if cls is ModuleType:
        return "module"
    if cls is MethodType:
        return "method"
    return f"class {_name_of_class(value)[:100]}" if type in _mro_of_class(cls) else None


def _show_all(opening: str, closing: str, items: Any, parts: list[str], left: list[int], depth: int) -> None:
    _put(opening, parts, left)
    for index, item in enumerate(islice(items, MAX_VALUE)):
        if index:
            _put(", ", parts, left)
        if left[0] <= 0:
            break
        _show(item, parts, left, depth - 1)
    _put(closing, parts, left)


def _show_pairs(opening: str, closing: str, pairs: Any, sign: str, parts: list[str], left: list[int],
                depth: int) -> None:  # fmt: skip
    _put(opening, parts, left)
    for index, (key, item) in enumerate(islice(dict.items(pairs), MAX_VALUE)):
        if index:
            _put(", ", parts, left)
        if left[0] <= 0:
            break
        if sign == ": ":
            _show(key, parts, left, depth - 1)
        else:
            _put(key[:100] if type(key) is str else "?", parts, left)
        _put(sign, parts, left)
        _show(item, parts, left, depth - 1)
    _put(closing, parts, left)


def _show_object(value: Any, cls: type, parts: list[str], left: list[int], depth: int) -> None:
    """By class, and by what it holds: what a collection or exception has in it, or the attributes of its own."""
    name, mro = _name_of_class(cls)[:100], _mro_of_class(cls)
    if BaseException in mro:
        _show_all(f"{name}(", ")", _arguments_of(value), parts, left, depth)
        return
    for base in (dict, list, tuple, set, frozenset):
        if base in mro:
            _put(f"{name}(", parts, left)
            _show(dict(dict.items(value)) if base is dict else base(base.__iter__(value)), parts, left, depth)
            _put(")", parts, left)
            return
    own = _own_attributes(value) if _module_of_class(cls) in ("main", "__main__") else None
    if own is None:
        _put(f"<{name}>", parts, left)
    else:
        _show_pairs(f"{name}(", ")", own, "=", parts, left, depth)


def _own_attributes(value: object) -> dict[str, Any] | None:
    try:
        own = _attribute(value, "__dict__")
    except AttributeError:  # a class with slots
        return None
    return own if type(own) is dict else None
