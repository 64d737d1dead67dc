"""Plain `assert` that tells both sides when it fails, as pytest does. Standard library only."""

import ast
import operator
from collections.abc import Callable
from typing import Any

COMPARE = "@compare"  # the name under which the rewritten tests find compare()
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


class _ToldAssertions(ast.NodeTransformer):
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
        return ast.copy_location(ast.Expr(ast.Call(ast.Name(COMPARE, ast.Load()), arguments, [])), node)


def with_told_assertions(tree: ast.Module) -> ast.Module:
    changed: ast.Module = ast.fix_missing_locations(_ToldAssertions().visit(tree))
    return changed


def compare(left: Any, right: Any, operation: str, source: str, message: Callable[[], Any]) -> None:
    sign, holds = _OPERATORS[operation]
    if not holds(left, right):
        said = message()
        raise AssertionError(
            said if said is not None else f"{source}: {_shown(left)} {sign} {_shown(right)} is not so."
        )


def _shown(value: Any) -> str:
    try:
        text = repr(value)
    except Exception as error:  # noqa: BLE001  # a student's own __repr__ may raise anything
        return f"<{type(value).__name__} whose repr raises {type(error).__name__}>"
    return text if len(text) <= MAX_SHOWN else f"{text[: MAX_SHOWN - 1]}…"
