"""Loads modules beside the standard library into a forker before it makes a child, and gives each job its seed."""

import importlib
import random
import sys
from collections.abc import Callable

from learnflow.judge.inside import numpy_values

_seeders: list[Callable[[int], object]] = [random.seed]


class ModuleNotLoaded(Exception):
    """A module beside the standard library can't be imported here; the text begins with its name and says why."""


def load(path: str, names: list[str]) -> None:
    """Import them from `path`. Raises ModuleNotLoaded."""
    if names:
        sys.path.append(path)
    for name in names:
        try:
            importlib.import_module(name)
            if name == "numpy":
                _know_numpy()
        except BaseException as problem:  # whatever importing it raises: SystemExit too
            said = " ".join(f"{type(problem).__name__}: {problem}".split())
            raise ModuleNotLoaded(f"{name} can't be loaded in the sandbox: {said[:500]}") from problem


def seed(number: int) -> None:
    """Give `random` its seed, and numpy.random where it is."""
    for give in _seeders:
        give(number)


def _know_numpy() -> None:
    """Load what numpy itself loads only when it is used, and have it reserve the 32 MB of address space in which it
    multiplies: here, where no job's limit counts them."""
    for part in ("random", "linalg", "fft"):
        importlib.import_module(f"numpy.{part}")
    square = sys.modules["numpy"].ones((200, 200))
    square @ square
    chance = random.Random()  # noqa: S311  # takes the place of os.urandom, so that default_rng() can be had again
    sys.modules["numpy.random.bit_generator"].randbits = chance.getrandbits  # type: ignore[attr-defined]  # numpy's
    _seeders.extend([chance.seed, sys.modules["numpy.random"].seed])
    numpy_values.know(sys.modules["numpy"])
