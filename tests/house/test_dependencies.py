"""FastAPI runs a dependency that is no coroutine in a thread, which costs more than most statements do."""

import ast
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "src" / "learnflow"


@pytest.mark.parametrize("file", sorted(SOURCE.rglob("*.py")), ids=lambda file: str(file.relative_to(SOURCE)))
def test_dependencies_of_requests_are_coroutines(file: Path) -> None:
    tree = ast.parse(file.read_text())
    used = {
        argument.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Depends"
        for argument in node.args
        if isinstance(argument, ast.Name)
    }
    in_threads = [node.name for node in tree.body if isinstance(node, ast.FunctionDef) and node.name in used]
    assert in_threads == []
