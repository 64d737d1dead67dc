"""Judge a submission: every case in a child of its own, spread over the idle forkers of a pool."""

import asyncio
from collections import deque
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from learnflow.judge.cases import Case, job_input
from learnflow.judge.checker import CHECKER_LIMITS, checker_job
from learnflow.judge.expectations import ExpectedOutput
from learnflow.judge.limits import Limits
from learnflow.judge.property.judging import Runner, judge_property
from learnflow.judge.sandbox.child import ForkerLost
from learnflow.judge.sandbox.modules import ModulesUnavailable
from learnflow.judge.sandbox.pool import ForkerPool
from learnflow.judge.sandbox.tier import JudgeUnavailable, Tier
from learnflow.judge.scoring import answer_to_check, assess, assess_run, score_of, unrun
from learnflow.judge.unit import new_key, unit_job
from learnflow.judge.verdicts import CaseResult, Execution, Judgement, RunResult, Verdict

JUDGE_VERSION = "3"  # raised when the same program may get another verdict than before
TIME_LIMITS_BORNE = 2  # after so many, the cases that are left are not run
SHORTEST_WALL_SECONDS = 0.05  # with less than this left of the budget a case is not begun
_JUDGE_FAILED = "The judge failed while it ran this case. This is not your program's fault."

_NO_FILES = (
    "This case looks at files that the program writes, which no program can do in the isolation tier `reduced`: it "
    "needs `full` (`learnflow judge doctor`)."
)


async def judge_code(
    pool: ForkerPool,
    code: str,
    cases: Sequence[Case],
    limits: Limits = Limits(),  # noqa: B008  # frozen
    on_case: Callable[[CaseResult], None] | None = None,
    budget_seconds: float = 15.0,
    owner: Hashable = None,
    modules: Sequence[str] = (),
) -> Judgement:
    """The verdict of every case, in the order of the cases. `on_case` hears of each as it is decided, in any order.

    `budget_seconds` is what the programs may run in all: once it is used up no further case is begun. Waiting for a
    forker is not counted. `owner` is whose code it is, `modules` what it may import beside the standard library
    (ForkerPool.execute). Raises JudgeUnavailable when nothing can be run, ModulesUnavailable when those can't be had;
    a forker that dies makes the case it ran an internal_error, never the student's fault.
    """
    versions = await pool.prepare(modules)
    submission = _Submission(pool, code, cases, limits, on_case, budget_seconds, owner, modules)
    try:
        async with asyncio.TaskGroup() as group:
            for _ in range(min(pool.size, len(cases))):
                group.create_task(submission.judge_what_is_left())
    except ExceptionGroup as problems:
        expected, others = problems.split((JudgeUnavailable, ModulesUnavailable))
        if expected is None or others is not None:
            raise
        raise expected.exceptions[0] from problems
    results = [result for result in submission.results if result is not None]
    return Judgement(
        results=results,
        score=score_of(results),
        passed=all(result.verdict is Verdict.passed for result in results),
        tier=pool.tier.tier,
        judge_version=JUDGE_VERSION,
        interpreter=pool.interpreter,
        modules=versions,
    )


async def run_code(
    pool: ForkerPool,
    code: str,
    *,
    stdin: str = "",
    args: Sequence[str] = (),
    files: Mapping[str, str] | None = None,
    limits: Limits = Limits(),  # noqa: B008  # frozen
    owner: Hashable = None,
    modules: Sequence[str] = (),
) -> RunResult:
    """Run a program once, with nothing expected of it. Raises ForkerLost or JudgeUnavailable when it can't be run,
    ModulesUnavailable."""
    job = {"kind": "stdio", "source": code, "stdin": stdin, "args": list(args), "files": dict(files or {})}
    return assess_run(await pool.execute(job, limits, owner=owner, modules=modules), code, limits)


