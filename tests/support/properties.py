"""Property cases for tests: `f(xs)` has to sort a list, or what the test says."""

from typing import Any

from learnflow.judge import CaseResult, ForkerPool, judge_code, parse_cases

LISTS = "def generate(random, size):\n    return [[random.randint(-9, 9) for _ in range(size)]]\n"
NUMBERS = "def generate(random, size):\n    return [random.randint(-size, size)]\n"
SORTED = {"reference": "def reference(xs):\n    return sorted(xs)\n"}
DOUBLE = {"reference": "def reference(n):\n    return 2 * n\n"}


def definition(**changes: Any) -> dict[str, Any]:
    """A raw case; what `changes` has in its input is put over the usual input."""
    given = {"function": "f", "generator": LISTS} | changes.get("input", {})
    return {"name": "any list", "kind": "property", "expected": SORTED} | changes | {"input": given}


async def judged(pool: ForkerPool, source: str, **changes: Any) -> CaseResult:
    """The result of a program under the one case `definition(**changes)`."""
    return (await judge_code(pool, source, parse_cases([definition(**changes)]))).results[0]
