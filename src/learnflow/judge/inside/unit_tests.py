"""Runs a teacher's tests on a student's module in one process. Standard library only.

Here alone student code shares a process with what decides, so everything it could bend is held before it runs and
looked at afterwards: `run` has begun, with all it needs in its locals, before the student's module is imported, and
whatever was replaced meanwhile is told in the report. The tests can be read only after that import: they come sealed,
and the key, which is also the nonce without which no report counts, is in the job's socket until then. What is left to
a program that digs for frames and objects while a test calls it is why results say "shared-process".
"""

import ast
import builtins
import fractions
import gc
import hashlib
import json
import linecache
import operator
import os
import pathlib
import signal
import sys
import types
import unittest
import unittest.case
import unittest.result
import unittest.util
import uuid
from collections import Counter, UserDict, UserList, UserString
from collections.abc import Callable
from typing import Any

from learnflow.judge.inside import encoder

TEST_NAME = "tests.py"
KEY_BYTES = 32
MAX_SHOWN = 200
_OPERATORS: dict[str, tuple[str, Callable[[Any, Any], Any]]] = {
    "Eq": ("==", operator.eq),
    "NotEq": ("!=", operator.ne),
    "Lt": ("<", operator.lt),
    "LtE": ("<=", operator.le),
    "Gt": (">", operator.gt),
    "GtE": (">=", operator.ge),
    "Is": ("is", operator.is_),
    "IsNot": ("is not", operator.is_not),
    "In": ("in", lambda left, right: left in right),
    "NotIn": ("not in", lambda left, right: left not in right),
}
_COMPARED = ("Eq", "NotEq", "Lt", "LtE", "Gt", "GtE")
_TWO_SIDED = (
    *("assertEqual", "assertNotEqual", "assertAlmostEqual", "assertNotAlmostEqual", "assertCountEqual"),
    *("assertGreater", "assertGreaterEqual", "assertLess", "assertLessEqual", "assertSequenceEqual"),
    *("assertListEqual", "assertTupleEqual", "assertSetEqual", "assertDictEqual", "assertMultiLineEqual"),
)
_DECIDING = ("__eq__", "__ne__", "__lt__", "__le__", "__gt__", "__ge__", "__sub__", "__rsub__")
_OURS = frozenset(
    cls.__dict__[name]
    for given in (fractions.Fraction, pathlib.PurePath, uuid.UUID, Counter, UserDict, UserList, UserString)
    for cls in given.__mro__[:-1]
    for name in _DECIDING
    if name in cls.__dict__
)
_CONTAINERS = (list, tuple, set, frozenset)
_mro_of, _name_of = type.__dict__["__mro__"].__get__, type.__dict__["__name__"].__get__
_repr, _describe = repr, encoder.describe_error


def run(  # noqa: C901  # all in the one frame that has run since before the student's code
    sealed: str, module: str, job_socket: int, import_module: Callable[[], Any], harness: dict[str, Any]
) -> dict[str, Any]:
    """The report of all tests. `import_module` runs the student's code and raises what the harness makes of errors."""
    modules, frames, read, clock = sys.modules, sys._current_frames, os.read, signal.setitimer  # noqa: SLF001
    trace, profile, collected = sys.settrace, sys.setprofile, gc.callbacks
    open_seal, run_one, held, known = _unsealed, _run_one, dict(modules), _known
    machinery: list[dict[str, Any]] = [
        *(vars(part) for part in (builtins, unittest, unittest.case, unittest.result, unittest.util, operator)),
        *(vars(cls) for cls in (unittest.TestCase, unittest.TestResult, _Recorder)),  # type: ignore[list-item]  # to read
        globals(),
        harness,
    ]
    before = known(machinery)

    def calm() -> None:
        trace(None)
        profile(None)
        clock(signal.ITIMER_REAL, 0)
        clock(signal.ITIMER_VIRTUAL, 0)
        clock(signal.ITIMER_PROF, 0)
        collected.clear()

    quiet = calm.__code__
    student = import_module()
    if calm.__code__ is not quiet:
        return _bent("the tests' machinery", "")
    calm()
    # Compared here, in a frame that has run since before: a function of ours could have been given other code.
    for space, name, value, code in before:
        if space.get(name) is not value or getattr(value, "__code__", None) is not code:
            return _bent(name, "")
    for name in [name for name in held if name.partition(".")[0] == "unittest" or name in ("builtins", "sys")]:
        if modules.get(name) is not held[name]:
            return _bent(name, "")
    if len(frames()) > 1:
        return _bent("a thread that goes on running", "")
    modules.update(held)
    modules[module] = student
    try:
        key = read(job_socket, KEY_BYTES)
    except BlockingIOError:
        return _bent("the tests, which it read ahead", "")
    tests, names = open_seal(sealed, key)
    nonce = key.hex()
    for assertion in _TWO_SIDED:
        setattr(unittest.TestCase, assertion, _honest(getattr(unittest.TestCase, assertion)))
    tree = _with_told_assertions(ast.parse(tests))
    imported = {
        alias.name: vars(held[alias.name])
        for node in ast.walk(tree)
        if isinstance(node, ast.Import)
        for alias in node.names
        if alias.name in held and alias.name != module
    }
    imported |= {
        node.module: vars(held[node.module])
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module in held and node.module != module
    }
    pristine = {name: _PRISTINE.get(name) for name in imported}
    for name, space in imported.items():
        kept = pristine[name]
        if kept is not None and any(space.get(public) is not value for public, value in kept.items()):
            return _bent(name, nonce)
    before = known([*machinery, *imported.values()])
    linecache.cache[TEST_NAME] = (len(tests), None, tests.splitlines(keepends=True), TEST_NAME)
    space = {"__name__": "tests", "__builtins__": builtins, "@compare": _compare}
    space_of_tests = space
    try:
        exec(compile(tree, TEST_NAME, "exec", dont_inherit=True), space)  # noqa: S102  # the point of it
    except BaseException as error:  # the tests can't import what they need, for instance  # noqa: BLE001
        told = _told(error)
        return {"ok": True, "nonce": nonce, "bent": None, "results": [[name, "failed", told] for name in names]}
    results = []
    for position, name in enumerate(names):
        results.append([name, *run_one(space_of_tests, names, position)])
        calm()
        for space, public, value, code in before:
            if space.get(public) is not value or getattr(value, "__code__", None) is not code:
                return _bent(public, nonce)
        if calm.__code__ is not quiet:
            return _bent("the tests' machinery", nonce)
    return {"ok": True, "nonce": nonce, "bent": None, "results": results}


