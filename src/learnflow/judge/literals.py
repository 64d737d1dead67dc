"""Values as a teacher writes them in a case: JSON, with {"$py": "a Python literal"} for what JSON can't hold."""

import ast
import builtins
import math
from collections.abc import Callable
from typing import Any

from learnflow.judge.inside.encoder import MAX_DEPTH, Wire, encode
from learnflow.judge.limits import CaseError
from learnflow.judge.wire import ITEMS, WireError, canonical, check_wire, is_complete, kind_of

MAX_LITERAL = 20_000  # characters of one {"$py": ...}


def wire_of(authored: Any, field: str) -> Wire:
    """The wire form of a value written in a case: JSON, with {"$py": "..."} for what JSON can't hold.

    Raises CaseError naming `field` (and the place inside it).
    """
    wire = _wire_of(authored, field, 0)
    too_much = CaseError(field, "This value is too large or too deeply nested for a test case; make it smaller.")
    try:
        check_wire(wire)
    except WireError as error:
        raise too_much from error
    if not is_complete(wire):
        raise too_much
    return wire


def _wire_of(authored: Any, field: str, depth: int) -> Wire:
    if depth > MAX_DEPTH:
        raise CaseError(field, "This value is nested too deeply for a test case.")
    if isinstance(authored, list):
        return [_wire_of(item, f"{field}[{index}]", depth + 1) for index, item in enumerate(authored)]
    if isinstance(authored, dict):
        if "$py" in authored:
            if len(authored) > 1 or not isinstance(authored["$py"], str):
                raise CaseError(field, 'Write {"$py": "a Python literal"} with nothing else beside "$py".')
            return parse_literal(authored["$py"], field)
        if not all(isinstance(key, str) for key in authored):
            raise CaseError(field, 'The keys of a JSON object are texts; use {"$py": "{1: 2}"} for others.')
        pairs = [[key, _wire_of(item, f"{field}.{key}"[:300], depth + 1)] for key, item in authored.items()]
        return {"t": "dict", "v": pairs}
    if authored is None or type(authored) in (bool, int, float, str):
        return encode(authored)
    raise CaseError(field, f"A {type(authored).__name__} is not a JSON value.")


_WHAT_IS_ALLOWED = (
    "Write one Python literal: numbers, texts, bytes, lists, tuples, dicts, sets, set(), frozenset({...}), nan, inf, "
    "Point(x=1) for a dataclass, ValueError('...') for an exception."
)


def parse_literal(text: str, field: str) -> Wire:
    """The wire form of a Python literal, read without evaluating anything. Raises CaseError."""
    if len(text) > MAX_LITERAL:
        raise CaseError(field, f"A Python literal may have {MAX_LITERAL} characters; this one has {len(text)}.")
    try:
        tree = ast.parse(text.strip(), mode="eval")
        wire = _literal(tree.body, 0)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise CaseError(field, f"Not a Python literal ({_first_line(error)}). {_WHAT_IS_ALLOWED}") from error
    return wire


def _first_line(error: BaseException) -> str:
    message = error.msg if isinstance(error, SyntaxError) else str(error)
    return (message or type(error).__name__).splitlines()[0][:200]


def _literal(node: ast.expr, depth: int) -> Wire:
    if depth > MAX_DEPTH:
        raise ValueError("nested too deeply")
    if isinstance(node, ast.Constant):
        if node.value is Ellipsis:
            raise ValueError("... is not a value")
        return encode(node.value)
    if isinstance(node, ast.List):
        return _literals(node.elts, depth)
    if isinstance(node, ast.Tuple):
        return {"t": "tuple", "v": _literals(node.elts, depth)}
    if isinstance(node, ast.Set):
        return {"t": "set", "v": _hashable(_literals(node.elts, depth))}
    if isinstance(node, ast.Dict):
        return _literal_dict(node, depth)
    if isinstance(node, ast.Call):
        return _literal_call(node, depth)
    return encode(_literal_number(node, depth))


def _literals(nodes: list[ast.expr], depth: int) -> list[Wire]:
    return [_literal(node, depth + 1) for node in nodes]


