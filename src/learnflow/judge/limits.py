"""What one test case may use. Defaults are the product's; an exercise may override them within a checked range."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any


class CaseError(ValueError):
    """A definition of a test case or of limits that makes no sense.

    `field` is the path of what is wrong ("test_cases[2].input.function"), `message` says what to do about it.
    """

    def __init__(self, field: str, message: str) -> None:
        super().__init__(f"{field}: {message}")
        self.field = field
        self.message = message


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Seconds and bytes that one test case may use."""

    wall_seconds: float = 5.0
    cpu_seconds: float = 2.0
    memory_bytes: int = 128 * 2**20
    output_bytes: int = 64 * 2**10
    file_bytes: int = 16 * 2**20

    def with_overrides(self, overrides: Mapping[str, Any] | None, field: str = "limits") -> "Limits":
        """These limits with some replaced. Raises CaseError for an unknown name or a value out of range."""
        if overrides is None:
            return self
        if not isinstance(overrides, Mapping):
            raise CaseError(field, 'Give an object such as {"wall_seconds": 5}.')
        checked: dict[str, Any] = {name: _checked(name, value, field) for name, value in overrides.items()}
        return replace(self, **checked)


# Smallest and largest value an exercise may ask for. A case must fit into the whole submission's 15 seconds, and a
# machine with two forkers must bear two of the largest programs at once.
RANGES: dict[str, tuple[float, float]] = {
    "wall_seconds": (0.1, 15.0),
    "cpu_seconds": (0.1, 10.0),
    "memory_bytes": (32 * 2**20, 512 * 2**20),
    "output_bytes": (2**10, 2**20),
    "file_bytes": (0, 16 * 2**20),  # the home of a job is no larger
}
_INTEGERS = frozenset(field.name for field in fields(Limits) if field.type is int)


def _checked(name: Any, value: Any, field: str) -> float | int:
    if name not in RANGES:
        raise CaseError(f"{field}.{name}", f"There is no such limit; use one of {', '.join(RANGES)}.")
    low, high = RANGES[name]
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise CaseError(f"{field}.{name}", f"Give a number from {low:g} to {high:g}.")
    if name in _INTEGERS and not isinstance(value, int):
        raise CaseError(f"{field}.{name}", f"Give a whole number of bytes from {low:.0f} to {high:.0f}.")
    if not low <= value <= high:  # also catches nan, which lies in no range
        raise CaseError(f"{field}.{name}", f"{value} is out of range; give a number from {low:.15g} to {high:.15g}.")
    return value
