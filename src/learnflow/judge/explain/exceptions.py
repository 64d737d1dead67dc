"""What an exception of the student's program means in plain words, and their part of its traceback.

The report is untrusted: its types are checked here, its texts are shown to the student who made them alone.
"""

import builtins
import keyword
import re
from collections.abc import Callable
from difflib import get_close_matches
from typing import Any

from learnflow.judge.explain.type_errors import explain_type_error
from learnflow.judge.verdicts import ErrorDetail

MAX_MESSAGE = 1_000
MAX_LINE = 160


def error_detail(error: Any, source: str) -> ErrorDetail:
    """The report's error as it is shown: type, message, the student's innermost line, the traceback of their lines."""
    error = error if isinstance(error, dict) else {}
    lines = source.split("\n")
    kind, message = _text(error.get("type"), 200) or "Error", _text(error.get("message"), MAX_MESSAGE)
    line = _line(error.get("line"), lines)
    return {"type": kind, "message": message, "line": line, "traceback": _traceback(error, kind, message, line, lines)}


def _traceback(error: dict[str, Any], kind: str, message: str, line: int | None, lines: list[str]) -> str:
    frames = error.get("frames")
    frames = [frame for frame in frames if isinstance(frame, dict)][:20] if isinstance(frames, list) else []
    omitted = error.get("omitted")
    out = ["Traceback (most recent call last):"] if frames else []
    for index, frame in enumerate(frames):
        if isinstance(omitted, int) and omitted > 0 and index == len(frames) // 2:
            out.append(f"  … {omitted} more calls …")
        number = _line(frame.get("line"), lines)
        out.append(f'  File "main.py", line {number or "?"}, in {_text(frame.get("function"), 100) or "?"}')
        if number is not None and lines[number - 1].strip():
            out.append(f"    {_cut(lines[number - 1].strip(), MAX_LINE)}")
    if not frames and line is not None:
        out += [f'  File "main.py", line {line}', f"    {_cut(lines[line - 1].strip(), MAX_LINE)}"]
    out.append(f"{kind}: {message}" if message else kind)
    return "\n".join(out)


def _line(number: Any, lines: list[str]) -> int | None:
    return number if type(number) is int and 1 <= number <= len(lines) else None


def _text(value: Any, longest: int) -> str:
    return _cut(value, longest) if isinstance(value, str) else ""


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[:longest]}…"


def explain_error(detail: ErrorDetail, source: str) -> str:
    """One plain sentence about an exception at run time."""
    where = f"On line {detail['line']}: " if detail["line"] is not None else ""
    sentence = _sentence(detail["type"], detail["message"], source)
    if sentence is None:
        said = f" ({detail['message'][:200]})" if detail["message"] else ""
        sentence = f"your code raised {detail['type']}{said}."
    return where + sentence if where else sentence[0].upper() + sentence[1:]


def source_line(detail: ErrorDetail, source: str) -> str:
    return source.split("\n")[detail["line"] - 1] if detail["line"] is not None else ""


def _name_error(message: str, source: str) -> str | None:
    found = re.match(r"(?:name|free variable) '([^']{1,100})'", message)
    if found is None:
        return None
    name = found[1]
    if name in ("true", "false", "none", "null"):
        return f"Python writes {'None' if name == 'null' else name.capitalize()}, not {name}."
    near = close_name(name, source)
    if near is not None:
        return f"there is no name {name!r}; did you mean {near!r}?"
    if not any(word == name for word in _names_in(source)[:-1]) or source.count(name) == 1:
        return (
            f"the name {name!r} is used but never given a value: is it a text that needs quotes, or a typing mistake?"
        )
    return f"the name {name!r} has no value yet at this point: give it one before you use it."


