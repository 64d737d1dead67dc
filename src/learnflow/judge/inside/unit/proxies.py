"""What stands in the tests' process for the student's objects and classes. Standard library only.

Each class of the student's has a class here, derived from those of its bases; each object has one here, so that `is`,
isinstance() and `except` mean what they mean. Every use of it is asked of the student's process, through `link`, with
one exception: nothing of the student's is ever asked whether it is equal to, less than or how far from a plain value.
A program could say yes without knowing the value. Where its class would decide that, the test fails and says why.
"""

import types
from collections.abc import Callable, Generator
from typing import Any, NamedTuple

from learnflow.judge.inside.unit.operations import COMPARISONS, OPERATIONS

IMMUTABLE = (int, float, complex, str, bytes, tuple, frozenset)  # their objects hold their value here too
CHANGING = (list, dict, set, bytearray)
_ASKED_BY_NUMPY = ("__array_ufunc__", "__array_function__")  # a class that has them decides what an array equals

link: Any = None  # remote.Link, once there is one
ids: dict[int, int] = {}  # the number of what a proxy stands for, by the proxy's identity; proxies live to the end
lines: dict[int, int] = {}  # of exceptions: the line of the student's that raised each, by the proxy's identity
differences: set[int] = set()  # identities of proxies that came of subtracting a plain value
known_classes: dict[type, "Described"] = {}


class Described(NamedTuple):
    """What is known of a class: the built-in type that it is a kind of, all its operations, those of the student's own
    classes, and whether it is an Enum."""

    kind: type | None
    operations: frozenset[str]
    own: frozenset[str]
    is_enum: bool


def is_remote(value: Any) -> bool:
    return id(value) in ids


def described(cls: type) -> Described:
    return next(known_classes[base] for base in cls.__mro__ if base in known_classes)


class RemoteClass(type):
    """The class of the classes."""

    def __new__(mcs, name: str, bases: tuple[type, ...], space: dict[str, Any], **options: Any) -> Any:
        if options.pop("ours", False):
            return super().__new__(mcs, name, bases, space)
        if options:
            raise TypeError("A class of the program's can't be derived with keywords in a test file.")
        return _derived(mcs, name, bases, space)

    def __init__(cls, name: str, bases: Any, space: Any, **options: Any) -> None:
        super().__init__(name, bases, space)

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        return link.call(cls, args, kwargs)

    def __getattr__(cls, name: str) -> Any:
        if id(cls) not in ids or name in _ASKED_BY_NUMPY:
            raise AttributeError(name)
        return link.get(cls, name)

    def __setattr__(cls, name: str, value: Any) -> None:
        if name in cls.__dict__ and name not in OPERATIONS:
            super().__delattr__(name)
        link.request("set", name, cls, value)

    def __delattr__(cls, name: str) -> None:
        link.request("delete", name, cls)

    def __iter__(cls) -> Any:
        return link.request("operate", "__iter__", cls)

    def __len__(cls) -> Any:
        return link.request("operate", "__len__", cls)

    def __getitem__(cls, key: Any) -> Any:
        return link.request("operate", "__getitem__", cls, key)

    def __contains__(cls, item: Any) -> Any:
        return link.request("operate", "__contains__", cls, item)

    def __bool__(cls) -> bool:
        return True

    def __repr__(cls) -> str:
        return str(link.request("operate", "__repr__", cls)) if id(cls) in ids else super().__repr__()


class Remote(metaclass=RemoteClass, ours=True):
    """An object of the student's."""

    __slots__ = ()

    @property
    def __dict__(self) -> Any:  # type: ignore[override]  # vars() of it
        return link.get(self, "__dict__")

    def __getattr__(self, name: str) -> Any:
        return link.get(self, name)

    def __setattr__(self, name: str, value: Any) -> None:
        if name.startswith("__") and isinstance(self, BaseException):  # the traceback and such are of this process
            object.__setattr__(self, name, value)
            return
        link.request("set", name, self, value)

    def __delattr__(self, name: str) -> None:
        link.request("delete", name, self)

    def __dir__(self) -> Any:
        return link.request("dir", None, self)

    def __reduce_ex__(self, protocol: Any) -> Any:
        raise TypeError("An object of the program's can't be pickled in a test.")

    def __str__(self) -> str:
        return link.request("operate", "__str__", self)  # type: ignore[no-any-return]  # str() looks what it is

    def __repr__(self) -> str:
        return link.request("operate", "__repr__", self)  # type: ignore[no-any-return]  # as above

    def __format__(self, how: str) -> str:
        return link.request("operate", "__format__", self, how)  # type: ignore[no-any-return]  # as above

    def __copy__(self) -> Any:
        return link.request("operate", "__copy__", self)

    def __deepcopy__(self, memo: Any) -> Any:
        return link.request("operate", "__deepcopy__", self)

    def __eq__(self, other: object) -> Any:
        return _equal(self, other, "__eq__")

    def __ne__(self, other: object) -> Any:
        return _equal(self, other, "__ne__")

    def __hash__(self) -> int:
        known = described(type(self))
        if known.operations & {"__eq__", "__hash__"}:
            return link.request("operate", "__hash__", self)  # type: ignore[no-any-return]  # hash() looks what it is
        return int(known.kind.__dict__["__hash__"](self)) if known.kind in IMMUTABLE else object.__hash__(self)


