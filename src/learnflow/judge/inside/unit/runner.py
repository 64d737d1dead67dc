"""Runs a teacher's tests, in a process in which no student's code ever runs. Standard library only.

The student's module runs in a process beside this one (pair.py); what the tests import in its place stands for it
(remote.py, proxies.py). The tests come sealed, and the key, which is also the nonce without which no report counts, is
read from the job's socket, which the student's process does not have. So there is nothing for it to read or to forge:
it can answer what the tests ask, and end.
"""

import ast
import builtins
import copy
import dataclasses
import functools
import importlib.machinery
import inspect
import json
import linecache
import os
import sys
import unittest
from _sha3 import shake_256  # type: ignore[import-not-found]  # hashlib would bring OpenSSL into every child
from collections.abc import Callable
from typing import Any

from learnflow.judge.inside import encoder
from learnflow.judge.inside.unit import assertions, making, pair, patches, plain_types, proxies, star
from learnflow.judge.inside.unit.channel import Malformed, OtherEnded
from learnflow.judge.inside.unit.handed_over import TEST_MODULE
from learnflow.judge.inside.unit.remote import Link

TEST_NAME = "tests.py"
KEY_BYTES = 32

# Functions of the standard library that look inside an object: of the student's objects, they are called over there.
_CALLED_THERE = (
    (dataclasses, ("asdict", "astuple", "fields", "replace", "is_dataclass")),
    (inspect, ("isabstract", "getsource", "getsourcelines", "getdoc", "iscoroutinefunction", "isgeneratorfunction")),
    (copy, ("replace",)),
)


def run(job: dict[str, Any], job_socket: int, ends: pair.Ends) -> dict[str, Any]:
    """The report of all tests; that of the student's module when it can't be imported."""
    link = Link(ends.channel, ends.outputs)
    student = _Importer(link, job["module"])
    results: list[list[str]] = []
    key = os.read(job_socket, KEY_BYTES)
    try:
        results = _run_all(link, student, *_unsealed(job["sealed"], key))
    except (OtherEnded, Malformed):
        pass
    except _NotImported:
        link.finish()
        return {"ok": False, **student.failure}
    link.finish()
    if isinstance(link.fault, Malformed):
        return {"ok": True, "student": {"nonsense": str(link.fault)[:200]}}
    status = pair.status_of(ends)
    if link.fault is not None:
        return {"ok": True, "student": status}
    return {"ok": True, "nonce": key.hex(), "results": results}


class _NotImported(BaseException):
    """The test file could not import the student's module: its failure is that of the run."""


class _Importer:
    """Imports the student's module, over there, when the tests do: what they have patched before is patched then."""

    def __init__(self, link: Link, name: str) -> None:
        self.name = name
        self.failure: dict[str, Any] = {}
        self._link = link
        sys.meta_path.insert(0, self)

    def find_spec(self, name: str, *_: Any) -> importlib.machinery.ModuleSpec | None:
        return importlib.machinery.ModuleSpec(name, self) if name == self.name else None  # type: ignore[arg-type]  # a loader in all but name

    def create_module(self, spec: Any) -> None:
        return None

    def exec_module(self, _: Any) -> None:
        try:
            sys.modules[self.name] = self._link.request("import", None)
        except (OtherEnded, Malformed):
            raise
        except BaseException:  # whatever the student's code raises: the test file's or a test's to see
            self.failure = _checked_failure(self._link.request("failure", None))
            raise


def _checked_failure(told: Any) -> dict[str, Any]:
    failure = json.loads(told) if type(told) is str else None
    if not (isinstance(failure, dict) and failure.keys() == {"stage", "error"}):
        raise Malformed("no failure")
    return failure


def _unsealed(sealed: str, key: bytes) -> tuple[str, list[str]]:
    data = bytes.fromhex(sealed)
    pad = shake_256(key).digest(len(data))
    opened = json.loads(bytes(a ^ b for a, b in zip(data, pad, strict=True)))
    return opened["test_file"], opened["tests"]