def close_name(name: str, source: str) -> str | None:
    """The name most like `name` among those the program gives and the built-in ones, None if none is close."""
    known = [word for word in dict.fromkeys(_names_in(source)) if word != name][:400] + [
        word for word in dir(builtins) if not word.startswith("_")
    ]
    for word in known:
        if word.casefold() == name.casefold():
            return word
    near = get_close_matches(name, known, n=1, cutoff=0.75)
    return near[0] if near else None


def _names_in(source: str) -> list[str]:
    return [word for word in re.findall(r"[^\W\d]\w{0,40}", source[:65_536]) if not keyword.iskeyword(word)][:3_000]


def _index_error(message: str) -> str | None:
    if "pop from empty" in message:
        return "the list is already empty, so there is nothing to pop."
    if "out of range" in message or "out of bounds for axis" in message:
        return "there is no element at this index: the last one is at len(...) - 1, and an empty sequence has none."
    return None


def _key_error(message: str) -> str | None:
    if message == "'pop from an empty set'":
        return "the set is empty, so there is nothing to pop."
    return f"the dictionary has no key {message[:120]}: check with in first, or use .get()." if message else None


def _attribute_error(message: str, source: str) -> str | None:
    found = re.search(r"'([^']{1,80})' object has no attribute '([^']{1,80})'", message)
    if found is None:
        found = re.search(r"type object '([^']{1,80})' has no attribute '([^']{1,80})'", message)
        if found is not None:
            return (
                f"the class {found[1]} has no {found[2]!r}: was it meant of an object, which has what __init__ gives?"
            )
        found = re.search(r"module '([^']{1,80})' has no attribute '([^']{1,80})'", message)
        return (
            None
            if found is None
            else f"the module {found[1]} has nothing called {found[2]}: look at how it is spelled."
        )
    kind, name = found.groups()
    if kind == "NoneType":
        return f"the value before .{name} is None: did a function return nothing (list.sort() returns None)?"
    known: Any = getattr(builtins, kind, None)
    near = (
        get_close_matches(name, [word for word in dir(known) if word[0] != "_"], n=1, cutoff=0.6)
        if isinstance(known, type)
        else []
    )
    if name == "append" and kind in ("tuple", "str", "dict", "set"):
        return f"a {kind} has no append: only a list has."
    if kind in ("list", "tuple") and hasattr(str, name):
        return f".{name}() belongs to a text, but this is a {kind}: use it on each element."
    near_own = close_name(name, source) if not near and known is None else None
    hint = near[0] if near else near_own
    return f"a {kind} has no {name!r}" + (f"; did you mean {hint!r}?" if hint else ".")


def _value_error(message: str) -> str | None:
    found = re.match(r"invalid literal for int\(\) with base \d+: (.{1,120})", message, re.DOTALL)
    if found is not None:
        point = "." in found[1] and found[1].strip("'\"").replace(".", "", 1).strip("-").isdecimal()
        hint = "int() reads whole numbers only; use float()" if point else "the text must hold digits and nothing else"
        return f"int() can't make a number of {found[1]}: {hint}."
    found = re.match(r"could not convert string to float: (.{1,120})", message, re.DOTALL)
    if found is not None:
        return f"float() can't make a number of {found[1]}: write it with digits and a point."
    found = re.match(r"(not enough|too many) values to unpack \((.{1,60})\)", message)
    if found is not None:
        return f"{found[1]} values on the right for the names on the left of = ({found[2]})."
    for pattern, sentence in _VALUE_ERRORS:
        if pattern in message:
            return sentence
    if "is not in list" in message or "x not in list" in message:
        return "the list does not hold this value: check with in first."
    if "max()" in message or "min()" in message:
        return "an empty collection has no largest or smallest element: check for that first."
    return None