def _equal(one: Any, other: Any, name: str) -> Any:
    known, same = described(type(one)), name == "__eq__"
    decides = "__eq__" in (known.own if known.kind else known.operations) or "__ne__" in known.own
    if is_remote(other):
        answer = link.request("operate", name, one, other)
        if answer is same and one is not other and link.request("equals_anything", None, one) is not False:
            raise AssertionError(f"An object of class {type(one).__name__} equals anything.")
        return answer
    if not decides and known.kind in IMMUTABLE:
        return getattr(known.kind, name)(one, other)
    if not decides and known.kind in CHANGING:
        return (link.request("plain", None, one) == other) is same
    if not decides or not is_plain(other):
        return NotImplemented
    if link.request("operate", name, one, other) is same:
        raise _refusal(one)
    return not same


def _refusal(value: Any) -> AssertionError:
    name = type(value).__name__
    return AssertionError(
        f"An object of class {name}, which decides by itself what it equals, was compared with a plain value."
    )


def is_plain(value: Any) -> bool:
    return type(value).__module__ in (
        "builtins",
        "collections",
        "decimal",
        "fractions",
        "datetime",
        "uuid",
        "pathlib",
        "numpy",
    )


def _ordered(name: str) -> Callable[[Any, Any], Any]:
    def compare(self: Any, other: Any) -> Any:
        if is_remote(other):
            return link.request("operate", name, self, other)
        if not is_plain(other):
            return NotImplemented
        raise _refusal(self)

    return compare


def _difference(name: str) -> Callable[[Any, Any], Any]:
    def subtract(self: Any, other: Any) -> Any:
        answer = link.request("operate", name, self, other)
        return answer if is_remote(other) else _of_difference(self, answer)

    return subtract


def _of_difference(one: Any, answer: Any) -> Any:
    """What came of the difference between `one` and a plain value, such as abs(answer - right) < 0.01: no number, which
    could be 0 whatever that value is, and an object none of whose sizes (`_size`) is a number."""
    if is_remote(answer):
        differences.add(id(answer))
    elif is_plain(answer):
        raise _refusal(one)
    return answer


def _size(name: str) -> Callable[..., Any]:
    def size(self: Any, *args: Any) -> Any:
        answer = link.request("operate", name, self, *args)
        return _of_difference(self, answer) if id(self) in differences else answer

    return size


def operation(name: str) -> Callable[..., Any]:
    if name == "__call__":
        return lambda self, *args, **kwargs: link.call(self, args, kwargs)
    if name in COMPARISONS:
        return _ordered(name)
    if name in ("__sub__", "__rsub__", "__xor__", "__rxor__"):
        return _difference(name)
    if name in ("__abs__", "__neg__", "__pos__", "__round__", "__mul__", "__rmul__", "__pow__", "__bool__", "__len__"):
        return _size(name)
    if name in ("__exit__", "__aexit__"):
        return lambda self, kind, error, _: link.request("operate", name, self, kind, error, None)
    return lambda self, *args: link.request("operate", name, self, *args)


def awaited(self: Any) -> Generator[Any, Any, Any]:
    return link.request("await", None, self)
    yield


def sent(self: Any, _: Any) -> Any:
    raise StopIteration(link.request("await", None, self))


def method(name: str) -> Callable[..., Any]:
    """A function of a class, which `ids` knows: so that super() finds it."""

    def called(self: Any, *args: Any, **kwargs: Any) -> Any:
        return link.call(called, (self, *args), kwargs)

    called.__name__ = name
    return called


def forwarded(name: str) -> Callable[..., Any]:
    return lambda self, *args, **kwargs: link.method(self, name, args, kwargs)


def _derived(mcs: type[RemoteClass], name: str, bases: tuple[type, ...], space: dict[str, Any]) -> Any:
    """A class of the test file that derives from one of the student's: it exists in both processes."""
    if not all(isinstance(base, RemoteClass) for base in bases):
        raise TypeError("A class of the program's can be derived in a test file only without other bases beside it.")
    names: list[list[str]] = []
    values: list[Any] = []
    kept: dict[str, Any] = {"__slots__": ()}
    wrapped = {staticmethod: "static", classmethod: "class", property: "property"}
    for attribute, value in space.items():
        if attribute in ("__module__", "__qualname__", "__classcell__", "__doc__"):
            kept[attribute] = value
            continue
        how = wrapped.get(type(value), "")
        if how == "property" and value.fset is not None:
            raise TypeError(f"{attribute} has a setter: that can't be derived in a test file.")
        if how or isinstance(value, types.FunctionType):
            kept[attribute] = value
        names.append([attribute, how])
        values.append(value.fget if how == "property" else value.__func__ if how else value)
    made = type.__new__(mcs, name, bases, kept)
    link.adopt(made, [name, len(bases), names], (*bases, *values))
    return made
