"""numpy's values as a beginner means them: a number is a number, an array a list. Nothing here without numpy.

Only numpy's own types count, exactly: what a student derives from one is an object like any other. Contents are read
with numpy's own methods, which no Python code can replace, captured before any code of a student runs.
"""

from typing import Any

TOO_LARGE = object()
TYPES: set[int] = set()  # ids of the types that `plain` knows: a class of a student's may have a hash of its own

_SCALARS = """
bool_ int8 int16 int32 int64 longlong uint8 uint16 uint32 uint64 ulonglong float16 float32 float64
complex64 complex128 str_ bytes_
"""
_KINDS = frozenset("biufcSUO")  # of an array's elements: not dates, spans of time and records
_of_numpy: dict[str, Any] = {"ndarray": None}


def know(numpy: Any) -> None:
    """From now on numpy's values are known."""
    array = numpy.ndarray
    _of_numpy.update({name: array.__dict__[name] for name in ("tolist", "size", "shape", "dtype")})
    _of_numpy.update(ndarray=array, item=numpy.generic.item, kind=numpy.dtype.__dict__["kind"])
    TYPES.update(map(id, (array, *(getattr(numpy, name) for name in _SCALARS.split()))))


def plain(value: Any, most: int) -> Any:
    """The Python value of one whose class is among TYPES: lists for an array.

    TOO_LARGE for one of more than `most` elements. An array of something that is no plain value is returned as it is.
    """
    if not is_array(type(value)):
        return _of_numpy["item"](value)
    if _of_numpy["kind"].__get__(_of_numpy["dtype"].__get__(value)) not in _KINDS:
        return value
    return TOO_LARGE if _of_numpy["size"].__get__(value) > most else _of_numpy["tolist"](value)


def is_array(cls: type) -> bool:
    return cls is _of_numpy["ndarray"]


def shape(array: Any) -> str:
    """Such as "500 x 500"."""
    return " x ".join(map(str, _of_numpy["shape"].__get__(array)))
