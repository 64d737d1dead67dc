"""What can be done with an object in the other process, by the name of the special method. Standard library only."""

import copy
import math
import operator
import os
from collections.abc import Callable
from typing import Any


def _reflected(operation: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    return lambda value, other: operation(other, value)


def _of_its_class(name: str) -> Callable[..., Any]:
    """As the interpreter finds a special method: in the class, bound to the object."""

    def call(value: Any, *arguments: Any) -> Any:
        cls = type(value)
        for base in cls.__mro__:
            if name in base.__dict__:
                found = base.__dict__[name]
                bind = getattr(type(found), "__get__", None)
                return (found if bind is None else bind(found, value, cls))(*arguments)
        raise AttributeError(name)

    return call


_BINARY_NAMES = (
    "add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "matmul", "and", "or", "xor", "lshift", "rshift",
)  # fmt: skip
_BINARY: dict[str, Callable[[Any, Any], Any]] = {name: getattr(operator, f"__{name}__") for name in _BINARY_NAMES} | {
    "divmod": divmod
}
_IN_PLACE = {f"__i{name}__": getattr(operator, f"__i{name}__") for name in _BINARY_NAMES}
COMPARISONS = ("__eq__", "__ne__", "__lt__", "__le__", "__gt__", "__ge__")

OPERATIONS: dict[str, Callable[..., Any]] = {
    "__len__": len,
    "__bool__": bool,
    "__iter__": iter,
    "__next__": next,
    "__reversed__": reversed,
    "__contains__": operator.contains,
    "__getitem__": operator.getitem,
    "__setitem__": operator.setitem,
    "__delitem__": operator.delitem,
    "__str__": str,
    "__repr__": repr,
    "__format__": format,
    "__bytes__": bytes,
    "__hash__": hash,
    "__int__": int,
    "__float__": float,
    "__complex__": complex,
    "__index__": operator.index,
    "__round__": round,
    "__trunc__": math.trunc,
    "__floor__": math.floor,
    "__ceil__": math.ceil,
    "__neg__": operator.neg,
    "__pos__": operator.pos,
    "__abs__": abs,
    "__invert__": operator.invert,
    "__fspath__": os.fspath,
    "__copy__": copy.copy,
    "__deepcopy__": copy.deepcopy,
    **{name: _of_its_class(name) for name in ("__enter__", "__exit__", "__aenter__", "__aexit__")},
    **{name: _of_its_class(name) for name in ("__aiter__", "__anext__")},
    **{name: getattr(operator, name) for name in COMPARISONS},
    **{f"__{name}__": operation for name, operation in _BINARY.items()},
    **{f"__r{name}__": _reflected(operation) for name, operation in _BINARY.items()},
    **_IN_PLACE,
}
