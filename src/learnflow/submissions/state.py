"""The status of a submission: which there are, which is final, which may follow which."""

from enum import StrEnum


class Status(StrEnum):
    queued = "queued"
    running = "running"
    passed = "passed"
    failed = "failed"
    error = "error"


FINAL = frozenset({Status.passed, Status.failed, Status.error})
"""Graded: nothing but a re-grade changes it."""

_MAY_FOLLOW: dict[Status, frozenset[Status]] = {
    # running again after running: the grader that held it was presumed dead.
    Status.running: frozenset({Status.queued, Status.running}),
    # given back by a grader that stops, or put aside for another try
    Status.queued: frozenset({Status.running}),
    Status.passed: frozenset({Status.running}),
    Status.failed: frozenset({Status.running}),
    Status.error: frozenset({Status.running}),
}


def sources_of(status: Status) -> list[str]:
    """The statuses from which `status` may be reached, for the WHERE of the UPDATE that sets it."""
    return sorted(source.value for source in _MAY_FOLLOW[status])


def is_final(status: str) -> bool:
    return status in FINAL
