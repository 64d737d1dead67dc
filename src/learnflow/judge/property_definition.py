"""What stands in the definition of a property case: where its inputs come from, and what must hold for each.

    {"function": "sort_numbers", "generator": "def generate(random, size): return [[…arguments…]]", "runs": 100,
     "valid": "def valid(*args): …", "seed": 0, "init": …, "mutates": …}
    {"reference": "def reference(*args): …"}  or  {"check": "def check(args, result): return True or 'why not'"}

All of it is a teacher's code. judge/property.py says where it runs.
"""

import ast
from collections.abc import Callable
from typing import Any

from learnflow.judge import fields
from learnflow.judge.comparisons import python_module
from learnflow.judge.expectations import ExpectedProperty
from learnflow.judge.limits import CaseError

MAX_CODE = 20_000  # characters of one of the teacher's functions
MAX_RUNS = 500
USUAL_RUNS = 100
MAX_SEED = 2**32 - 1
MAX_ARGUMENTS = 100

_EXAMPLE = '{"function": "sort_numbers", "generator": "def generate(random, size): ..."}'
_GENERATOR = "Define generate(random, size) in it, which returns the list of arguments."
_VALID = "Define valid(...) in it, which takes the function's arguments and says whether they make sense."
_REFERENCE = "Define reference(...) in it, which takes the function's arguments and returns what is right."
_CHECK = "Define check(args, result) in it, which returns True or a text that says why not."


def property_input(raw: Any, at: str, init_of: Callable[[Any, str], dict[str, Any]]) -> dict[str, Any]:
    """The checked input of a property case; `init_of` reads what a method's object is made from. Raises CaseError."""
    known = ("function", "generator", "runs", "valid", "seed", "init", "mutates")
    raw = fields.mapping(raw, at, known, _EXAMPLE)
    function, has_method = fields.function_path(raw.get("function"), f"{at}.function")
    if "init" in raw and not has_method:
        raise CaseError(f"{at}.init", '"init" builds the object of a method; write the function as "Class.method".')
    valid, mutates = raw.get("valid"), raw.get("mutates")
    return {
        "function": function,
        "generator": _code(raw.get("generator"), f"{at}.generator", "generate", _GENERATOR, takes=2),
        "runs": fields.whole(raw.get("runs", USUAL_RUNS), f"{at}.runs", 1, MAX_RUNS),
        "valid": None if valid is None else _code(valid, f"{at}.valid", "valid", _VALID),
        "seed": fields.whole(raw.get("seed", 0), f"{at}.seed", 0, MAX_SEED),
        "init": init_of(raw.get("init", {}), f"{at}.init") if has_method else None,
        "mutates": None if mutates is None else fields.whole(mutates, f"{at}.mutates", 0, MAX_ARGUMENTS - 1),
    }


def property_expected(raw: Any, at: str) -> ExpectedProperty:
    """What must hold. Raises CaseError."""
    example = '{"reference": "def reference(*args): ..."} or {"check": "def check(args, result): ..."}'
    raw = fields.mapping(raw, at, ("reference", "check"), example)
    given = {name: code for name, code in raw.items() if code is not None}
    if len(given) != 1:
        raise CaseError(at, 'Give either "reference", which computes what is right, or "check", which decides.')
    if "reference" in given:
        return ExpectedProperty("reference", _code(given["reference"], f"{at}.reference", "reference", _REFERENCE))
    return ExpectedProperty("check", _code(given["check"], f"{at}.check", "check", _CHECK, takes=2))


def _code(raw: Any, at: str, name: str, advice: str, takes: int | None = None) -> str:
    code = fields.text(raw, at, MAX_CODE)
    found = [node for node in python_module(code, at).body if isinstance(node, ast.FunctionDef) and node.name == name]
    if not found:
        raise CaseError(at, advice)
    if takes is not None and not _can_take(found[-1].args, takes):
        raise CaseError(at, f"{name} is called with {takes} arguments. {advice}")
    return code


def _can_take(arguments: ast.arguments, count: int) -> bool:
    positional = len(arguments.posonlyargs) + len(arguments.args)
    return (
        positional - len(arguments.defaults) <= count
        and (positional >= count or arguments.vararg is not None)
        and all(default is not None for default in arguments.kw_defaults)
    )
