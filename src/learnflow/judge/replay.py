"""What a judgement was reached with, beside code and cases, and whether judging again gives the same.

A program's world in the sandbox is the same every time but for the clock and the addresses of objects: hashes and
`random` are seeded, and nothing else of the machine is seen. What measures time (a verdict at the edge of a limit, a
program that prints the time) or goes by addresses (a set of objects without a hash of their own) may differ; all else
must not. Addresses themselves, as in <__main__.Dog object at 0x7f0c>, are not compared.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

from learnflow.judge.limits import Limits
from learnflow.judge.sandbox.bubblewrap import ENVIRONMENT

FIRST_SEED = 0  # of `random` in the first case; each case has its position added


@dataclass(frozen=True, slots=True)
class Difference:
    """`what` (verdict, actual, stdout, or name where the cases themselves are others) of one case, then and now."""

    position: int
    name: str
    what: str
    before: str | None
    now: str | None


def conditions(limits: Limits) -> dict[str, Any]:
    """The limits and the seeds, as they are kept with a result. `limits_of` reads them."""
    return {"limits": asdict(limits), "hash_seed": int(ENVIRONMENT["PYTHONHASHSEED"]), "random_seed": FIRST_SEED}


def limits_of(kept: Mapping[str, Any], otherwise: Limits) -> Limits:
    """The limits that were kept; `otherwise` where none were."""
    limits = kept.get("limits")
    known = {field.name for field in fields(Limits)}
    return Limits(**limits) if isinstance(limits, dict) and set(limits) == known else otherwise


def differences(before: Sequence[Mapping[str, Any]], now: Sequence[Mapping[str, Any]]) -> list[Difference]:
    """Compare outcomes case by case, given as dicts with position, name, verdict, actual and stdout."""
    then, again = ({case["position"]: case for case in cases} for cases in (before, now))
    return [
        Difference(position, str((then.get(position) or again[position])["name"]), what, old, new)
        for position in sorted(then.keys() | again.keys())
        for what in ("name", "verdict", "actual", "stdout")
        if _comparable(old := then.get(position, {}).get(what)) != _comparable(new := again.get(position, {}).get(what))
    ]


def _comparable(text: str | None) -> str | None:
    return None if text is None else re.sub(r"\bat 0x[0-9a-f]+", "at 0x…", text)
