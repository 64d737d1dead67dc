"""Kind `property`: a teacher's generator makes the inputs, a function of theirs says what must hold for each.

1. `generate` makes the inputs in a child of its own, the same every time; `reference` says in another what is right.
2. The student's function gets all inputs in one child, decoded one after the other, and nothing of what is right.
3. Outside, or by `check` in a third child, the answers are compared in their order. The first that fails is tried
   alone, in a child of its own, as a `call` case would be.
4. While there are smaller inputs that fail alone in the same way, the failing one is exchanged for them (shrink.py).
5. The smallest is told as a failing `call` case is, with how many inputs were tried.

A function that is right alone and wrong after other calls is told so. The student's children count against the time of
the submission, the teacher's against limits of their own.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

from learnflow.judge.cases import Case, Comparison, ExpectedValue
from learnflow.judge.limits import Limits
from learnflow.judge.property.batches import Batch, read_batch
from learnflow.judge.property.shrink import Arguments, Budget, smallest
from learnflow.judge.property.teacher import SECONDS_FOR_SEARCH, Run, Teacher, TeacherFault, Trial
from learnflow.judge.property.turns import Turns
from learnflow.judge.scoring import UNREADABLE, assess, storable, unrun
from learnflow.judge.verdicts import CaseResult, Execution, Verdict
from learnflow.judge.wire import WireError, check_wire, display, is_complete

NOT_JUDGED = "The exercise's own test failed. This is not your program's fault: your teacher has to mend it."
SECONDS_OF_SEARCH = 4.0  # of the student's function, for smaller inputs
SECONDS_OF_CHUNK = 1.0  # of the student's function with one chunk of them
SECONDS_OF_HANGING = 0.3  # with one chunk, where what fails is that it does not end
HANGING_BORNE = 5  # chunks that were ended by a limit of time
LONGEST_ARGUMENT = 300  # characters of one argument, as it is shown
LONGEST_CALL = 1_000

_KEEPS = "does it keep something between calls, in a global variable or a default argument such as items=[]?"
EARLIER_TRIED = 8  # calls that may be the one after which a function is wrong
_FORGED = "Your program itself wrote where the judge reads its results. Leave that alone: return the answers."


@dataclass(frozen=True, slots=True)
class Runner:
    """How a case's jobs are run: the student's count against the time of the submission, of which some is left."""

    student: Run
    teacher: Run
    seconds_left: Callable[[], float]


async def judge_property(
    case: Case, position: int, source: str, limits: Limits, tier: str, runner: Runner
) -> CaseResult:
    """The case's result; an internal_error with its `fault` where a function of the teacher's failed."""
    try:
        return await _Judging(case, position, source, limits, tier, runner).result()
    except TeacherFault as fault:
        return replace(unrun(case, position, Verdict.internal_error, NOT_JUDGED, tier), fault=storable(str(fault)))


class _Judging:
    """One property case of one submission."""

    def __init__(self, case: Case, position: int, source: str, limits: Limits, tier: str, runner: Runner) -> None:
        self.case = case
        self.position = position
        self.source = source
        self.limits = limits
        self.tier = tier
        self.runner = runner
        self.teacher = Teacher(case, runner.teacher)
        self.shown = f"right for {case.input['runs']} inputs"

    async def result(self) -> CaseResult:
        trials = await self.teacher.prepared()
        limits = self.limits_now()
        batch = await self.batch(trials, limits)
        if batch.forged:
            failing, _ = self._assess(trials[0], replace(batch.execution, report=None), limits)
            return self._measured(replace(failing, expected=self.shown, explanation=_FORGED), batch)
        found = await self.first_failing(trials, batch, limits, search=False)
        if found is None:
            shown = replace(self._plain(batch.execution, limits), expected=self.shown, actual=self.shown)
            return self._measured(shown, batch)
        index, failing = found
        if not batch.ready:
            return self._measured(replace(failing, expected=self.shown, actual=None, diff=None), batch)
        return self._measured(await self._explained(trials, index, failing), batch)

    async def _explained(self, trials: list[Trial], index: int, failing: CaseResult) -> CaseResult:
        trial = trials[index]
        first = f"number {index + 1} of {len(trials)} inputs failed first"
        if self.runner.seconds_left() < SECONDS_OF_HANGING:
            return self._told(failing, trial, f"{first.capitalize()}.")
        slow = failing.verdict is Verdict.time_limit
        alone = await self.alone(trial, self.limits_now(SECONDS_OF_HANGING if slow else None))
        if alone.verdict is Verdict.passed:
            return self._told(failing, trial, await self._only_together(trials, index, failing))
        slow = alone.verdict is Verdict.time_limit
        search = _Search(self, trial, alone)
        smaller, result = await search.smallest()
        if slow:  # in a chunk with others, which may have used up the time
            result = await self.alone(smaller, self.limits_now(SECONDS_OF_CHUNK))
        if slow and result.verdict is not Verdict.time_limit:
            return self._told(failing, trial, f"{first.capitalize()}.")
        if smaller is trial and not search.tried:
            return self._told(result, trial, f"{first.capitalize()}.")
        smaller_ones = f"{search.tried} smaller one{' was' if search.tried == 1 else 's were'} tried"
        return self._told(result, smaller, f"The smallest failing input found: {first}, then {smaller_ones}.")

    async def _only_together(self, trials: list[Trial], index: int, failing: CaseResult) -> str:
        """Why an input fails that is right alone: something is left of a call before, if possible of which one."""
        if failing.verdict in (Verdict.time_limit, Verdict.output_limit, Verdict.memory_limit):
            return f"Alone this input is not too much: it is all {len(trials)} inputs together that are."
        for earlier in trials[max(index - EARLIER_TRIED, 0) : index]:
            pair, limits = [earlier, trials[index]], self.limits_now(SECONDS_OF_CHUNK)
            found = await self.first_failing(pair, await self.batch(pair, limits), limits, search=True)
            if found is not None and found[0] == 1:
                return f"Called alone it is right, but not after {self._call(earlier.arguments)}: {_KEEPS}"
        return f"Called alone it is right, but not after the {index} calls before: {_KEEPS}"

    def _told(self, result: CaseResult, trial: Trial, more: str) -> CaseResult:
        why = (result.explanation or "").rstrip()
        why = why if why.endswith((".", "!", "?", "…")) else f"{why}."
        return replace(result, explanation=storable(f"{self._call(trial.arguments)}: {why} {more}"))

    def _call(self, arguments: Arguments) -> str:
        name, _, method = self.case.input["function"].partition(".")
        init = self.case.input["init"] or {}
        if any(init.values()):
            named = [f"{key}={display(value, LONGEST_ARGUMENT)}" for key, value in init["kwargs"].items()]
            name = f"{name}({', '.join([*_shown(init['args']), *named])})"
        call = f"{name}{'.' if method else ''}{method}({', '.join(_shown(arguments))})"
        return call if len(call) <= LONGEST_CALL else f"{call[:LONGEST_CALL]}…"

    def _measured(self, result: CaseResult, batch: Batch) -> CaseResult:
        """With what all inputs together have used."""
        measured = batch.execution
        return replace(result, wall_ms=measured.wall_ms, cpu_ms=measured.cpu_ms, memory_kb=measured.memory_kb)

    def limits_now(self, seconds: float | None = None) -> Limits:
        most = min(self.limits.wall_seconds, max(self.runner.seconds_left(), 0.0))
        return replace(self.limits, wall_seconds=most if seconds is None else min(most, seconds))

    async def batch(self, trials: list[Trial], limits: Limits) -> Batch:
        job = self._job("batch", inputs=[trial.arguments for trial in trials], call="function")
        return read_batch(await self.runner.student(job, limits), len(trials))

    async def alone(self, trial: Trial, limits: Limits, *, search: bool = False) -> CaseResult:
        """The result of a call with this input in a child of its own."""
        execution = await self.runner.student(self._job("call", args=trial.arguments, kwargs={}), limits)
        result, value = self._assess(trial, execution, limits)
        if self.teacher.decides and result.verdict is Verdict.passed:
            [objection] = await self.teacher.objections([(trial, value)], search=search) or [None]
            return _with_objection(result, objection)
        return result

    def _job(self, kind: str, **more: Any) -> dict[str, Any]:
        given = {name: self.case.input[name] for name in ("function", "init", "mutates")}
        return {"kind": kind, "source": self.source, "seed": self.position, **given, **more}

    async def first_failing(
        self, trials: list[Trial], batch: Batch, limits: Limits, *, search: bool
    ) -> tuple[int, CaseResult] | None:
        """The index and the result of the first input that fails."""
        failing = None
        to_decide = []
        turns = Turns()
        for index, (trial, execution) in enumerate(zip(trials, batch.each(), strict=False)):
            await turns.give()
            result, value = self._assess(trial, execution, limits)
            if result.verdict is not Verdict.passed:
                failing = index, result
                break
            if self.teacher.decides:
                to_decide.append((trial, value, result))
        if to_decide:
            objections = await self.teacher.objections([(a, value) for a, value, _ in to_decide], search=search)
            for index, objection in enumerate(objections):
                if objection is not None:
                    return index, _with_objection(to_decide[index][2], objection)
        return failing

    def _assess(self, trial: Trial, execution: Execution, limits: Limits) -> tuple[CaseResult, Any]:
        """The result as of a call case, and the value. Where a function of the teacher's decides any value will do."""
        report = execution.report or {}
        value = report.get("value" if self.case.input["mutates"] is None else "mutated")
        if not self.teacher.decides:
            return self._as_call(trial, execution, limits, trial.expected, self.case.comparison), value
        try:
            complete = is_complete(check_wire(value))
        except WireError:
            complete = False
        result = self._as_call(trial, execution, limits, value if complete else None, Comparison())
        shown = None if self.case.comparison.mode != "checker" else storable(display(trial.expected))
        result = replace(result, expected=shown)
        if complete or result.verdict not in (Verdict.passed, Verdict.wrong_answer):
            return result, value
        return replace(
            result, verdict=Verdict.wrong_answer, points=0, actual=None, diff=None, explanation=UNREADABLE
        ), None

    def _as_call(
        self, trial: Trial, execution: Execution, limits: Limits, expected: Any, comparison: Comparison
    ) -> CaseResult:
        given = {name: self.case.input[name] for name in ("function", "init", "mutates")}
        call = replace(
            self.case,
            kind="call",
            input={**given, "args": trial.arguments, "kwargs": {}},
            expected=ExpectedValue(expected),
            comparison=comparison,
        )
        return assess(call, self.position, execution, self.tier, self.source, limits)

    def _plain(self, execution: Execution, limits: Limits) -> CaseResult:
        """The result when all is right."""
        right = replace(execution, report={"ok": True, "value": None, "mutated": None})
        return self._as_call(Trial([], None), right, limits, None, Comparison())


