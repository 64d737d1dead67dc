"""numpy's arrays and numbers as values that cross between the processes of a unit job, where numpy is loaded.

An array is one on both sides, as a list is. Nothing here without numpy; numpy itself is used, not imported.
"""

import math
import re
from typing import Any

from learnflow.judge.inside.unit.plain_types import BY_NAME, BY_VALUE, MIRRORED, MIRRORED_BY_NAME, OF_ANYTHING

MAX_ELEMENTS = 300_000
_DTYPE = re.compile(r"[<>|=]?[biufcSU][0-9]{1,4}", re.ASCII)  # not objects, dates and records
_SCALARS = """
bool_ int8 int16 int32 int64 longlong uint8 uint16 uint32 uint64 ulonglong float16 float32 float64
complex64 complex128 str_ bytes_
"""
_known: dict[str, Any] = {}


def know(numpy: Any) -> None:
    """From now on numpy's values cross."""
    if _known:
        return
    _known["numpy"] = numpy
    MIRRORED[numpy.ndarray] = "ndarray"
    MIRRORED_BY_NAME["ndarray"] = numpy.ndarray
    for name in _SCALARS.split():
        cls = getattr(numpy, name)
        BY_VALUE[cls] = (f"numpy.{name}", lambda value: (value.item(),), cls)
        BY_NAME[f"numpy.{name}"] = (cls, cls)
        OF_ANYTHING.add(f"numpy.{name}")


def is_array(cls: type) -> bool:
    return bool(_known) and cls is _known["numpy"].ndarray


def form(array: Any) -> list[Any]:
    """[type of the elements, shape]. Raises TypeError for elements that are no plain values."""
    if not _DTYPE.fullmatch(array.dtype.str):
        raise TypeError(f"An array of {array.dtype} can't be handed from the tests to the program or back.")
    return [array.dtype.str, list(array.shape)]


def empty(told: Any) -> Any:
    """An array of that form. Raises ValueError or TypeError where it makes no sense."""
    dtype, shape = told
    if not _DTYPE.fullmatch(dtype) or len(shape) > 16 or not 0 <= math.prod(shape) <= MAX_ELEMENTS:
        raise ValueError("no form of an array")
    return _known["numpy"].zeros(shape, dtype)


def elements(array: Any) -> list[Any]:
    flat: list[Any] = array.ravel().tolist()
    return flat


def fill(array: Any, items: list[Any]) -> None:
    array[...] = _known["numpy"].array(items, dtype=array.dtype).reshape(array.shape)
