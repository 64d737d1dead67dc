"""One pool of forkers for all tests of a worker: starting one takes longer than most tests."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from tests.judge.with_modules import files_before, folder, numpy_pool

from learnflow.judge import CaseResult, Execution, ForkerPool, Judgement, Limits, judge_code, parse_cases

__all__ = ["files_before", "folder", "numpy_pool"]  # fixtures of tests with modules

Execute = Callable[..., Awaitable[Execution]]
JudgeCall = Callable[..., Awaitable[CaseResult]]


@pytest.fixture(scope="session")
async def pool() -> AsyncIterator[ForkerPool]:
    async with ForkerPool(size=2) as pool:
        yield pool


@pytest.fixture
def execute(pool: ForkerPool) -> Execute:
    """Run a stdio program in the sandbox: execute("print(1)", stdin="", cpu_seconds=1)."""

    async def run(source: str, stdin: str = "", **limits: Any) -> Execution:
        job = {"kind": "stdio", "source": source, "stdin": stdin}
        return await pool.execute(job, Limits(**limits))

    return run


@pytest.fixture
def judge_call(pool: ForkerPool) -> JudgeCall:
    """Judge one call of `answer()` for the value 42: judge_call("def answer(): return 42")."""

    async def judge(source: str, expected: object = 42, **limits: Any) -> CaseResult:
        cases = parse_cases([{"name": "answer", "kind": "call", "input": {"function": "answer"}, "expected": expected}])
        judgement: Judgement = await judge_code(pool, source, cases, Limits(**limits))
        return judgement.results[0]

    return judge