class _Search:
    """The search for the smallest input that fails alone as the first one did."""

    def __init__(self, judging: _Judging, trial: Trial, result: CaseResult) -> None:
        self.judging = judging
        self.found = trial, result
        self.tried = 0
        self._like = _way_of(result)
        self._slow = result.verdict is Verdict.time_limit
        self._hanging = 0
        self._budget = Budget()
        self._seconds = 0.0  # of the student's function

    async def smallest(self) -> tuple[Trial, CaseResult]:
        """The smallest found, and its result."""
        await smallest(self.found[0].arguments, self._first_failing, self._budget)
        return self.found

    async def _first_failing(self, chunk: list[Arguments]) -> int | None:
        left = list((await self.judging.teacher.sensible(chunk)).items())
        while left and self._goes_on():
            trials = [trial for _, trial in left]
            limits = self.judging.limits_now(SECONDS_OF_HANGING if self._slow else SECONDS_OF_CHUNK)
            batch = await self.judging.batch(trials, limits)
            self._seconds += batch.execution.wall_ms / 1e3
            self._hanging += batch.execution.stopped == "wall"
            found = await self.judging.first_failing(trials, batch, limits, search=True)
            self.tried += len(trials) if found is None else found[0] + 1
            if found is None:
                return None
            index, trial = left[found[0]]
            same = _way_of(found[1]) == self._like
            if same and self._slow:  # what does not end is not tried twice
                self.found = trial, found[1]
                return index
            if same and self._goes_on():
                alone = await self.judging.alone(trial, limits, search=True)
                self._seconds += alone.wall_ms / 1e3
                if _way_of(alone) == self._like:
                    self.found = trial, alone
                    return index
            left = left[found[0] + 1 :]
        if not self._goes_on():
            self._budget.candidates = 0
        return None

    def _goes_on(self) -> bool:
        """Whether there is time. Waiting for a forker does not count: a busy machine must find the same."""
        return (
            self._hanging < HANGING_BORNE
            and self.judging.teacher.seconds_of_search < SECONDS_FOR_SEARCH
            and self._seconds < SECONDS_OF_SEARCH
            and self.judging.runner.seconds_left() > SECONDS_OF_HANGING
        )


def _way_of(result: CaseResult) -> tuple[Verdict, str | None]:
    """In which way it fails: a smaller input that fails in another would tell another mistake."""
    return result.verdict, result.error["type"] if result.error else None


def _with_objection(result: CaseResult, objection: str | None) -> CaseResult:
    if objection is None:
        return result
    return replace(result, verdict=Verdict.wrong_answer, points=0, explanation=storable(objection))


def _shown(values: Iterable[Any]) -> list[str]:
    return [display(value, LONGEST_ARGUMENT) for value in values]
