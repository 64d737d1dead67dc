"""Names of modules beside the standard library that programs may use, as settings and exercises write them."""

import keyword
import sys

MOST_MODULES = 8
"""In one list: each is loaded into memory and looked for at every import."""
LONGEST_NAME = 60


def fault_of(name: str) -> str | None:
    """What is wrong with a name, and what to do; None when it may be looked for."""
    whole, dot, _ = name.partition(".")
    if dot and whole.isidentifier():
        return f"Name the whole module, {whole!r}: its parts come with it."
    if not name.isascii() or not name.isidentifier() or keyword.iskeyword(name) or len(name) > LONGEST_NAME:
        return "Give the name that stands behind `import`, such as numpy."
    if name in sys.stdlib_module_names or name == "__main__":
        return f"{name} belongs to Python itself and is always there: leave it out."
    if name in ("learnflow", "main"):
        return f"{name} is taken here: no other module of that name can be used."
    return None
