"""Makes the proxies: from what the student's process says of a class or an object, in checked parts.

Whatever makes no sense raises an ordinary exception, which Crossing.unpack() turns into Malformed. No class of the
standard library becomes a base by its name but the built-in types and exceptions: one that equals everything would
decide tests.
"""

import abc
import builtins
import enum
import inspect
import sys
import types
from typing import Any

from learnflow.judge.inside.unit import proxies
from learnflow.judge.inside.unit.operations import OPERATIONS
from learnflow.judge.inside.unit.plain_types import BY_VALUE, MIRRORED
from learnflow.judge.inside.unit.proxies import CHANGING, IMMUTABLE, Described, Remote, RemoteClass

_ABSTRACT = ("abc", "collections.abc", "numbers", "typing", "contextlib", "collections")  # modules of such classes
_BUILT_IN_ERRORS = frozenset(
    value for value in vars(builtins).values() if isinstance(value, type) and issubclass(value, BaseException)
)
_TYPES = {kind.__name__: kind for kind in vars(types).values() if isinstance(kind, type)}
_PARAMETER_KINDS = sorted(
    kind for name, kind in vars(inspect.Parameter).items() if name.isupper() and isinstance(kind, int)
)
_kept: list[Any] = []  # so that no other object gets the identity of one


def make_class(description: Any) -> Any:
    """The class of what tasks.py tells of one. Raises ValueError, TypeError and their like where it makes no sense."""
    name, qualname, module, doc, bases, standard, kind, operations, own, methods, functions = description
    if not all(isinstance(base, RemoteClass) for base in bases) or not (
        kind is None or kind in IMMUTABLE or kind in CHANGING or kind in _BUILT_IN_ERRORS
    ):
        raise ValueError("bases")
    space: dict[str, Any] = {"__slots__": (), "__module__": module, "__qualname__": qualname, "__doc__": doc}
    if kind in CHANGING:
        space |= {method: proxies.forwarded(method) for method in vars(kind) if method[:1] != "_"}
    space |= _operations(operations) | _methods(methods, functions)
    if standard and standard[0] == (module, name):
        space |= _disguise(module, name)
    if kind is not None and not any(issubclass(base, kind) for base in bases):
        bases = (*(bases or (Remote,)), kind)
    made: Any = RemoteClass(name, bases or (Remote,), space, ours=True)
    kind = kind if kind in IMMUTABLE or kind in CHANGING else None
    is_enum = ("enum", "Enum") in standard
    proxies.known_classes[made] = Described(kind, frozenset(operations), frozenset(own), is_enum)
    for base_module, base in standard:
        real = _standard_class(base_module, base)
        if isinstance(real, abc.ABCMeta) and base_module in _ABSTRACT:
            real.register(made)
    return made


def _operations(names: Any) -> dict[str, Any]:
    made = {name: proxies.operation(name) for name in names if name in OPERATIONS and name not in vars(Remote)}
    made |= {"__call__": proxies.operation("__call__")} if "__call__" in names else {}
    return made | ({"__await__": proxies.awaited} if "__await__" in names else {})


def _methods(names: Any, functions: Any) -> dict[str, Any]:
    made = {}
    for name, function in zip(names, functions, strict=True):
        if name.isidentifier() and (name == "__init__" or not name.startswith("__")):
            made[name] = proxies.method(name)
            proxies.ids[id(made[name])] = proxies.ids[id(function)]
            _kept.append(made[name])
    return made


def _standard_class(module: str, name: str) -> Any:
    """A class of the standard library that is loaded here; None for what no test has to know."""
    if module.partition(".")[0] not in sys.stdlib_module_names or module.startswith("unittest"):
        return None
    found = vars(sys.modules[module]).get(name) if module in sys.modules else None
    found = found if found is not None or module != "builtins" else _TYPES.get(name)
    return found if isinstance(found, type) else None


def _disguise(module: str, name: str) -> dict[str, Any]:
    """An object of a class of the standard library says so to isinstance(). Not one that would cross by value: it lies,
    and classes such as Counter ask what claims to be of them for each of their own elements."""
    real = _standard_class(module, name)
    if real is None or real in MIRRORED or real in BY_VALUE:
        return {}
    space = {"__class__": property(lambda _: real), "__doc__": property(lambda self: proxies.link.get(self, "__doc__"))}
    return space | ({"send": proxies.sent} if real is types.CoroutineType else {})


def make_object(cls: Any, value: Any) -> Any:
    """A new object of a class that make_class() made; `value` is what it holds where that is a kind of number, text…"""
    if not isinstance(cls, RemoteClass):
        raise TypeError("an object of no class")
    made: Any = cls
    kind: Any = proxies.described(cls).kind
    if kind in IMMUTABLE:
        if type(value) is not kind:
            raise TypeError(f"no {kind}")
        return kind.__new__(made, value)
    return (kind or object).__new__(made)


def make_error(cls: Any, arguments: list[Any], extra: dict[str, Any]) -> BaseException:
    """An exception of a built-in class or of one that make_class() made."""
    if not (isinstance(cls, type) and issubclass(cls, BaseException)):
        raise TypeError("no exception")
    built_in: type[BaseException] = next(base for base in cls.__mro__ if base in _BUILT_IN_ERRORS)
    error = built_in.__new__(cls, *arguments)
    try:
        built_in.__init__(error, *arguments)
    except Exception:  # noqa: BLE001  # the student's arguments are not the built-in class's: they are kept as they are
        BaseException.__init__(error)
    BaseException.__dict__["args"].__set__(error, tuple(arguments))
    if not isinstance(cls, RemoteClass):
        for name, value in extra.items():
            setattr(error, name, value)
    return error


def signature(parameters: Any) -> inspect.Signature:
    """Of what tasks.py tells of a function's parameters."""
    empty = inspect.Parameter.empty
    return inspect.Signature(
        [
            inspect.Parameter(
                name,
                _PARAMETER_KINDS[kind],
                default=default if has_default else empty,
                annotation=annotation if has_annotation else empty,
            )
            for name, kind, has_default, default, has_annotation, annotation in parameters
        ]
    )


def know_enums() -> None:
    """isinstance(Color.RED, Enum) and issubclass(Color, Enum) for enums of the student's."""
    enum_class = type(enum.Enum)

    def is_one(cls: Any, of: Any) -> bool:
        return cls is enum.Enum and isinstance(of, RemoteClass) and proxies.described(of).is_enum

    def is_instance(cls: Any, value: Any) -> bool:
        return type.__instancecheck__(cls, value) or is_one(cls, type(value))

    def is_subclass(cls: Any, other: Any) -> bool:
        return type.__subclasscheck__(cls, other) or is_one(cls, other)

    setattr(enum_class, "__instancecheck__", is_instance)  # noqa: B010  # typeshed has it as final
    setattr(enum_class, "__subclasscheck__", is_subclass)  # noqa: B010  # as above
