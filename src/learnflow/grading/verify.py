"""Answers what the exercises room asks of a judge (`exercises.verification`), through the queue or directly."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from learnflow.accounts.access import Caller
from learnflow.core.database import Database
from learnflow.exercises.errors import VerificationUnavailable
from learnflow.exercises.verification import CaseVerdict, Draft, JudgeCode, ModulesUnusable, Verification, Verify
from learnflow.grading import judging
from learnflow.grading.definitions import define
from learnflow.judge import ForkerPool
from learnflow.submissions import run
from learnflow.submissions.errors import NoGraderInTime
from learnflow.submissions.live import Live


def verifier(database: Database, live: Live) -> Verify:
    """Verifies through the executions queue, so that any grader anywhere can do it."""

    async def verify(draft: Draft, caller: Caller) -> Verification:
        author = caller.id
        assert author is not None

        async def enqueue(session: AsyncSession) -> int:
            return await run.enqueue(session, student_id=author, kind="verify", request=_request(draft))

        try:
            return _verification(await run.execute(database, live, enqueue))
        except NoGraderInTime as error:
            raise VerificationUnavailable("No grader had time to verify the exercise.") from error

    return verify


async def verify_draft(pool: ForkerPool, draft: Draft) -> Verification:
    """Verify at once on `pool`. Raises CaseError, and the judge's ForkerLost and JudgeUnavailable."""
    outcome, _ = await judging.execute(pool, "verify", _request(draft))
    return _verification(outcome)


def code_judge(pool: ForkerPool) -> JudgeCode:
    """Judges any code on `pool`, case by case, for `learnflow course check`."""

    async def judge_code(
        code: str, test_cases: list[dict[str, Any]], limits: Mapping[str, Any], modules: Sequence[str]
    ) -> list[CaseVerdict]:
        try:
            judgement = await judging.judge_all(pool, code, define(test_cases, limits, modules))
        except judging.ModulesFault as problem:
            raise ModulesUnusable(str(problem)) from problem
        return [CaseVerdict(**judging.verdict_of(result)) for result in judgement.results]

    return judge_code


def _request(draft: Draft) -> dict[str, Any]:
    return {
        "solution_code": draft.solution_code,
        "starter_code": draft.starter_code,
        "test_cases": draft.test_cases,
        "limits": draft.limits,
        "modules": draft.modules,
    }


def _verification(outcome: dict[str, Any]) -> Verification:
    return Verification(
        failures=tuple(CaseVerdict(**failure) for failure in outcome["failures"]),
        starter_passes=outcome["starter_passes"],
        modules_fault=outcome.get("modules_fault"),
    )
