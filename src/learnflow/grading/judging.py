"""From work to outcome: everything between the database and the judge."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import asdict
from typing import Any

from learnflow.grading.definitions import Definition, define
from learnflow.judge import (
    CaseResult,
    ForkerPool,
    Judgement,
    Limits,
    ModulesUnavailable,
    Verdict,
    judge_code,
    run_code,
    trace_code,
)

LONGEST_OUTPUT = 8_000
"""Characters kept of what a case printed; the judge has compared the whole."""

_COLUMNS = ("position", "name", "hidden", "verdict", "points", "weight", "wall_ms", "cpu_ms", "memory_kb")


class JudgeFailed(Exception):
    """The judge itself failed (`internal_error`): never the student's fault. `results` are what there is."""

    def __init__(self, message: str, results: Sequence[CaseResult] = ()) -> None:
        super().__init__(message)
        self.results = results


class ExerciseFault(JudgeFailed):
    """The exercise itself can't be judged by, for instance because its checker raises: trying again won't help."""


class ModulesFault(ExerciseFault):
    """The modules that an exercise needs can't be used here."""


NO_MODULES = (
    "This exercise needs a module that can't be used here. This is not your program's fault: tell your teacher."
)


async def judge(
    pool: ForkerPool,
    code: str,
    definition: Definition,
    on_case: Callable[[CaseResult], None] | None = None,
    *,
    owner: Hashable = None,
) -> Judgement:
    """Raises JudgeFailed, ExerciseFault among them, and the judge's ForkerLost and JudgeUnavailable."""
    judgement = await _judgement(pool, code, definition, on_case, owner)
    failed = [result for result in judgement.results if result.verdict is Verdict.internal_error]
    faults = [result.fault for result in failed if result.fault is not None]
    if failed and len(faults) == len(failed):
        raise ExerciseFault(faults[0], judgement.results)
    if failed:
        raise JudgeFailed(failed[0].explanation or "The judge failed.", judgement.results)
    return judgement


async def judge_all(pool: ForkerPool, code: str, definition: Definition, *, owner: Hashable = None) -> Judgement:
    """Like `judge`, but the own fault of a case is in the results instead of raised."""
    judgement = await _judgement(pool, code, definition, None, owner)
    failed = [r for r in judgement.results if r.verdict is Verdict.internal_error and r.fault is None]
    if failed:
        raise JudgeFailed(failed[0].explanation or "The judge failed.", judgement.results)
    return judgement


async def _judgement(
    pool: ForkerPool,
    code: str,
    definition: Definition,
    on_case: Callable[[CaseResult], None] | None,
    owner: Hashable,
) -> Judgement:
    cases, limits, modules = definition.cases, definition.limits, definition.modules
    try:
        return await judge_code(pool, code, cases, limits, on_case, owner=owner, modules=modules)
    except ModulesUnavailable as problem:
        raise ModulesFault(str(problem)) from problem


async def execute(
    pool: ForkerPool, kind: str, request: dict[str, Any], *, owner: Hashable = None
) -> tuple[dict[str, Any], str | None]:
    """The outcome of a run, a trace or a verification, and the type of error it ended with. Raises like `judge`."""
    modules = request.get("modules", ())
    definition = define(request["test_cases"], request["limits"], modules) if request["test_cases"] else None
    if kind == "verify":
        assert definition is not None
        return await _verify(pool, request, definition, owner), None
    try:
        await pool.prepare(modules)
    except ModulesUnavailable:
        return _not_run(kind), Verdict.internal_error.value
    if kind == "trace":
        return await _trace(pool, request, definition, owner)
    return await _run(pool, request, definition, owner)


def _not_run(kind: str) -> dict[str, Any]:
    """The outcome of a run or a trace whose modules can't be had."""
    shown = {"stdout": "", "stderr": "", "exit_code": None, "verdict": Verdict.internal_error.value, "error": None}
    shown["explanation"] = NO_MODULES
    if kind == "trace":
        return shown | {"ended": "stopped", "steps": []}
    return {"run": shown | {"wall_ms": 0.0, "cpu_ms": 0.0, "memory_kb": 0, "truncated": False}, "cases": []}


async def _run(
    pool: ForkerPool, request: dict[str, Any], definition: Definition | None, owner: Hashable
) -> tuple[dict[str, Any], str | None]:
    limits = Limits() if definition is None else definition.limits
    modules = request.get("modules", ())
    run = await run_code(pool, request["code"], stdin=request["stdin"], limits=limits, owner=owner, modules=modules)
    results = [] if definition is None else (await judge_all(pool, request["code"], definition, owner=owner)).results
    verdicts = [run.verdict, *(result.verdict for result in results)]
    error_type = next((verdict.value for verdict in verdicts if verdict is not Verdict.passed), None)
    outcome = {"run": asdict(run), "cases": [columns_of(result) for result in results]}
    return outcome, run.error["type"] if run.error else error_type


async def _trace(
    pool: ForkerPool, request: dict[str, Any], definition: Definition | None, owner: Hashable
) -> tuple[dict[str, Any], str | None]:
    """The outcome as the API answers it."""
    traced = await trace_code(
        pool,
        request["code"],
        stdin=request["stdin"],
        case=None if definition is None else definition.cases[0],
        position=request["position"],
        limits=Limits() if definition is None else definition.limits,
        owner=owner,
        modules=request.get("modules", ()),
    )
    run = traced.run
    outcome = {
        "stdout": run.stdout,
        "stderr": run.stderr,
        "exit_code": run.exit_code,
        "verdict": None if traced.ended in ("steps", "size") else run.verdict.value,
        "explanation": run.explanation,
        "error": run.error,
        "ended": traced.ended,
        "steps": traced.steps,
    }
    error_type = None if run.verdict is Verdict.passed else run.verdict.value
    return outcome, run.error["type"] if run.error else error_type


async def _verify(pool: ForkerPool, request: dict[str, Any], definition: Definition, owner: Hashable) -> dict[str, Any]:
    try:
        solution = await judge_all(pool, request["solution_code"], definition, owner=owner)
        starter = await judge_all(pool, request["starter_code"], definition, owner=owner)
    except ModulesFault as problem:
        return {"failures": [], "starter_passes": False, "modules_fault": str(problem)}
    return {
        "failures": [verdict_of(result) for result in solution.results if result.verdict is not Verdict.passed]
        + [verdict_of(result) for result in starter.results if result.fault is not None],
        "starter_passes": starter.passed,
    }


def verdict_of(result: CaseResult) -> dict[str, Any]:
    """For a teacher: why a case was not passed, and whether the exercise itself is at fault."""
    explanation = result.fault or result.explanation
    return {
        "name": result.name,
        "verdict": result.verdict.value,
        "explanation": explanation,
        "fault": result.fault is not None,
    }


def columns_of(result: CaseResult) -> dict[str, Any]:
    """The result by the columns of `CaseOutcome`."""
    columns = {name: getattr(result, name) for name in _COLUMNS}
    columns["verdict"] = result.verdict.value
    columns |= {name: round(columns[name], 1) for name in ("wall_ms", "cpu_ms")}  # more digits would be noise
    columns["detail"] = {
        "expected": result.expected,
        "actual": result.actual,
        "diff": result.diff,
        "stdout": _shortened(result.stdout),
        "stderr": _shortened(result.stderr),
        "explanation": result.explanation,
        "error": result.error,
        "trust": result.trust,
    }
    return columns


def _shortened(text: str) -> str:
    more = len(text) - LONGEST_OUTPUT
    return text if more <= 0 else f"{text[:LONGEST_OUTPUT]}… ({more} more characters)"
