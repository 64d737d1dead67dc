"""What tests a teacher's test file holds, read from its text alone."""

import ast
import sys

from learnflow.judge.comparisons import python_module
from learnflow.judge.limits import CaseError

MAX_TESTS = 200
_CASE_CLASSES = ("TestCase", "IsolatedAsyncioTestCase")


def tests_in(test_file: str, at: str) -> tuple[str, ...]:
    """The names of the tests in their order: "test_small" or "TestAdd.test_small".

    Raises CaseError where there are none, and for what can't be run: pytest itself, its fixtures.
    """
    tree = python_module(test_file, at)
    _refuse_pytest(tree, at)
    classes = {node.name: node for node in tree.body if isinstance(node, ast.ClassDef)}
    names: list[str] = []
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test"):
            if node.args.args or node.args.posonlyargs or node.args.kwonlyargs:
                raise CaseError(at, f"{node.name} takes arguments, but there are no fixtures here; call what it needs.")
            names.append(node.name)
        elif isinstance(node, ast.ClassDef) and (node.name.startswith("Test") or _is_case(node, classes)):
            names += [f"{node.name}.{method}" for method in _methods(node, classes)]
    if not names:
        raise CaseError(at, "There is no test in it: write functions test_… or a unittest.TestCase.")
    if len(names) > MAX_TESTS:
        raise CaseError(at, f"A file may have {MAX_TESTS} tests; this one has {len(names)}.")
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise CaseError(at, f"There are two tests called {twice}; the first would never run.")
    return tuple(names)


def check_module(module: str, at: str) -> None:
    """Raises CaseError for a name that a student's module can't have."""
    if module in sys.stdlib_module_names or module in ("learnflow", "tests"):
        raise CaseError(at, f"{module} is a module already; give the student's another name.")


def _refuse_pytest(tree: ast.Module, at: str) -> None:
    for node in ast.walk(tree):
        if not isinstance(node, (ast.Import, ast.ImportFrom)):
            continue
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else [node.module or ""]
        if any(name.partition(".")[0] == "pytest" for name in names):
            message = f"pytest is not there to import (line {node.lineno}): use plain assert, try and except."
            raise CaseError(at, message)


def _bases(node: ast.ClassDef) -> list[str]:
    return [base.attr if isinstance(base, ast.Attribute) else getattr(base, "id", "") for base in node.bases]


def _is_case(node: ast.ClassDef, classes: dict[str, ast.ClassDef], depth: int = 0) -> bool:
    return depth < 20 and any(
        base in _CASE_CLASSES or (base in classes and _is_case(classes[base], classes, depth + 1))
        for base in _bases(node)
    )


def _methods(node: ast.ClassDef, classes: dict[str, ast.ClassDef], depth: int = 0) -> list[str]:
    found = [
        item.name
        for item in node.body
        if isinstance(item, (ast.FunctionDef, ast.AsyncFunctionDef)) and item.name.startswith("test")
    ]
    if depth < 20:
        for base in _bases(node):
            if base in classes:
                found += [name for name in _methods(classes[base], classes, depth + 1) if name not in found]
    return found
