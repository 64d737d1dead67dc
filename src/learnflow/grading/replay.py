"""Judge a submission again as it was judged, and compare; nothing is recorded."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from learnflow.core.database import Database
from learnflow.core.errors import Conflict
from learnflow.grading import judging
from learnflow.grading.definitions import Definition, Definitions
from learnflow.judge import JUDGE_VERSION, ForkerPool
from learnflow.judge.replay import Difference, conditions, differences, limits_of
from learnflow.submissions import queries
from learnflow.submissions.errors import SubmissionNotFound


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """`other_conditions`: what is not as it was then, in words: differences may come from there."""

    submission_id: int
    exercise_version: int
    cases: int
    other_conditions: list[str]
    differences: list[Difference]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kept:
    code: str
    exercise_version: int
    judged_with: dict[str, Any]
    cases: list[dict[str, Any]]
    definition: Definition


async def replay(database: Database, pool: ForkerPool, submission_id: int) -> Replay:
    """Raises SubmissionNotFound, Conflict when there is no judgement to compare with, and what the judge raises."""
    kept = await _read(database, submission_id, pool.modules)
    limits = limits_of(kept.judged_with, kept.definition.limits)
    judgement = await judging.judge(pool, kept.code, replace(kept.definition, limits=limits))
    now = {
        "tier": str(judgement.tier),
        "judge_version": judgement.judge_version,
        "interpreter": judgement.interpreter,
        "modules": judgement.modules,
        **conditions(limits),
    }
    return Replay(
        submission_id=submission_id,
        exercise_version=kept.exercise_version,
        cases=len(judgement.results),
        other_conditions=[
            f"{what.replace('_', ' ')}: {_shown(kept.judged_with[what])} then, {_shown(value)} now"
            for what, value in now.items()
            if what in kept.judged_with and kept.judged_with[what] != value
        ],
        differences=differences(kept.cases, [_flat(judging.columns_of(result)) for result in judgement.results]),
    )


def _shown(condition: Any) -> str:
    if not isinstance(condition, dict):
        return str(condition)
    return ", ".join(f"{name} {value}" for name, value in condition.items()) or "none"


async def _read(database: Database, submission_id: int, offered: Sequence[str]) -> _Kept:
    async with database.read() as session:
        found = await queries.submission(session, submission_id)
        if found is None:
            raise SubmissionNotFound(submission_id)
        outcomes = await queries.case_outcomes(session, submission_id)
        if found.judged_with is None or "fault" in found.judged_with or not outcomes:
            raise Conflict(
                f"Submission {submission_id} has the status {found.status} and no judgement to compare with."
            )
        definition = await Definitions(offered).of(session, found.exercise_id, found.exercise_version)
        if definition.fault is not None:
            raise Conflict(f"Judge version {JUDGE_VERSION} can't judge by its cases: {definition.fault}")
        cases = [
            _flat({"position": row.position, "name": row.name, "verdict": row.verdict, "detail": row.detail})
            for row in outcomes
        ]
        return _Kept(
            code=found.code,
            exercise_version=found.exercise_version,
            judged_with=found.judged_with,
            cases=cases,
            definition=definition,
        )


def _flat(columns: Mapping[str, Any]) -> dict[str, Any]:
    detail = columns["detail"]
    return {name: columns[name] for name in ("position", "name", "verdict")} | {
        "actual": detail["actual"],
        "stdout": detail["stdout"],
    }
