"""The functions that a teacher writes for a property case, each run in children of its own.

They see inputs, and of a student's answers plain values; never the student's code or an object of it. Whatever goes
wrong with the inputs that `generate` makes is a TeacherFault. Of the smaller inputs that a search tries it only means
that this input makes no sense: nobody has promised that the functions can take it.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from learnflow.judge.cases import Case, ExpectedProperty, is_changeable
from learnflow.judge.checker import CHECKER_LIMITS, Checked, decision_of, plain
from learnflow.judge.explain.endings import ending_of
from learnflow.judge.inside.encoder import Wire
from learnflow.judge.limits import CaseError, Limits
from learnflow.judge.patterns import check_patterns
from learnflow.judge.property.batches import Batch, read_batch
from learnflow.judge.property.shrink import Arguments
from learnflow.judge.property.simpler import measure
from learnflow.judge.property.turns import Turns
from learnflow.judge.property_definition import MAX_ARGUMENTS
from learnflow.judge.verdicts import Execution
from learnflow.judge.wire import WireError, check_wire, display, kind_of

LARGEST_SIZE = 50  # of the last run's input; the first one's is 0
SEARCH_LIMITS = Limits(wall_seconds=1.0, cpu_seconds=1.0)  # for inputs that nobody made
SECONDS_FOR_SEARCH = 4.0  # of a teacher's functions while smaller inputs are looked for
MOST_KEPT = 20_000  # nodes and characters of a case's inputs that are kept for the next program

Run = Callable[[dict[str, Any], Limits], Awaitable[Execution]]


class TeacherFault(Exception):
    """A function of the exercise failed: for its teacher to read and to mend."""


@dataclass(frozen=True, slots=True)
class Trial:
    """An input, and what the reference says is right for it (None where `check` decides)."""

    arguments: Arguments
    expected: Wire


class Teacher:
    """The teacher's side of one property case."""

    def __init__(self, case: Case, run: Run) -> None:
        assert isinstance(case.expected, ExpectedProperty)
        self.case = case
        self.expected = case.expected
        self.decides = case.expected.by == "check" or case.comparison.mode == "checker"
        self.seconds_of_search = 0.0
        self._run = run

    async def prepared(self) -> list[Trial]:
        """What the function is to be tried with: made once for the case and kept, unless it is much."""
        kept: list[Trial] | None = self.case.kept.get("trials")
        if kept is None:
            kept = await self.trials(await self.inputs())
            if sum(measure([trial.arguments, trial.expected])[0] for trial in kept) <= MOST_KEPT:
                self.case.kept["trials"] = kept
        return kept

    async def inputs(self) -> list[Arguments]:
        """What `generate` makes: the same every time."""
        runs, seed = self.case.input["runs"], self.case.input["seed"]
        sizes = [LARGEST_SIZE * number // max(runs - 1, 1) for number in range(runs)]
        given = [[f"{seed}/{number}", size] for number, size in enumerate(sizes)]
        code = self.case.input["generator"]
        batch = await self._batch({"source": code, "call": "generate", "inputs": given}, CHECKER_LIMITS)
        if batch.execution.stopped == "output" and len(batch.execution.stdout) < CHECKER_LIMITS.output_bytes:
            raise self._fault("input.generator", f"the {runs} inputs are too large: together they may have 1 MiB.")
        made = []
        turns = Turns()
        for number, execution in enumerate(batch.each()):
            await turns.give()
            where = f" (run {number + 1}, size {sizes[number]})"
            value = self._value("input.generator", "generate", execution, code, where)
            made.append(self._arguments(value, where))
        return made

    def _arguments(self, value: Wire, where: str) -> Arguments:
        if isinstance(value, dict) and value["t"] == "tuple":
            value = value["v"]
        if not isinstance(value, list) or len(value) > MAX_ARGUMENTS:
            advice = "a list of the function's arguments is meant, such as [[3, 1, 2]] for one list"
            raise self._fault("input.generator", f"generate returned {display(value, 200)}; {advice}{where}.")
        mutates = self.case.input["mutates"]
        if mutates is not None and (mutates >= len(value) or not is_changeable(value[mutates])):
            what = f"a {kind_of(value[mutates])}" if mutates < len(value) else "not there"
            raise self._fault("input.mutates", f"argument {mutates} is {what}, which a function can't change{where}.")
        return value

    async def trials(self, inputs: Sequence[Arguments]) -> list[Trial]:
        """What is right for each of the generated inputs."""
        valid, reference = self.case.input["valid"], self.expected.code
        if valid is not None:
            batch = await self._call(valid, "valid", inputs, CHECKER_LIMITS)
            for given, execution in zip(inputs, batch.each(), strict=False):
                value = self._value("input.valid", "valid", execution, valid, _for(given))
                if value is not True:
                    says = f"valid returned {display(value, 200)} for an input of the generator{_for(given)}"
                    raise self._fault("input.valid", f"{says}; make only inputs for which it returns True.")
        if self.expected.by == "check":
            return [Trial(given, None) for given in inputs]
        batch = await self._call(reference, "reference", inputs, CHECKER_LIMITS)
        trials = []
        turns = Turns()
        for given, execution in zip(inputs, batch.each(), strict=False):
            await turns.give()
            value = self._value("expected.reference", "reference", execution, reference, _for(given))
            problem = self._problem_of(value)
            if problem is not None:
                raise self._fault("expected.reference", f"reference {problem}{_for(given)}.")
            trials.append(Trial(given, value))
        return trials

    async def sensible(self, inputs: Sequence[Arguments]) -> dict[int, Trial]:
        """Those of some smaller inputs that make sense, by their index."""
        left = dict(enumerate(inputs))
        valid = self.case.input["valid"]
        if valid is not None:
            values = await self._search(valid, "valid", list(left.values()))
            left = {index: left[index] for index, value in zip(left, values, strict=False) if value is True}
        if self.expected.by == "check":
            return {index: Trial(given, None) for index, given in left.items()}
        values = await self._search(self.expected.code, "reference", list(left.values()))
        return {
            index: Trial(left[index], value)
            for index, value in zip(left, values, strict=False)
            if value is not _MISSING and self._problem_of(value) is None
        }

    async def objections(self, answers: Sequence[tuple[Trial, Wire]], *, search: bool) -> list[str | None]:
        """Why each answer is wrong, None for those that are right."""
        by_check = self.expected.by == "check"
        field = "expected.check" if by_check else "comparison.code"
        code = self.expected.code if by_check else self.case.comparison.code
        inputs = []
        turns = Turns()
        for trial, answer in answers:
            await turns.give()
            known = [trial.arguments, answer] if by_check else [trial.expected, answer, self._told(trial)]
            inputs.append([plain(value) for value in known])
        if search:
            values = await self._search(code, "check", inputs)
            said = [None if value is _MISSING else self._decision(value) for value in values]
            return [None if decision is None else decision.message for decision in said]
        batch = await self._call(code, "check", inputs, CHECKER_LIMITS)
        found = []
        for (trial, answer), execution in zip(answers, batch.each(), strict=False):
            where = f"{_for(trial.arguments)} and the answer {display(answer, 100)}"
            value = self._value(field, "check", execution, code, where)
            decision = self._decision(value)
            if decision is None:
                raise self._fault(field, f"check returned {display(value, 200)}{where}; True or a text is meant.")
            found.append(decision.message)
        return found

    def _decision(self, value: Wire) -> Checked | None:
        if isinstance(value, str) and self.expected.by == "check":
            value = {"t": "dict", "v": [["passed", False], ["message", value]]}
        return decision_of(value)

    def _told(self, trial: Trial) -> Wire:
        """The input as comparison `checker` is told of a call's."""
        items = {"function": self.case.input["function"], "args": trial.arguments, "kwargs": {"t": "dict", "v": []}}
        return {"t": "dict", "v": [[name, value] for name, value in items.items()]}

    def _problem_of(self, value: Wire) -> str | None:
        """Why nothing can be compared with this; None when it can."""
        if not is_plain(value):
            return f"returned {display(value, 200)}, which is no plain value"
        if self.case.comparison.mode == "regex" and isinstance(value, str):
            try:
                check_patterns([value], "reference")
            except CaseError as error:
                return f"returned patterns that can't be used: {error.message.rstrip('.')}"
        return None

    async def _call(self, code: str, function: str, inputs: Sequence[list[Wire]], limits: Limits) -> Batch:
        job = {"source": code, "call": "plain", "function": function, "inputs": list(inputs)}
        return await self._batch(job, limits)

    async def _batch(self, job: dict[str, Any], limits: Limits) -> Batch:
        execution = await self._run({"kind": "batch", "seed": self.case.input["seed"], **job}, limits)
        return read_batch(execution, len(job["inputs"]))

    async def _search(self, code: str, function: str, inputs: list[list[Wire]]) -> list[Wire]:
        """Each value, or _MISSING; fewer of them where one input took too long."""
        if not inputs or self.seconds_of_search > SECONDS_FOR_SEARCH:
            return []
        batch = await self._call(code, function, inputs, SEARCH_LIMITS)
        self.seconds_of_search += batch.execution.wall_ms / 1e3
        return [_checked(answer.get("value")) if answer.get("ok") is True else _MISSING for answer in batch.answers]

    def _value(self, field: str, function: str, execution: Execution, code: str, where: str) -> Wire:
        """What the function returned. Raises TeacherFault when it did not."""
        ending = ending_of(execution, code, CHECKER_LIMITS, stdio=False)
        if ending is not None and ending.error is not None:
            error = ending.error
            line = "" if error["line"] is None else f" on line {error['line']}"
            raise self._fault(field, f"{function} raised {error['type']}{line}: {error['message']}{where}.")
        if ending is not None:
            raise self._fault(field, f"{function} gave no answer ({ending.verdict}){where}.")
        value = _checked((execution.report or {}).get("value"))
        if value is _MISSING or not is_plain(value):
            shown = "something too large" if value is _MISSING else display(value, 200)
            raise self._fault(field, f"{function} returned {shown}, which is no plain value{where}.")
        return value

    def _fault(self, field: str, why: str) -> TeacherFault:
        return TeacherFault(f"The case {self.case.name!r}, {field}: {why}")


_MISSING = object()


def _checked(value: Any) -> Any:
    try:
        return check_wire(value)
    except WireError:
        return _MISSING


def is_plain(wire: Wire) -> bool:
    """Whether the value can be made again from its wire form, and something be equal to it."""
    if isinstance(wire, list):
        return all(map(is_plain, wire))
    if not isinstance(wire, dict):
        return True
    if wire["t"] in ("object", "cycle", "cut"):
        return False
    return wire["t"] in ("int", "float", "bytes") or is_plain(wire["v"])


def _for(arguments: Arguments) -> str:
    return f" for ({', '.join(display(argument, 100) for argument in arguments)})"
