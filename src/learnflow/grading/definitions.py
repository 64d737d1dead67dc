"""What submissions are judged against: an exercise version's cases and limits, as the judge wants them."""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from learnflow.core.errors import InvalidInput
from learnflow.exercises.cases import cases_to_judge
from learnflow.exercises.queries import version_of
from learnflow.judge import Case, CaseError, Limits, parse_cases

KEPT = 100
"""Versions kept parsed: a class works on a few exercises at a time."""


@dataclass(frozen=True, slots=True)
class Definition:
    """`fault` says why nothing can be judged by it; None when all is well."""

    cases: Sequence[Case]
    limits: Limits
    fault: str | None = None


def define(test_cases: list[dict[str, Any]], limits: Mapping[str, Any]) -> Definition:
    """Raises CaseError naming what makes no sense."""
    return Definition(parse_cases(test_cases), Limits().with_overrides(limits))


def check_definition(test_cases: list[dict[str, Any]], limits: Mapping[str, Any]) -> None:
    """Whether the judge can work with these. Raises InvalidInput naming the field."""
    try:
        define(test_cases, limits)
    except CaseError as error:
        raise InvalidInput.of(error.field, error.message) from error


class Definitions:
    """The last versions used, parsed: a version never changes once written."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[int, int], Definition] = OrderedDict()

    async def of(self, session: AsyncSession, exercise_id: int, version: int) -> Definition:
        key = (exercise_id, version)
        known = self._kept.get(key)
        if known is None:
            known = self._kept[key] = await _read(session, exercise_id, version)
            if len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        self._kept.move_to_end(key)
        return known


async def _read(session: AsyncSession, exercise_id: int, version: int) -> Definition:
    content = await version_of(session, exercise_id, version)
    test_cases = cases_to_judge(content.test_cases, content.expected_output)
    if not test_cases:
        return Definition((), Limits(), f"Exercise {exercise_id} has no test cases in version {version}.")
    try:
        return define(test_cases, content.limits)
    except CaseError as error:
        return Definition((), Limits(), f"Exercise {exercise_id}, version {version}: {error}")