_VALUE_ERRORS = (
    ("substring not found", "the text does not hold what .index() looks for: check with in first, or use .find()."),
    ("math domain error", "the function of math has no value here, such as the root of a negative number."),
    ("must not be zero", "a step of 0 never gets anywhere: range() and slices need another step."),
    ("empty separator", "a text can't be split at nothing: leave split() empty, or use list(...) for single letters."),
    ("empty range", "there is no number to choose from: is the smaller end of the range given first?"),
    ("Exceeds the limit", "this number has too many digits to be shown."),
    ("time data", "this text is no date in the form that was asked for."),
    (
        "truth value of an array",
        "a whole array is neither true nor false: say .any() or .all(), and & or | between two.",
    ),
    (
        "could not be broadcast together",
        "the shapes of these two arrays don't fit each other: print the .shape of both.",
    ),
    ("inhomogeneous shape", "the lists inside have different lengths, so they make no array: each row needs as many."),
    ("cannot reshape array", "an array can only take a shape that has as many elements as it."),
    ("I/O operation on closed file", "this file is closed already: read it inside the with block."),
)


def _unbound(message: str) -> str | None:
    found = re.search(r"variable '([^']{1,100})'", message)
    name = found[1] if found else "a variable"
    return (
        f"{name!r} is used inside the function before it gets a value there: assigning to it anywhere in the "
        "function makes it a local name. Pass it in as a parameter."
    )


def _module(message: str) -> str | None:
    found = re.search(r"No module named '([^']{1,100})'", message)
    return (
        None
        if found is None
        else f"there is no module {found[1]!r} here: check its spelling, and use the standard library."
    )


def _import(message: str) -> str | None:
    found = re.search(r"cannot import name '([^']{1,100})' from '([^']{1,100})'", message)
    return None if found is None else f"the module {found[2]} has nothing called {found[1]}: look at how it is spelled."


def _assertion(message: str) -> str | None:
    return f"an assert did not hold{f' ({message[:200]})' if message else ''}."


def _runtime(message: str) -> str | None:
    if "changed size during iteration" in message or "mutated during iteration" in message:
        return "a collection may not grow or shrink while it is looped over: loop over a copy, list(...)."
    return "yielding or returning stopped too early." if "raised StopIteration" in message else None


def _overflow(message: str) -> str | None:
    return f"the number is too large for what is done with it ({message[:100]})." if message else None


def _no_file(message: str) -> str | None:
    found = re.search(r"No such file or directory: (.{1,120})", message)
    return None if found is None else f"there is no file {found[1]}: check the name, and the folder it should be in."


_FIXED = {
    "ZeroDivisionError": "this divides by zero: check for 0 before you divide (an empty list has length 0).",
    "EOFError": "input() found nothing more to read: your program asks for more lines than it is given.",
    "RecursionError": (
        "a function calls itself without end: it needs a case that stops, and each call must come closer to it."
    ),
    "SystemExit": "your code ends the program with exit() or quit() before the answer is there: use return.",
    "StopIteration": "next() found nothing more: give it a second value to use then, or loop with for.",
    "IsADirectoryError": "this is a folder, not a file: name the file in it.",
    "NotImplementedError": "this part is not written yet (NotImplementedError).",
}
_BY_MESSAGE: dict[str, Callable[[str], str | None]] = {
    "UnboundLocalError": _unbound,
    "TypeError": explain_type_error,
    "IndexError": _index_error,
    "KeyError": _key_error,
    "ValueError": _value_error,
    "ModuleNotFoundError": _module,
    "ImportError": _import,
    "AssertionError": _assertion,
    "RuntimeError": _runtime,
    "OverflowError": _overflow,
    "FileNotFoundError": _no_file,
}
_BY_MESSAGE_AND_SOURCE: dict[str, Callable[[str, str], str | None]] = {
    "NameError": _name_error,
    "AttributeError": _attribute_error,
}


def _sentence(kind: str, message: str, source: str) -> str | None:
    if kind in _BY_MESSAGE_AND_SOURCE:
        return _BY_MESSAGE_AND_SOURCE[kind](message, source)
    return _BY_MESSAGE[kind](message) if kind in _BY_MESSAGE else _FIXED.get(kind)
