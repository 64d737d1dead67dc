"""Whether the judge can work with an exercise's cases and limits (`exercises.verification.CheckDefinition`)."""

from collections.abc import Mapping
from typing import Any

from learnflow.core.errors import InvalidInput
from learnflow.judge.cases import parse_cases
from learnflow.judge.limits import CaseError, Limits


def check_definition(test_cases: list[dict[str, Any]], limits: Mapping[str, Any]) -> None:
    """Raises InvalidInput naming the field that makes no sense, such as `test_cases[2].input.function`."""
    try:
        parse_cases(test_cases)
        Limits().with_overrides(limits)
    except CaseError as error:
        raise InvalidInput.of(error.field, error.message) from error
