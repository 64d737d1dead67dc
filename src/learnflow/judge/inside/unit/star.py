"""`from work import *` in a test file: it brings what the tests use, and nothing that has a meaning already.

Taken to the letter it would let the program say what `unittest`, `len` or `isclose` are in the tests. So of its names
come those that the file uses and does not bind itself; a built-in function's name is refused. Standard library only.
"""

import ast
import builtins
import importlib
from collections.abc import Callable, Iterator
from typing import Any

IMPORT = "@import"  # the name under which the rewritten tests find what bring() returns


class _Stars(ast.NodeTransformer):
    def __init__(self, module: str) -> None:
        self.module = module

    def visit_ImportFrom(self, node: ast.ImportFrom) -> ast.AST:  # ast's name
        if node.module != self.module or node.names[0].name != "*":
            return node
        return ast.copy_location(ast.Expr(ast.Call(ast.Name(IMPORT, ast.Load()), [], [])), node)


def without_stars(tree: ast.Module, module: str) -> ast.Module:
    changed: ast.Module = ast.fix_missing_locations(_Stars(module).visit(tree))
    return changed


def bring(tree: ast.Module, module: str, space: dict[str, Any]) -> Callable[[], None]:
    """What stands for `from module import *` in the tests of that tree, whose namespace is `space`."""
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}
    wanted = sorted(name for name in used - set(_bound(tree.body)) if not name.startswith("_") and name.isidentifier())

    def import_all() -> None:
        source = importlib.import_module(module)
        for name in wanted:
            if hasattr(source, name):
                if hasattr(builtins, name):
                    raise ImportError(
                        f"{name} is a built-in name, and the program gives it another meaning: rename it there, or "
                        f"write from {module} import {name} in the tests."
                    )
                space[name] = getattr(source, name)

    return import_all


def _bound(body: list[ast.stmt]) -> Iterator[str]:
    """Names that these statements give a meaning to, without what is local to functions and classes."""
    left: list[ast.AST] = list(body)
    while left:
        node = left.pop()
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            yield node.name
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            yield from ((alias.asname or alias.name).partition(".")[0] for alias in node.names)
        else:
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                yield node.id
            if not isinstance(node, ast.Lambda):
                left.extend(ast.iter_child_nodes(node))
