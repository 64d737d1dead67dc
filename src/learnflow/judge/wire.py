"""Values on the service's side of the sandbox.

A value is kept in the wire form of inside/encoder.py and never turned back into Python objects here: what comes out of
the sandbox is untrusted, and a Python set of integers chosen by a student could be made to take minutes (equal hashes).
Everything is compared through `canonical`, a text that is equal exactly when type and value are.
"""

import json
import re
from typing import Any

from learnflow.judge.inside.encoder import MAX_DEPTH, MAX_NODES, MAX_TEXT, Wire
from learnflow.judge.verdicts import MAX_REPORT_BYTES

MAX_TOLD = 1_000  # lines of a report before its last
MAX_DISPLAY = 4_000  # characters of a value shown to a student

_HEX = re.compile(r"-?0x[0-9a-f]{1,200000}", re.ASCII)
ITEMS = {"tuple", "set", "frozenset"}
_KEYS = {
    "int": {"t", "v"},
    "float": {"t", "v"},
    "complex": {"t", "v"},
    "bytes": {"t", "v"},
    "dict": {"t", "v"},
    "tuple": {"t", "v"},
    "set": {"t", "v"},
    "frozenset": {"t", "v"},
    "dataclass": {"t", "name", "v"},
    "exception": {"t", "name", "v"},
    "object": {"t", "name", "as"},
    "cycle": {"t"},
    "cut": {"t"},
}
_OPTIONAL = {"as"}


class WireError(ValueError):
    """Something that claims to be a wire form and is none."""


def read_report(raw: bytes) -> dict[str, Any] | None:
    """The child's report as a JSON object, or None when it is none: missing, too long, malformed or nested too deep.

    Lines before the last are what a batch told on its way: they are in "told", None for each that is no JSON object.
    """
    if len(raw) > MAX_REPORT_BYTES:
        return None
    *told, last = raw.split(b"\n", MAX_TOLD)
    report = _json_object(last)
    return {**(report or {}), "told": list(map(_json_object, told))} if told else report


def _json_object(raw: bytes) -> dict[str, Any] | None:
    try:
        value = json.loads(raw)
    except (ValueError, RecursionError):  # not JSON, not UTF-8, an integer of thousands of digits; too deep
        return None
    return value if isinstance(value, dict) else None


def check_wire(wire: Any) -> Wire:
    """The same wire form, or WireError when it is not one within the encoder's bounds. Meant for untrusted JSON."""
    left = [MAX_NODES + 1, MAX_TEXT + 1]
    _check(wire, 0, left)
    if left[1] < 0:
        raise WireError("too large")
    return wire


def _check(wire: Any, depth: int, left: list[int]) -> None:
    left[0] -= 1
    if left[0] < 0 or left[1] < 0 or depth > MAX_DEPTH + 1:
        raise WireError("too large or too deep")
    if wire is None or isinstance(wire, (bool, int, float)):
        return
    if isinstance(wire, str):
        left[1] -= len(wire)
        return
    if isinstance(wire, list):
        for item in wire:
            _check(item, depth + 1, left)
        return
    if not isinstance(wire, dict):
        raise WireError(f"{type(wire).__name__} is no JSON")
    _check_tagged(wire, depth, left)


def _check_tagged(wire: dict[str, Any], depth: int, left: list[int]) -> None:
    tag = wire.get("t")
    wanted = _KEYS.get(tag) if isinstance(tag, str) else None
    if wanted is None or not wanted - _OPTIONAL <= set(wire) <= wanted:
        raise WireError("unknown tag or keys")
    if "name" in wanted and not (isinstance(wire["name"], str) and len(wire["name"]) <= 200):
        raise WireError("a name must be a short text")
    inner = wire.get("v")
    if tag in ("int", "float", "bytes"):
        left[1] -= _check_text_value(str(tag), inner)
    elif tag == "complex":
        if not (isinstance(inner, list) and len(inner) == 2 and all(_is_float(part) for part in inner)):
            raise WireError("a complex number has two floats")
    elif tag in ITEMS or tag == "exception":
        if not isinstance(inner, list):
            raise WireError(f"a {tag} holds a list")
        _check(inner, depth, left)
    elif tag in ("dict", "dataclass"):
        _check_pairs(inner, str(tag), depth, left)
    elif "as" in wire:
        _check(wire["as"], depth + 1, left)


def _check_text_value(tag: str, inner: Any) -> int:
    if not isinstance(inner, str):
        raise WireError(f"{tag} holds text")
    if tag == "float":
        if inner not in ("nan", "inf", "-inf"):
            raise WireError("only nan and infinities are tagged")
    elif tag == "int":
        if not _HEX.fullmatch(inner):
            raise WireError("an integer is hexadecimal")
    else:
        try:
            bytes.fromhex(inner)
        except ValueError as error:
            raise WireError("bytes are hexadecimal") from error
    return len(inner)


def _check_pairs(inner: Any, tag: str, depth: int, left: list[int]) -> None:
    if not isinstance(inner, list):
        raise WireError(f"a {tag} holds a list of pairs")
    for pair in inner:
        if not (isinstance(pair, list) and len(pair) == 2):
            raise WireError(f"a {tag} holds pairs")
        if tag == "dataclass" and not isinstance(pair[0], str):
            raise WireError("a field's name is text")
        _check(pair[0], depth + 1, left)
        _check(pair[1], depth + 1, left)


