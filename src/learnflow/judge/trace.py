"""The steps of one run, for a page that draws them. They are made in the sandbox (inside/tracer.py) and untrusted."""

import json
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, NotRequired, TypedDict

from learnflow.judge.cases import Case, job_input
from learnflow.judge.inside.tracer import MAX_BYTES, MAX_NAMES, MAX_STACK, MAX_STEPS, MAX_VALUE
from learnflow.judge.limits import Limits
from learnflow.judge.sandbox.pool import ForkerPool
from learnflow.judge.scoring import assess_run, storable
from learnflow.judge.verdicts import RunResult

LONGEST_STDOUT = 16_000
LONGEST_STDERR = 4_000
"""Characters that are kept: with the steps they stay below 512 KiB of JSON, whatever they are."""

_EVENTS = ("line", "return", "yield", "exception")
_LONGEST_NAME = 100

Ended = Literal["end", "steps", "size", "stopped"]


class Call(TypedDict):
    frame: int
    function: str
    line: int


class Change(TypedDict):
    frame: int
    name: str
    value: str | None


class Step(TypedDict):
    """As in inside/tracer.py; `output` counts the characters of stdout that were printed so far."""

    event: str
    line: int
    output: int
    stack: list[Call]
    left_out: int
    changed: list[Change]
    value: NotRequired[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """`ended`: the program came to its end; the trace came to its bound of "steps" or "size", and with it the
    program; or the program was "stopped" by a limit, which leaves no steps."""

    run: RunResult
    ended: Ended
    steps: list[Step]


async def trace_code(
    pool: ForkerPool,
    code: str,
    *,
    stdin: str = "",
    case: Case | None = None,
    position: int = 0,
    limits: Limits = Limits(),  # noqa: B008  # frozen
    owner: Hashable = None,
    modules: Sequence[str] = (),
) -> Trace:
    """Run a program with `stdin`, or as the case at `position` runs it, and write down its steps.

    Raises ForkerLost or JudgeUnavailable when it can't be run, ModulesUnavailable.
    """
    job = {"kind": "stdio", "stdin": stdin} if case is None else job_input(case)
    job |= {"source": code, "seed": position, "trace": True}
    execution = await pool.execute(job, limits, owner=owner, modules=modules)
    run = assess_run(execution, code, limits)
    run = replace(run, stdout=run.stdout[:LONGEST_STDOUT], stderr=run.stderr[:LONGEST_STDERR])
    raw = (execution.report or {}).get("trace")
    if not isinstance(raw, dict):
        return Trace(run=run, ended="stopped", steps=[])
    steps, all_kept = _checked(raw.get("steps"), execution.stdout)
    ended: Ended = next((bound for bound in _BOUNDS if raw.get("ended") == bound), "end")
    return Trace(run=run, ended=ended if all_kept else "size", steps=steps)


_BOUNDS: tuple[Ended, ...] = ("steps", "size")


def _checked(raw: Any, stdout: str) -> tuple[list[Step], bool]:
    """The steps that have their shape, and whether all of them stayed within the bounds."""
    characters = _Characters(stdout)
    steps: list[Step] = []
    size = 0
    for item in raw if isinstance(raw, list) else []:
        step = _step(item, characters) if isinstance(item, dict) else None
        if step is None:
            continue
        size += len(json.dumps(step))
        if size > MAX_BYTES or len(steps) == MAX_STEPS:
            return steps, False
        steps.append(step)
    return steps, True


class _Characters:
    """How many characters the first bytes of an output are."""

    def __init__(self, text: str) -> None:
        self._data = text.encode("utf-8", "surrogatepass")
        self._last = (0, 0)

    def of(self, size: int) -> int:
        if size != self._last[0]:
            count = len(self._data[:size].decode("utf-8", "ignore"))
            self._last = (size, min(count, LONGEST_STDOUT))
        return self._last[1]


def _step(raw: dict[str, Any], characters: _Characters) -> Step | None:
    event = next((event for event in _EVENTS if raw.get("event") == event), None)
    if event is None:
        return None
    step: Step = {
        "event": event,
        "line": _number(raw.get("line")),
        "output": characters.of(_number(raw.get("output"))),
        "stack": [
            {
                "frame": _number(a.get("frame")),
                "function": _text(a.get("function"), _LONGEST_NAME),
                "line": _number(a.get("line")),
            }
            for a in _dicts(raw.get("stack"), MAX_STACK)
        ],
        "left_out": _number(raw.get("left_out")),
        "changed": [
            {
                "frame": _number(a.get("frame")),
                "name": _text(a.get("name"), _LONGEST_NAME),
                "value": None if a.get("value") is None else _text(a["value"], MAX_VALUE),
            }
            for a in _dicts(raw.get("changed"), 4 * MAX_NAMES)
        ],
    }
    if "value" in raw:
        step["value"] = _text(raw["value"], MAX_VALUE)
    return step


def _dicts(raw: Any, most: int) -> list[dict[str, Any]]:
    return [item for item in raw[:most] if isinstance(item, dict)] if isinstance(raw, list) else []


def _number(raw: Any) -> int:
    return raw if type(raw) is int and 0 <= raw < 2**31 else 0


def _text(raw: Any, longest: int) -> str:
    return storable(raw)[:longest] if isinstance(raw, str) else ""