def _bent(what: str, nonce: str) -> dict[str, Any]:
    return {"ok": True, "nonce": nonce, "bent": what, "results": []}


def _known(spaces: list[dict[str, Any]]) -> list[tuple[dict[str, Any], str, Any, Any]]:
    """Each name of these namespaces with its value, and its code where it is a function."""
    passing = ("_", "__warningregistry__", "_OUT_OF_MEMORY_JSON")
    return [
        (space, name, value, getattr(value, "__code__", None))
        for space in spaces
        for name, value in list(space.items())
        if name not in passing
    ]


def _unsealed(sealed: str, key: bytes) -> tuple[str, list[str]]:
    data = bytes.fromhex(sealed)
    pad = hashlib.shake_256(key).digest(len(data))
    opened = json.loads(bytes(a ^ b for a, b in zip(data, pad, strict=True)))
    return opened["test_file"], opened["tests"]


class _Recorder(unittest.TestResult):
    """What became of one test: `told` is "" while nothing is wrong, `succeeded` is said by unittest alone."""

    def __init__(self) -> None:
        super().__init__()
        self.succeeded = False
        self.told = ""

    def addSuccess(self, test: Any) -> None:  # noqa: N802  # unittest's name, and those below
        self.succeeded = True

    def addFailure(self, test: Any, err: Any) -> None:  # noqa: N802
        self.told = self.told or _told(err[1])

    def addError(self, test: Any, err: Any) -> None:  # noqa: N802
        self.told = self.told or _told(err[1])

    def addSubTest(self, test: Any, subtest: Any, err: Any) -> None:  # noqa: N802
        if err is not None:
            self.told = self.told or _told(err[1])

    def addSkip(self, test: Any, reason: str) -> None:  # noqa: N802
        self.told = self.told or "It was skipped, which counts as a failure."

    def addExpectedFailure(self, test: Any, err: Any) -> None:  # noqa: N802
        self.told = self.told or "It is marked as an expected failure, which can't be passed."

    def addUnexpectedSuccess(self, test: Any) -> None:  # noqa: N802
        self.told = self.told or "It is marked as an expected failure, which can't be passed."


def _run_one(space: dict[str, Any], names: list[str], position: int) -> tuple[str, str]:
    """("passed", "") or ("failed", why)."""
    first, _, method = names[position].partition(".")
    target: Any = space.get(first)
    try:
        test = target if not method else getattr(target, method)
        if test.__code__.co_filename != TEST_NAME:
            return "failed", "This test was replaced."
        if not method:
            return _call(target)
        if not issubclass(target, unittest.TestCase):
            return _call_method(target, method)
        kin = [place for place, name in enumerate(names) if name.partition(".")[0] == first]
        if position == kin[0]:
            target.setUpClass()
        recorder = _Recorder()
        target(method).run(recorder)
        if position == kin[-1]:
            target.tearDownClass()
        own = set(vars(recorder)) & {"addSuccess", "addFailure", "addError", "addSubTest", "addSkip"}
        if recorder.succeeded and not recorder.told and recorder.testsRun == 1 and not own:
            return "passed", ""
        told = recorder.told or "It did not run to its end."
    except BaseException as error:  # whatever a test raises is a failure  # noqa: BLE001
        told = _told(error)
    return "failed", told