def _is_float(wire: Any) -> bool:
    if isinstance(wire, dict):
        return set(wire) == {"t", "v"} and wire["t"] == "float" and wire["v"] in ("nan", "inf", "-inf")
    return isinstance(wire, float)


def kind_of(wire: Wire) -> str:
    """The Python type's name of a wire form: "int", "list", "NoneType", a class's own name."""
    if wire is None:
        return "NoneType"
    if not isinstance(wire, dict):
        return type(wire).__name__
    return str(wire["name"]) if "name" in wire else str(wire["t"])


def number_of(wire: Wire) -> int | float | None:
    """The int or float that a wire form holds, None for anything else (also for bool)."""
    if isinstance(wire, (int, float)) and not isinstance(wire, bool):
        return wire
    if isinstance(wire, dict) and wire["t"] == "int":
        return int(wire["v"], 16)
    if isinstance(wire, dict) and wire["t"] == "float":
        return float(wire["v"])
    return None


def is_complete(wire: Wire) -> bool:
    """Whether the encoder carried the whole value: nothing cut off, no cycle."""
    if isinstance(wire, list):
        return all(map(is_complete, wire))
    if not isinstance(wire, dict):
        return True
    if wire["t"] in ("cut", "cycle"):
        return False
    inner = wire.get("v", wire.get("as"))
    return is_complete(inner) if wire["t"] not in ("int", "float", "bytes") else True


def canonical(wire: Wire) -> str:
    """A text equal for two values exactly when their types and values are.

    nan equals nan, 0.0 equals -0.0, sets and dicts have no order. What is no plain value (an object, a cycle, one cut
    off) equals nothing a case can expect.
    """
    if wire is None or isinstance(wire, bool):
        return repr(wire)
    if isinstance(wire, str):
        return f"s{len(wire)}:{wire}"
    if isinstance(wire, list):
        return f"[{','.join(map(canonical, wire))}]"
    number = number_of(wire)
    if number is not None:
        return f"i{number:x}" if isinstance(number, int) else f"f{number + 0.0!r}"
    return _canonical_tagged(wire)


def _canonical_tagged(wire: dict[str, Any]) -> str:
    tag = wire["t"]
    if tag == "bytes":
        return f"b{bytes.fromhex(wire['v']).hex()}"
    if tag in ("tuple", "complex"):
        return f"{tag}({','.join(map(canonical, wire['v']))})"
    if tag in ("set", "frozenset"):
        return f"{tag}({','.join(sorted(map(canonical, wire['v'])))})"
    if tag == "dict":
        return f"dict({','.join(sorted(f'{canonical(key)}={canonical(item)}' for key, item in wire['v']))})"
    if tag == "dataclass":
        pairs = ",".join(f"{canonical(field)}={canonical(item)}" for field, item in wire["v"])
        return f"dataclass {canonical(wire['name'])}({pairs})"
    if tag == "exception":
        return f"exception {canonical(wire['name'])}({','.join(map(canonical, wire['v']))})"
    inner = canonical(wire["as"]) if "as" in wire else ""
    return f"{tag} {canonical(wire.get('name', ''))}({inner})"


def display(wire: Wire, limit: int = MAX_DISPLAY) -> str:
    """The value as a Python literal a student can read, at most `limit` characters."""
    text = _display(wire)
    return text if len(text) <= limit else f"{text[:limit]}… ({len(text) - limit} more characters)"


def _display(wire: Wire) -> str:
    number = number_of(wire)
    if number is not None:
        return _display_number(number)
    if isinstance(wire, list):
        return f"[{', '.join(map(_display, wire))}]"
    if isinstance(wire, dict):
        return _display_tagged(wire)
    return repr(wire)


def _display_number(number: int | float) -> str:
    if isinstance(number, float) or number.bit_length() < 14_000:  # str() of an int refuses more than 4300 digits
        return repr(number)
    return f"<an integer of about {int(number.bit_length() * 0.30103)} digits>"


def _display_tagged(wire: dict[str, Any]) -> str:
    tag, inner = wire["t"], wire.get("v")
    if tag == "bytes":
        return repr(bytes.fromhex(wire["v"]))
    if tag == "complex":
        return repr(complex(*(float(part["v"]) if isinstance(part, dict) else part for part in wire["v"])))
    if tag == "cycle":
        return "..."
    if tag == "cut":
        return "… (too large to show)"
    if tag == "object":
        return f"{wire['name']}({_display(wire['as'])})" if "as" in wire else f"<{wire['name']} object>"
    if tag == "dict":
        return "{" + ", ".join(f"{_display(key)}: {_display(item)}" for key, item in wire["v"]) + "}"
    if tag == "dataclass":
        return f"{wire['name']}({', '.join(f'{field}={_display(item)}' for field, item in wire['v'])})"
    texts = [_display(item) for item in inner or []]
    if tag == "exception":
        return f"{wire['name']}({', '.join(texts)})"
    if tag == "tuple":
        return f"({texts[0]},)" if len(texts) == 1 else f"({', '.join(texts)})"
    texts = [text for _, text in sorted(zip(map(canonical, inner or []), texts, strict=True))]
    braces = "{" + ", ".join(texts) + "}" if texts else ""
    return f"frozenset({braces})" if tag == "frozenset" else braces or "set()"
