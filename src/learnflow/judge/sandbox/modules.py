"""Modules beside the standard library that students' programs may use: where they are installed, and their versions.

A forker that has a module sees that module's own files and nothing else of site-packages: its folder, or its one file,
and the shared libraries that its wheel brought in a folder beside it (numpy.libs). What a module imports in turn has to
be listed too.
"""

import functools
import os
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from importlib import metadata, util
from pathlib import Path

from learnflow.judge.sandbox.child import ForkerLost

_NOT_LOADED = "ModuleNotLoaded: "  # how inside/forker.py begins to say that a module can't be imported there


class ModulesUnavailable(ForkerLost):
    """A module can't be used: it isn't offered or installed, or importing it fails. No program is at fault."""

    def __init__(self, name: str, why: str) -> None:
        super().__init__(f"The module {name} {why}")
        self.name = name


def below_full(name: str, tier: str) -> ModulesUnavailable:
    return ModulesUnavailable(name, f"can be used in isolation tier full alone; here it is {tier}.")


def lost(reason: str) -> ForkerLost:
    """The error for what a forker said when it gave up."""
    if not reason.startswith(_NOT_LOADED):
        return ForkerLost(reason)
    name, _, why = reason.removeprefix(_NOT_LOADED).partition(" ")
    return ModulesUnavailable(name, why)


@dataclass(frozen=True, slots=True)
class Module:
    """`files` are its paths here, each with its name in the sandbox's folder of modules."""

    name: str
    version: str
    files: tuple[tuple[str, str], ...]


@functools.cache
def find(name: str) -> Module:
    """A module that is installed for the interpreter that runs this service. Raises ModulesUnavailable."""
    if name in sys.stdlib_module_names:
        raise ModulesUnavailable(name, "belongs to Python itself and needs no offering.")
    if name == "learnflow":
        raise ModulesUnavailable(name, "is this service itself and is not for students' programs.")
    try:
        spec = util.find_spec(name) if name.isidentifier() else None
    except ValueError:
        spec = None
    if spec is None:
        raise ModulesUnavailable(name, "is not installed where the judge runs.")
    folders = list(spec.submodule_search_locations or ())
    path = folders[0] if folders else spec.origin
    if len(folders) > 1 or spec.origin is None or path is None or not Path(path).exists():
        raise ModulesUnavailable(name, "has no folder or file of its own, so it can't be given alone.")
    files = [(path, name if folders else Path(path).name)]
    distribution = _distribution(name)
    if distribution is not None:
        files += _libraries(distribution)
    version = "unknown" if distribution is None else distribution.version
    return Module(name, version, tuple((os.path.realpath(here), inside) for here, inside in files))


def find_all(names: Iterable[str]) -> tuple[Module, ...]:
    return tuple(map(find, names))


def _distribution(name: str) -> metadata.Distribution | None:
    """What was installed to bring the module."""
    names = metadata.packages_distributions().get(name)
    return metadata.distribution(names[0]) if names else None


def _libraries(distribution: metadata.Distribution) -> list[tuple[str, str]]:
    """The folder in which a wheel brings the shared libraries that it was built with."""
    tops = {file.parts[0] for file in distribution.files or () if len(file.parts) > 1}
    folders = [(str(distribution.locate_file(top)), top) for top in sorted(tops) if top.endswith(".libs")]
    return [(path, top) for path, top in folders if Path(path).is_dir()]
