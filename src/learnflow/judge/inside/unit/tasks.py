"""What the tests' process can ask of the student's, by its name in a message. Standard library only.

Each function gets the student's end, the detail of the message and its values; what it returns or raises is the answer.
"""

import importlib
import inspect
import linecache
import os
import sys
import types
from collections.abc import Callable
from typing import Any

from learnflow.judge.inside.unit.operations import OPERATIONS

End = Any  # student.Student
PLAIN_KINDS: dict[type, Callable[[Any], Any]] = {
    bool: bool,
    int: int.__pos__,
    float: float.__pos__,
    complex: complex.__pos__,
    str: str.__str__,
    bytes: lambda value: bytes.__getitem__(value, slice(None)),
    tuple: lambda value: tuple.__getitem__(value, slice(None)),
    frozenset: lambda value: frozenset(frozenset.__iter__(value)),
}
CHANGING_KINDS: dict[type, Callable[[Any], Any]] = {
    list: lambda value: list(list.__iter__(value)),
    dict: lambda value: dict(dict.items(value)),
    set: lambda value: set(set.__iter__(value)),
    bytearray: lambda value: bytearray(bytes(value)),
}
_KINDS = PLAIN_KINDS | CHANGING_KINDS
_HIDDEN = ("__dict__", "__weakref__", "__builtins__")


def _import(end: End, __: Any) -> Any:
    return end.import_module()


def _failure(end: End, __: Any) -> Any:
    """The report of why the module could not be imported, as JSON."""
    return end.failure


def _call(_: End, names: list[str], target: Any, *arguments: Any) -> Any:
    count = len(arguments) - len(names)
    return target(*arguments[:count], **dict(zip(names, arguments[count:], strict=True)))


def _method(end: End, detail: list[Any], target: Any, *arguments: Any) -> Any:
    name, names = detail
    return _call(end, names, getattr(target, name), *arguments)


def _get(_: End, name: str, target: Any) -> Any:
    value = getattr(target, name)
    if name == "__dict__" and isinstance(target, (type, types.ModuleType)):
        return {name: item for name, item in value.items() if name not in _HIDDEN}
    return value


def _set(_: End, name: str, target: Any, value: Any) -> None:
    setattr(target, name, value)


def _delete(_: End, name: str, target: Any) -> None:
    delattr(target, name)


def _operate(_: End, name: str, *arguments: Any) -> Any:
    return OPERATIONS[name](*arguments)


def _plain(_: End, __: Any, value: Any) -> Any:
    return next((plain(value) for kind, plain in _KINDS.items() if kind in type(value).__mro__), None)


def _equals_anything(_: End, __: Any, value: Any) -> bool:
    try:
        return bool(value == object())
    except Exception:  # noqa: BLE001  # a class that can't be compared with everything
        return False


def _await(end: End, __: Any, value: Any) -> Any:
    async def awaited() -> Any:
        return await value

    if end.loop is None:
        end.loop = importlib.import_module("asyncio").new_event_loop()
    return end.loop.run_until_complete(awaited())


def _signature(_: End, __: Any, value: Any) -> Any:
    def told(part: Any) -> tuple[bool, Any]:
        return (False, None) if part is inspect.Parameter.empty else (True, part)

    parameters = inspect.signature(value).parameters.values()
    return tuple((one.name, int(one.kind), *told(one.default), *told(one.annotation)) for one in parameters)


def _describe(_: End, __: Any, cls: type) -> Any:
    """(name, qualname, module, doc, bases of the student's, standard library's, kind, operations, own ones, methods,
    their functions)"""
    own = [base for base in cls.__mro__ if not _is_standard(base)]
    kind = next((kind for kind in _KINDS if kind in cls.__mro__), None)
    given = [base for base in cls.__mro__ if base is not object and not (kind in PLAIN_KINDS and base is kind)]
    given = [base for base in given if not (_is_standard(base) and issubclass(base, BaseException))]
    operations = [
        name
        for name in (*OPERATIONS, "__call__", "__await__")
        if any(base.__dict__.get(name) is not None for base in given)
    ]
    own_operations = [name for name in operations if any(name in vars(base) for base in own)]
    methods = {}
    if cls in own:
        methods = {name: value for name, value in vars(cls).items() if isinstance(value, types.FunctionType)}
    return (
        *(cls.__name__, cls.__qualname__, cls.__module__, cls.__doc__ if isinstance(cls.__doc__, str) else None),
        tuple(base for base in cls.__bases__ if base in own) if cls in own else (),
        tuple((base.__module__, base.__name__) for base in cls.__mro__ if base not in own),
        next((base for base in cls.__mro__ if base in _KINDS or _is_built_in_error(base)), None),
        tuple(operations),
        tuple(own_operations),
        tuple(methods),
        tuple(methods.values()),
    )


def _subclass(_: End, detail: list[Any], *values: Any) -> type:
    """A class that the test file derives from the student's. `detail`: name, number of bases, [(name, how)]."""
    name, count, names = detail
    space = {}
    for (attribute, how), value in zip(names, values[count:], strict=True):
        made: dict[str, Callable[[Any], Any]] = {"static": staticmethod, "class": classmethod, "property": property}
        space[attribute] = made.get(how, lambda value: value)(value)
    space["__module__"] = "tests"
    return types.new_class(name, values[:count], {}, lambda made: made.update(space))


def _patch(end: End, detail: list[str], *values: Any) -> None:
    """The tests have put something of theirs into a module of the standard library, or taken it away again."""
    module, name = detail
    space = vars(importlib.import_module(module))
    original = end.originals.setdefault((module, name), space.get(name))
    space[name] = values[0] if values else original


def _surroundings(_: End, __: Any, arguments: list[str], folder: str, environment: dict[str, str]) -> None:
    sys.argv = list(arguments)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)


def _dir(_: End, __: Any, value: Any) -> Any:
    return dir(value)


def _reload(end: End, __: Any, module: types.ModuleType) -> types.ModuleType:
    source = "".join(linecache.cache[end.source_name][2])  # type: ignore[misc]  # the harness put it there
    exec(compile(source, end.source_name, "exec", dont_inherit=True), vars(module))  # noqa: S102  # as at the first time
    return module


def _is_standard(cls: type) -> bool:
    module = getattr(cls, "__module__", None)
    return isinstance(module, str) and module.partition(".")[0] in sys.stdlib_module_names and module != "__main__"


def _is_built_in_error(cls: type) -> bool:
    return issubclass(cls, BaseException) and cls.__module__ == "builtins"


VERBS: dict[str, Callable[..., Any]] = {
    "import": _import,
    "failure": _failure,
    "surroundings": _surroundings,
    "reload": _reload,
    "call": _call,
    "method": _method,
    "get": _get,
    "set": _set,
    "delete": _delete,
    "operate": _operate,
    "plain": _plain,
    "equals_anything": _equals_anything,
    "await": _await,
    "signature": _signature,
    "describe": _describe,
    "subclass": _subclass,
    "patch": _patch,
    "dir": _dir,
}