def _run_all(link: Link, student: _Importer, tests: str, names: list[str]) -> list[list[str]]:
    """Of each test its name, "passed" or "failed", and why. Stops where the student's process is at its end."""
    plain_types.know_asyncio(tests)
    _call_there(link)
    making.know_enums()
    patches.seed_both(link.method)
    _compare_sets_here()
    _reload_there(link, student.name)
    _refuse_logs()
    tree = star.without_stars(assertions.with_told_assertions(ast.parse(tests)), student.name)
    link.patches.watch((*patches.WATCHED, *_imported_names(tree)))
    linecache.cache[TEST_NAME] = (len(tests), None, tests.splitlines(keepends=True), TEST_NAME)
    space = vars(_tests_module())
    space[star.IMPORT] = star.bring(tree, student.name, space)
    try:
        exec(compile(tree, TEST_NAME, "exec", dont_inherit=True), space)  # noqa: S102  # the point of it
        space.get("setUpModule", lambda: None)()
    except (OtherEnded, Malformed):
        raise
    except BaseException as error:  # the tests can't import what they need, for instance
        if student.failure:
            raise _NotImported from error
        told = _told(error)
        return [[name, "failed", told] for name in names]
    results = []
    for position, name in enumerate(names):
        results.append([name, *_run_one(space, names, position)])
        if link.fault is not None:
            break
    return results


def _tests_module() -> Any:
    module = type(sys)(TEST_MODULE)
    vars(module).update({"__builtins__": builtins, "__file__": TEST_NAME, assertions.COMPARE: assertions.compare})
    sys.modules[TEST_MODULE] = module
    return module


def _imported_names(tree: ast.Module) -> tuple[str, ...]:
    """Modules of the standard library that the tests import: they may patch them."""
    names = [alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names]
    names = [name for name in names if name.partition(".")[0] in sys.stdlib_module_names]
    for name in names:
        if name.partition(".")[0] != "unittest":
            importlib.import_module(name)
    return tuple(name for name in names if name.partition(".")[0] not in ("unittest", "sys", "gc"))


def _call_there(link: Link) -> None:
    def wrapped(here: Callable[..., Any], module: Any, name: str) -> Callable[..., Any]:
        @functools.wraps(here)
        def either(*args: Any, **kwargs: Any) -> Any:
            if args and proxies.is_remote(args[0]):
                return link.method(module, name, args, kwargs)
            return here(*args, **kwargs)

        return either

    known = sys.modules.get("asyncio")
    for module, names in (*_CALLED_THERE, *([(known, ("iscoroutinefunction",))] if known else [])):
        for name in names:
            if hasattr(module, name):
                setattr(module, name, wrapped(getattr(module, name), module, name))


def _compare_sets_here() -> None:
    """assertSetEqual() asks one set for what is not in the other: asked here, not of an object of the student's."""
    compare = unittest.TestCase.assertSetEqual

    def compare_here(self: Any, first: Any, second: Any, msg: Any = None) -> None:
        # iter(), for the proxy of a kind of set is, to set() itself, an empty one
        first, second = (set(iter(one)) if proxies.is_remote(one) else one for one in (first, second))
        compare(self, first, second, msg)

    setattr(unittest.TestCase, "assertSetEqual", compare_here)  # noqa: B010  # mypy takes it for a mistake


def _refuse_logs() -> None:
    def refuse(self: Any, *_: Any, **__: Any) -> None:
        raise NotImplementedError(
            "What the program logs can't be seen here; let it write to a stream or call something."
        )

    setattr(unittest.TestCase, "assertLogs", refuse)  # noqa: B010  # mypy takes it for a mistake
    setattr(unittest.TestCase, "assertNoLogs", refuse)  # noqa: B010  # as above


def _reload_there(link: Link, name: str) -> None:
    here = importlib.reload

    def reload(what: Any) -> Any:
        return link.request("reload", None, what) if what is sys.modules.get(name) else here(what)

    setattr(importlib, "reload", reload)  # noqa: B010  # mypy takes it for a mistake


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
            target.doClassCleanups()
        if recorder.succeeded and not recorder.told and recorder.testsRun == 1:
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
    """The error in a line, with the test's own line where it came out, or the student's that raised it."""
    described = encoder.describe_error(error, TEST_NAME)
    message = described["message"] or (linecache.getline(TEST_NAME, described["line"] or 0).strip())
    kind = "" if described["type"] == "AssertionError" else f"{described['type']}: "
    line = proxies.lines.get(id(error))
    where = "" if line is None else f" (line {line} of your program)"
    return f"{kind}{message}"[:1000] + where
