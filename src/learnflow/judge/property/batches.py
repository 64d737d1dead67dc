"""What a child that called one function with many inputs told of each (inside/batch.py), as untrusted as any report."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from learnflow.judge.verdicts import Execution


@dataclass(frozen=True, slots=True)
class Batch:
    """The `answers` are the first inputs' reports; what became of the input after them is `execution`'s own end.

    `ready`: the code was imported and has the function. `whole`: every input was answered and the child came to its
    end. `forged`: there are lines that only the program itself can have written.
    """

    execution: Execution
    answers: list[dict[str, Any]]
    ready: bool
    whole: bool
    forged: bool

    def each(self) -> Iterator[Execution]:
        """For each answer, and then for the input that ended the child, what a child of its own had left behind."""
        for answer in self.answers:
            report = answer | {"mutated": answer["value"]} if "value" in answer else answer
            yield replace(
                self.execution,
                report=report,
                exit_code=0,
                signal=None,
                stopped=None,
                out_of_memory=False,
                stdout="",
                stderr="",
            )
        if not self.whole:
            yield replace(self.execution, report=None if self.ready else _of_import(self.execution))


def read_batch(execution: Execution, count: int) -> Batch:
    """The answers of a child that was given `count` inputs."""
    report = execution.report or {}
    told = report.get("told")
    told = told if isinstance(told, list) else []
    ready = bool(told) and told[0] == {"ready": True}
    answers = [answer for answer in told[1:] if isinstance(answer, dict) and "ok" in answer] if ready else []
    forged = ready and (len(answers) < len(told) - 1 or len(answers) > count)
    whole = len(answers) == count and execution.stopped is None and report.get("ok") is True and not forged
    if not whole and len(answers) >= count:  # ended by what the last one left running, or printed
        answers = answers[: count - 1]
    return Batch(execution, answers, ready, whole and ready, forged)


def _of_import(execution: Execution) -> dict[str, Any] | None:
    """The error with which importing the code failed; a report of anything else is not to be believed."""
    report = execution.report or {}
    return report if report.get("ok") is not True else None
