"""numpy's values as a beginner means them: a number is a number, an array a list. Nothing here without numpy.

Only numpy's own types count, exactly: what a student derives from one is an object like any other. Contents are read
with numpy's own methods, which no Python code can replace, captured before any code of a student runs.
"""

import sys
from typing import Any

TOO_LARGE = object()

_SCALARS = """
bool_ int8 int16 int32 int64 longlong uint8 uint16 uint32 uint64 ulonglong float16 float32 float64
complex64 complex128 str_ bytes_
"""
_KINDS = frozenset("biufcSUO")  # of an array's elements: not dates, spans of time and records

_numpy: Any = sys.modules.get("numpy")  # where the forker has it preloaded
_ARRAY: Any = None if _numpy is None else _numpy.ndarray
_types = [] if _numpy is None else [_ARRAY, *(getattr(_numpy, name) for name in _SCALARS.split())]
TYPES = {id(cls) for cls in _types}  # by id: a class of a student's may have a hash of its own

if _numpy is not None:
    _item = _numpy.generic.item
    _tolist, _size, _shape, _dtype = (_ARRAY.__dict__[name] for name in ("tolist", "size", "shape", "dtype"))
    _kind = _numpy.dtype.__dict__["kind"]


def plain(value: Any, most: int) -> Any:
    """The Python value of one whose class is among TYPES: lists for an array.

    TOO_LARGE for one of more than `most` elements. An array of something that is no plain value is returned as it is.
    """
    if type(value) is not _ARRAY:
        return _item(value)
    if _kind.__get__(_dtype.__get__(value)) not in _KINDS:
        return value
    return TOO_LARGE if _size.__get__(value) > most else _tolist(value)


def is_array(cls: type) -> bool:
    return _ARRAY is not None and cls is _ARRAY


def shape(array: Any) -> str:
    """Such as "500 x 500"."""
    return " x ".join(map(str, _shape.__get__(array)))
