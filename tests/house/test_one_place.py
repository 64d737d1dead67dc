"""Three questions have one answer each, in one place (docs/adr/0001)."""

import ast
from collections.abc import Iterator
from pathlib import Path

from learnflow.exercises import schemas

SOURCE = Path(__file__).parents[2] / "src" / "learnflow"
DATABASE_ROOMS = {"core/database.py", "grading/queue.py"}
ROLES = {"guest", "student", "teacher", "admin"}


def modules() -> Iterator[tuple[str, ast.Module]]:
    for path in sorted(SOURCE.rglob("*.py")):
        yield path.relative_to(SOURCE).as_posix(), ast.parse(path.read_text())


def compares_roles(node: ast.AST) -> bool:
    """A comparison with a role: `x.role == …`, `… is Role.admin`, `role in ("teacher", …)`."""
    if not isinstance(node, ast.Compare):
        return False
    sides = [node.left, *node.comparators]
    return any(
        (isinstance(part, ast.Attribute) and (part.attr == "role" or is_role_class(part.value)))
        or (isinstance(part, ast.Name) and part.id == "role")
        or (isinstance(part, ast.Constant) and part.value in ROLES - {"student"})
        for side in sides
        for part in ast.walk(side)
    )


def is_role_class(node: ast.AST) -> bool:
    return isinstance(node, ast.Name) and node.id == "Role"


def test_roles_are_compared_in_accounts_access_alone() -> None:
    found = {
        name
        for name, tree in modules()
        for node in ast.walk(tree)
        if compares_roles(node)
        or (
            isinstance(node, ast.MatchValue)
            and isinstance(node.value, ast.Attribute)
            and is_role_class(node.value.value)
        )
    }
    assert found == {"accounts/access.py"}


def test_the_dialect_is_asked_for_in_two_places() -> None:
    found = {
        name
        for name, tree in modules()
        for node in ast.walk(tree)
        if (isinstance(node, ast.Attribute) and node.attr in {"dialect", "is_sqlite", "get_backend_name"})
        or (isinstance(node, ast.Constant) and node.value in {"sqlite", "postgresql", "postgres"})
    }
    assert found <= DATABASE_ROOMS
    assert "core/database.py" in found


def test_only_disclosure_shows_an_exercise() -> None:
    """The shapes that go out are built in exercises/disclosure.py and nowhere else."""
    shapes = {"ExerciseOut", "HiddenCase", "HintOut", "SolutionOut", "VisibleCase"}
    assert shapes <= set(vars(schemas))
    built = {
        (name, part.id)
        for name, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        for part in ast.walk(node.func)
        if isinstance(part, ast.Name) and part.id in shapes
    }
    assert built == {("exercises/disclosure.py", shape) for shape in shapes}
