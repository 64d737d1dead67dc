"""Whether the modules that the operator offers can really be used, found out by loading them in a sandbox."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from learnflow.judge.sandbox.child import ForkerLost
from learnflow.judge.sandbox.forkers import Forker
from learnflow.judge.sandbox.modules import Module, ModulesUnavailable, below_full, find
from learnflow.judge.sandbox.tier import Tier

_SLOT = 249  # a user that no forker of a pool is likely to have at the same time


@dataclass(frozen=True, slots=True)
class OfferedModule:
    """`version` is None where it isn't installed; `fault` says why it can't be used, None if it can."""

    name: str
    version: str | None
    fault: str | None = None


@dataclass(frozen=True, slots=True)
class OfferedModules:
    """`megabytes`: the memory of one forker that has all the usable ones; `seconds`: how long it takes to start."""

    modules: list[OfferedModule] = field(default_factory=list)
    megabytes: float = 0.0
    seconds: float = 0.0

    @property
    def faults(self) -> list[str]:
        return [module.fault for module in self.modules if module.fault is not None]


async def examine_modules(names: Sequence[str], tier: Tier = Tier.full) -> OfferedModules:
    """Whether they can be used where programs are judged in `tier`: none below full.

    Load all of them together, so that those which need each other are there; then all but the first that fails, and
    so on."""
    if tier is not Tier.full:
        return OfferedModules([OfferedModule(name, None, str(below_full(name, tier))) for name in names])
    faults: dict[str, str] = {}
    found: dict[str, Module] = {}
    for name in names:
        try:
            found[name] = find(name)
        except ModulesUnavailable as problem:
            faults[name] = str(problem)
    megabytes = seconds = 0.0
    while left := [module for name, module in found.items() if name not in faults]:
        forker = Forker(_SLOT, modules=left)
        began = time.perf_counter()
        try:
            await forker.start()
            megabytes, seconds = _memory(forker.pid), time.perf_counter() - began
            break
        except ModulesUnavailable as problem:
            faults |= {module.name: str(problem) for module in left if module.name == problem.name} or {
                module.name: str(problem) for module in left
            }
        except (ForkerLost, OSError) as problem:
            faults |= {module.name: f"The module {module.name} could not be tried: {problem}" for module in left}
        finally:
            await forker.close()
    return OfferedModules(
        [OfferedModule(name, found[name].version if name in found else None, faults.get(name)) for name in names],
        megabytes,
        seconds,
    )


def _memory(pid: int) -> float:
    """Megabytes of a process that are its own and in memory."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    pages = {line.split(":")[0]: int(line.split()[1]) for line in lines if line.endswith("kB")}
    return pages["Pss"] / 1024
