"""What submissions are judged against: an exercise version's cases and limits, as the judge wants them."""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from learnflow.core.errors import InvalidInput
from learnflow.exercises.cases import cases_to_judge
from learnflow.exercises.queries import version_of
from learnflow.exercises.verification import CheckDefinition
from learnflow.judge import Case, CaseError, Limits, parse_cases

KEPT = 100
"""Versions kept parsed: a class works on a few exercises at a time."""


@dataclass(frozen=True, slots=True)
class Definition:
    """`modules` can be imported beside the standard library. `fault` says why nothing can be judged by it; None when
    all is well."""

    cases: Sequence[Case]
    limits: Limits
    modules: Sequence[str] = ()
    fault: str | None = None


def define(test_cases: list[dict[str, Any]], limits: Mapping[str, Any], modules: Sequence[str] = ()) -> Definition:
    """Raises CaseError naming what makes no sense."""
    return Definition(parse_cases(test_cases), Limits().with_overrides(limits), tuple(modules))


def definition_check(offered: Sequence[str]) -> CheckDefinition:
    """Whether the judge can work with cases, limits and modules, of which these are offered."""

    def check(test_cases: list[dict[str, Any]], limits: Mapping[str, Any], modules: Sequence[str] = ()) -> None:
        try:
            define(test_cases, limits)
            require_offered(modules, offered)
        except CaseError as error:
            raise InvalidInput.of(error.field, error.message) from error

    return check


check_definition = definition_check(())
"""For where no module beside the standard library is offered."""


def require_offered(modules: Sequence[str], offered: Sequence[str]) -> None:
    """Raises CaseError."""
    for index, name in enumerate(modules):
        if name not in offered:
            there = f"offered are: {', '.join(offered)}" if offered else "no module beside the standard library is"
            raise CaseError(
                f"modules[{index}]",
                f"The module {name} is not offered here ({there}). The operator can offer it with "
                f"LEARNFLOW_JUDGE_MODULES={','.join([*offered, name])}, once it is installed where the judge runs.",
            )


class Definitions:
    """The last versions used, parsed: a version never changes once written. `offered`: modules they may need."""

    def __init__(self, offered: Sequence[str] = ()) -> None:
        self._offered = tuple(offered)
        self._kept: OrderedDict[tuple[int, int], Definition] = OrderedDict()

    async def of(self, session: AsyncSession, exercise_id: int, version: int) -> Definition:
        key = (exercise_id, version)
        known = self._kept.get(key)
        if known is None:
            known = self._kept[key] = await _read(session, exercise_id, version, self._offered)
            if len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        self._kept.move_to_end(key)
        return known


async def _read(session: AsyncSession, exercise_id: int, version: int, offered: Sequence[str]) -> Definition:
    content = await version_of(session, exercise_id, version)
    test_cases = cases_to_judge(content.test_cases, content.expected_output, prompts=content.prompts)
    if not test_cases:
        return Definition((), Limits(), fault=f"Exercise {exercise_id} has no test cases in version {version}.")
    try:
        require_offered(content.modules, offered)
        return define(test_cases, content.limits, content.modules)
    except CaseError as error:
        return Definition((), Limits(), fault=f"Exercise {exercise_id}, version {version}: {error}")