class _Submission:
    """What is known so far of one submission, shared by the tasks that judge its cases."""

    def __init__(
        self,
        pool: ForkerPool,
        code: str,
        cases: Sequence[Case],
        limits: Limits,
        on_case: Callable[[CaseResult], None] | None,
        budget_seconds: float,
        owner: Hashable,
        modules: Sequence[str],
    ) -> None:
        self.pool = pool
        self.code = code
        self.limits = limits
        self.on_case = on_case
        self.owner = owner
        self.modules = modules
        self.seconds_left = budget_seconds
        self.time_limits = 0
        self.syntax_error: CaseResult | None = None
        self.left = deque(enumerate(cases))
        self.results: list[CaseResult | None] = [None] * len(cases)

    async def judge_what_is_left(self) -> None:
        while self.left:
            position, case = self.left.popleft()
            judge = self._judge_property if case.kind == "property" else self._judge
            result = self._without_running(position, case) or await judge(position, case)
            self.results[position] = result
            if self.on_case is not None:
                self.on_case(result)

    def _without_running(self, position: int, case: Case) -> CaseResult | None:
        tier = self.pool.tier.tier
        if tier is Tier.reduced and isinstance(case.expected, ExpectedOutput) and case.expected.files:
            result = unrun(case, position, Verdict.internal_error, _NO_FILES, tier)
            return replace(result, fault=_NO_FILES)
        if self.syntax_error is not None:
            sentence = self.syntax_error.explanation or ""
            result = unrun(case, position, Verdict.syntax_error, sentence, tier)
            return replace(result, error=self.syntax_error.error)
        if self.time_limits >= TIME_LIMITS_BORNE:
            sentence = f"This case was not run: {self.time_limits} others took too long."
            return unrun(case, position, Verdict.time_limit, sentence, tier)
        if self.seconds_left < SHORTEST_WALL_SECONDS:
            sentence = "This case was not run: the cases before it used up the time there is for all of them together."
            return unrun(case, position, Verdict.time_limit, sentence, tier)
        return None

    async def _judge(self, position: int, case: Case) -> CaseResult:
        tier = self.pool.tier.tier
        limits = replace(self.limits, wall_seconds=min(self.limits.wall_seconds, self.seconds_left))
        key = new_key()
        job = unit_job(case, key) if case.kind == "unit" else job_input(case)
        job |= {"source": self.code, "seed": position}  # the same numbers when it is judged again
        try:
            followed = bool(self.left)
            execution = await self.pool.execute(job, limits, owner=self.owner, modules=self.modules, followed=followed)
            checked = await self._checked(case, execution, limits)
        except ForkerLost:
            return unrun(case, position, Verdict.internal_error, _JUDGE_FAILED, tier)
        self.seconds_left -= execution.wall_ms / 1e3
        result = assess(case, position, execution, tier, self.code, limits, checked, key)
        self._remember(result)
        return result

    async def _judge_property(self, position: int, case: Case) -> CaseResult:
        tier = self.pool.tier.tier
        runner = Runner(self._run_student, self._run_teacher, lambda: self.seconds_left)
        try:
            result = await judge_property(case, position, self.code, self.limits, tier, runner)
        except ForkerLost:
            return unrun(case, position, Verdict.internal_error, _JUDGE_FAILED, tier)
        self._remember(result)
        return result

    async def _run_student(self, job: dict[str, Any], limits: Limits) -> Execution:
        execution = await self.pool.execute(job, limits, owner=self.owner, modules=self.modules)
        self.seconds_left -= execution.wall_ms / 1e3
        return execution

    async def _run_teacher(self, job: dict[str, Any], limits: Limits) -> Execution:
        return await self.pool.execute(job, limits, owner=self.owner, modules=self.modules)

    def _remember(self, result: CaseResult) -> None:
        """What makes the cases that are left not worth running."""
        if result.verdict is Verdict.syntax_error:
            self.syntax_error = result
        if result.verdict is Verdict.time_limit:
            self.time_limits += 1

    async def _checked(self, case: Case, execution: Execution, limits: Limits) -> Execution | None:
        """What the teacher's checker says of the answer, from a child of its own; None when it has nothing to say."""
        answer = answer_to_check(case, execution, self.code, limits)
        if answer is None:
            return None
        job = checker_job(case, answer[0]) | {"seed": 0}
        return await self.pool.execute(job, CHECKER_LIMITS, owner=self.owner, modules=self.modules)
