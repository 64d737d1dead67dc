"""What an exception of the student's program means in plain words, and their part of its traceback.

The report is untrusted: its types are checked here, its texts are shown to the student who made them alone.
"""

import builtins
import keyword
import re
from collections.abc import Callable
from difflib import get_close_matches
from typing import Any

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


def _type_error(message: str) -> str | None:
    if "can only concatenate str" in message or ("+: " in message and "'str'" in message):
        return (
            "text and a number can't be added with +: turn the number into text with str(), or the text into a number "
            "with int()."
        )
    for pattern, sentence in _TYPE_ERRORS:
        found = re.search(pattern, message)
        if found is not None:
            return sentence.format(*found.groups())
    return None


_TYPE_ERRORS = (
    (
        r"unsupported operand type\(s\) for ([^ :]+).*'NoneType'",
        "one of the values is None, which can't be used with {0} here: does a function forget to return something?",
    ),
    (
        r"unsupported operand type\(s\) for (\S+?):? '([^']{1,80})' and '([^']{1,80})'",
        "{0} does not work between a {1} and a {2}: convert one of them first.",
    ),
    (
        r"'([<>=]+)' not supported between instances of '([^']{1,80})' and '([^']{1,80})'",
        "{0} can't compare a {1} with a {2}: convert one of them first (input() always gives text).",
    ),
    (
        r"'NoneType' object is not (subscriptable|iterable)",
        "this value is None, so there is nothing in it: does a function forget to return something?",
    ),
    (
        r"'([^']{1,80})' object is not callable",
        "a {0} is called like a function: is an operator missing before (, or is a name used twice?",
    ),
    (
        r"'(?:function|method|builtin_function_or_method)' object is not (?:subscriptable|iterable)",
        "this is a function, not its result: call it with parentheses.",
    ),
    (r"'(int|float|bool)' object is not iterable", "a number ({0}) can't be looped over: did you mean range(...)?"),
    (r"'([^']{1,80})' object is not subscriptable", "a {0} has no elements that [ ] could pick."),
    (
        r"(\w+)\(\) missing (\d+) required (?:positional|keyword-only) arguments?: (.{1,200})",
        "{0}() was called without {2}.",
    ),
    (
        r"(\w+)\(\) takes (.{1,60}) positional arguments? but (\d+) (?:was|were) given",
        "{0}() takes {1} argument(s), but it was called with {2} (the object itself counts as one in a method).",
    ),
    (r"(\w+)\(\) got an unexpected keyword argument '([^']{1,80})'", "{0}() has no parameter called {1}."),
    (
        r"(list|tuple|string|str) indices must be integers[^,]*(?:, not '?(\w+))?",
        "the place in a {0} is a whole number, but this is a {1}: use an int, or loop with range(len(...)).",
    ),
    (r"'(tuple|str)' object does not support item assignment", "a {0} can't be changed in place: build a new one."),
    (
        r"unhashable type: '([^']{1,80})'",
        "a {0} can change, so it can't be a dictionary's key or in a set: use a tuple.",
    ),
    (
        r"can't multiply sequence by non-int of type '([^']{1,80})'",
        "a text or list can be repeated only a whole number of times, not by a {0}: convert it with int() first.",
    ),
    (
        r"object of type '([^']{1,80})' has no len",
        "a {0} has no length: len() is for texts, lists and other collections.",
    ),
    (r"'([^']{1,80})' object is not iterable", "a {0} can't be looped over."),
)


def _index_error(message: str) -> str | None:
    if "pop from empty" in message:
        return "the list is already empty, so there is nothing to pop."
    if "out of range" in message:
        return "there is no element at this index: the last one is at len(...) - 1, and an empty sequence has none."
    return None


def _key_error(message: str) -> str | None:
    if message == "'pop from an empty set'":
        return "the set is empty, so there is nothing to pop."
    return f"the dictionary has no key {message[:120]}: check with in first, or use .get()." if message else None


def _attribute_error(message: str, source: str) -> str | None:
    found = re.search(r"'([^']{1,80})' object has no attribute '([^']{1,80})'", message)
    if found is None:
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
    if "is not in list" in message or "x not in list" in message:
        return "the list does not hold this value: check with in first."
    if "max()" in message or "min()" in message:
        return "an empty collection has no largest or smallest element: check for that first."
    return None


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
    "NotImplementedError": "this part is not written yet (NotImplementedError).",
}
_BY_MESSAGE: dict[str, Callable[[str], str | None]] = {
    "UnboundLocalError": _unbound,
    "TypeError": _type_error,
    "IndexError": _index_error,
    "KeyError": _key_error,
    "ValueError": _value_error,
    "ModuleNotFoundError": _module,
    "ImportError": _import,
    "AssertionError": _assertion,
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