def _literal_dict(node: ast.Dict, depth: int) -> Wire:
    if None in node.keys:
        raise ValueError("** is not allowed")
    keys = _hashable([_literal(key, depth + 1) for key in node.keys if key is not None], unique=False)
    pairs = {canonical(key): [key, item] for key, item in zip(keys, _literals(node.values, depth), strict=True)}
    return {"t": "dict", "v": list(pairs.values())}


def _hashable(items: list[Wire], *, unique: bool = True) -> list[Wire]:
    for item in items:
        _refuse_unhashable(item)
    return list({canonical(item): item for item in items}.values()) if unique else items


def _refuse_unhashable(wire: Wire) -> None:
    if isinstance(wire, list) or kind_of(wire) in ("dict", "set"):
        raise ValueError(f"a {kind_of(wire)} can't be in a set or be a key")
    if isinstance(wire, dict) and wire["t"] == "tuple":
        for item in wire["v"]:
            _refuse_unhashable(item)


def _literal_number(node: ast.expr, depth: int) -> int | float | complex:
    if depth > MAX_DEPTH:
        raise ValueError("nested too deeply")
    if isinstance(node, ast.Constant) and type(node.value) in (int, float, complex):
        return node.value  # type: ignore[return-value]  # its type was just looked at
    if isinstance(node, ast.Name) and node.id in ("nan", "inf"):
        return math.nan if node.id == "nan" else math.inf
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.USub, ast.UAdd)):
        number = _literal_number(node.operand, depth + 1)
        return -number if isinstance(node.op, ast.USub) else number
    if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Add, ast.Sub)):  # 1+2j
        left, right = _literal_number(node.left, depth + 1), _literal_number(node.right, depth + 1)
        if isinstance(right, complex) and not isinstance(left, complex):
            return left + right if isinstance(node.op, ast.Add) else left - right
    raise ValueError(f"{ast.unparse(node)[:60]!r} is not a literal")


def _literal_call(node: ast.Call, depth: int) -> Wire:
    if not isinstance(node.func, ast.Name) or any(isinstance(argument, ast.Starred) for argument in node.args):
        raise ValueError(f"{ast.unparse(node)[:60]!r} is not a literal")
    name = node.func.id
    known = _KNOWN_CALLS.get(name)
    if known is not None:
        if node.keywords or len(node.args) > 1:
            raise ValueError(f"{name}() takes one value here")
        return known(_literals(node.args, depth))
    if not name[:1].isupper():
        raise ValueError(f"{name}() is not a literal")
    keywords = [(keyword.arg, keyword.value) for keyword in node.keywords if keyword.arg is not None]
    if len(keywords) < len(node.keywords) or (keywords and node.args):
        raise ValueError(f"write {name}(field=value) for a dataclass and {name}(value) for an exception")
    builtin = getattr(builtins, name, None)
    if node.args or (not keywords and isinstance(builtin, type) and issubclass(builtin, BaseException)):
        return {"t": "exception", "name": name[:200], "v": _literals(node.args, depth)}
    return {"t": "dataclass", "name": name[:200], "v": [[key, _literal(item, depth + 1)] for key, item in keywords]}


def _literal_collection(tag: str) -> Callable[[list[Wire]], Wire]:
    def collection(arguments: list[Wire]) -> Wire:
        if not arguments:
            return {"t": tag, "v": []}
        items = arguments[0]["v"] if kind_of(arguments[0]) in ITEMS else arguments[0]
        if not isinstance(items, list):
            raise ValueError(f"write {tag}([...])")  # noqa: TRY004  # parse_literal turns it into a CaseError
        return {"t": tag, "v": _hashable(items)}

    return collection


def _literal_float(arguments: list[Wire]) -> Wire:
    if arguments and isinstance(arguments[0], (str, int, float)):
        return encode(float(arguments[0]))
    raise ValueError("write float('nan') or float('inf')")


_KNOWN_CALLS: dict[str, Callable[[list[Wire]], Wire]] = {
    "set": _literal_collection("set"),
    "frozenset": _literal_collection("frozenset"),
    "float": _literal_float,
}