def _call(test: Any) -> tuple[str, str]:
    if test() is not None:
        return "failed", "A test returns nothing; this one returned a value, so it may not have run."
    return "passed", ""


def _call_method(target: Any, method: str) -> tuple[str, str]:
    instance = target()
    if hasattr(instance, "setup_method"):
        instance.setup_method()
    try:
        return _call(getattr(instance, method))
    finally:
        if hasattr(instance, "teardown_method"):
            instance.teardown_method()


def _told(error: BaseException) -> str:
    """The error in a line, with the test's own line where it came out."""
    described = _describe(error, TEST_NAME)
    message = described["message"] or (linecache.getline(TEST_NAME, described["line"] or 0).strip())
    kind = "" if described["type"] == "AssertionError" else f"{described['type']}: "
    return f"{kind}{message}"[:1000]


class _ToldAssertions(ast.NodeTransformer):
    """`assert a == b` that says both sides when it fails."""

    def visit_Assert(self, node: ast.Assert) -> ast.AST:  # ast's name
        test = node.test
        if not isinstance(test, ast.Compare) or len(test.ops) != 1:
            return node
        message = ast.Constant(None) if node.msg is None else node.msg
        arguments = [
            test.left,
            test.comparators[0],
            ast.Constant(type(test.ops[0]).__name__),
            ast.Constant(ast.unparse(test)[:MAX_SHOWN]),
            ast.Lambda(ast.arguments([], [], None, [], [], None, []), message),
        ]
        return ast.copy_location(ast.Expr(ast.Call(ast.Name("@compare", ast.Load()), arguments, [])), node)


def _with_told_assertions(tree: ast.Module) -> ast.Module:
    changed: ast.Module = ast.fix_missing_locations(_ToldAssertions().visit(tree))
    return changed


def _compare(left: Any, right: Any, operation: str, source: str, message: Callable[[], Any]) -> None:
    sign, compare = _OPERATORS[operation]
    if operation in _COMPARED:
        _refuse_impostors(left, right)
    if not compare(left, right):
        said = message()
        raise AssertionError(
            said if said is not None else f"{source}: {_shown(left)} {sign} {_shown(right)} is not so."
        )


def _honest(assertion: Any) -> Any:
    def honest(self: Any, first: Any, second: Any, *rest: Any, **options: Any) -> Any:
        _refuse_impostors(first, second)
        return assertion(self, first, second, *rest, **options)

    return honest


def _refuse_impostors(first: Any, second: Any) -> None:
    """An object whose class decides by itself what it equals proves nothing beside a value that has no such class."""
    one, other = _own_decision(first, 0), _own_decision(second, 0)
    if (one is None) != (other is None):
        raise AssertionError(
            f"A {one or other} object, which decides by itself what it equals, was compared with a plain value."
        )
    if one is not None and (first == object() or second == object()):
        raise AssertionError(f"A {one} object equals anything.")


def _own_decision(value: Any, depth: int) -> str | None:
    """The name of a class of the student's, of this value or one inside it, that defines == or the like."""
    cls = type(value)
    if depth < 20 and (cls in _CONTAINERS or cls is dict):
        items = [*value, *value.values()] if cls is dict else value
        return next((name for item in items if (name := _own_decision(item, depth + 1)) is not None), None)
    for base in _mro_of(cls):
        for name in _DECIDING:
            method = base.__dict__.get(name)
            if method is not None and type(method) is not types.WrapperDescriptorType and method not in _OURS:
                found: str = _name_of(cls)
                return found
    return None


def _shown(value: Any) -> str:
    try:
        text = _repr(value)
    except Exception as error:  # noqa: BLE001  # a student's own __repr__ may raise anything
        return f"<{_name_of(type(value))} whose repr raises {_name_of(type(error))}>"
    return text if len(text) <= MAX_SHOWN else f"{text[: MAX_SHOWN - 1]}…"


def _public(space: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in space.items() if not name.startswith("_")}


# What a test may import and a student may have changed before: held since the forker began.
_PRISTINE: dict[str, dict[str, Any]] = {
    name: _public(vars(sys.modules[name]))
    for name in ("math", "random", "re", "json", "string", "itertools", "functools", "collections", "io", "sys", "os")
    if name in sys.modules
}
