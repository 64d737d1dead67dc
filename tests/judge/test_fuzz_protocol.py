"""Whatever comes over the socket of a forker or in a child's report: an answer, in time, and nothing left open."""

import asyncio
import json
import os
import struct
import sys
from pathlib import Path
from typing import Any
from unittest.mock import patch

from hypothesis import given, settings
from hypothesis import strategies as st

from learnflow.judge import Limits, Verdict, parse_cases
from learnflow.judge.property.batches import read_batch
from learnflow.judge.sandbox import bubblewrap, forkers
from learnflow.judge.sandbox.child import ForkerLost
from learnflow.judge.sandbox.forkers import Forker
from learnflow.judge.sandbox.tier import Tier
from learnflow.judge.scoring import assess
from learnflow.judge.verdicts import Execution
from learnflow.judge.wire import read_report

FAKE = str(Path(__file__).with_name("fake_forker.py"))
LIMITS = Limits(wall_seconds=0.2)
SECONDS = 0.3  # instead of the real patience with a forker that says nothing

READY = (b'R{"landlock": 4}', 0)
numbers = st.integers(-2, 3)
made = st.builds(lambda number: b"C" + struct.pack("<i", number), numbers)
ended = st.builds(
    lambda number, status, cpu, memory: b"X" + struct.pack("<iidq", number, status, cpu, memory),
    numbers,
    st.sampled_from([0, 256, 9, 0x7F, 0xFFFF, -1, 2**31 - 1]),
    st.floats(width=64),
    st.integers(-(2**63), 2**63 - 1),
)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
ready = st.builds(lambda value: b"R" + json.dumps(value).encode(), json_values | st.just({"landlock": 1}))
other = st.builds(
    lambda tag, rest: tag + rest, st.sampled_from([b"E", b"N", b"M", b"R", b"C", b"X"]), st.binary(max_size=30)
)
payloads = made | ended | ready | other | st.binary(min_size=1, max_size=40)
messages = st.tuples(payloads, st.sampled_from([0, 0, 1, 1, 2, 8]))


def plan_of(first: list[tuple[bytes, int]], then: list[tuple[bytes, int]]) -> str:
    told = {"first": first, "then": then}
    return json.dumps({when: [(payload.hex(), count) for payload, count in said] for when, said in told.items()})


async def serve(plan: str) -> tuple[Execution | ForkerLost, list[dict[str, Any]]]:
    """What comes of one job on a fake forker, and what the event loop had to complain of."""
    complaints: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: complaints.append(context))
    forker = Forker(0)
    command = [sys.executable, "-I", "-S", FAKE, plan]
    with (
        patch.object(bubblewrap, "command", lambda descriptor: [*command, str(descriptor)]),
        patch.object(forkers, "SECONDS_TO_START", SECONDS),
        patch.object(forkers, "SECONDS_TO_DIE", SECONDS),
    ):
        try:
            await forker.start()
            answer: Execution | ForkerLost = await forker.run({"kind": "stdio", "source": ""}, LIMITS)
        except ForkerLost as lost:
            answer = lost
        finally:
            await forker.close()
    return answer, complaints


def answer_to(plan: str) -> Execution | ForkerLost:
    before = len(os.listdir("/proc/self/fd"))  # noqa: PTH208  # names are enough
    with asyncio.Runner() as runner:
        answer, complaints = runner.run(asyncio.wait_for(serve(plan), 10))
    assert complaints == []
    assert len(os.listdir("/proc/self/fd")) == before  # noqa: PTH208
    return answer


@settings(max_examples=40, deadline=None)
@given(first=st.lists(messages, max_size=3), then=st.lists(messages, max_size=4))
def test_a_forker_that_talks_nonsense_is_lost_and_nothing_else_happens(
    first: list[tuple[bytes, int]], then: list[tuple[bytes, int]]
) -> None:
    answer_to(plan_of(first, then))


@settings(max_examples=60, deadline=None)
@given(then=st.lists(messages, max_size=4))
def test_a_forker_that_begins_well_and_then_talks_nonsense_is_lost_too(then: list[tuple[bytes, int]]) -> None:
    answer_to(plan_of([READY], then))


def test_a_forker_that_is_ready_and_then_says_nothing_is_lost() -> None:
    assert isinstance(answer_to(plan_of([READY], [])), ForkerLost)


def test_a_child_that_ends_before_it_was_there_is_lost() -> None:
    end = b"X" + struct.pack("<iidq", 1, 0, 1.0, 1)
    assert isinstance(answer_to(plan_of([READY], [(end, 0)])), ForkerLost)


CASES = parse_cases(
    [
        {"name": "prints", "kind": "stdio", "input": {}, "expected": {"stdout": "a"}},
        {"name": "writes", "kind": "stdio", "input": {}, "expected": {"files": {"out.txt": "a"}}},
        {"name": "returns", "kind": "call", "input": {"function": "f", "args": [[1]]}, "expected": [1, {"a": 2.0}]},
        {"name": "raises", "kind": "call", "input": {"function": "f"}, "expected": {"raises": "ValueError"}},
        {"name": "is", "kind": "expression", "input": {"expression": "1"}, "expected": 1},
    ]
)
names = st.sampled_from(["ok", "value", "mutated", "files", "stage", "error", "out.txt"])
error_names = st.sampled_from(["type", "message", "line", "frames", "bases", "function", "source", "text", "args"])
wire_names = st.sampled_from(["t", "v", "name", "as"])
tags = st.sampled_from(
    ["int", "float", "dict", "set", "tuple", "exception", "dataclass", "object", "cut", "cycle", "bytes"]
)
leaves = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6) | tags
values = st.recursive(
    leaves,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(wire_names | names | error_names, inner, max_size=5)
        | st.builds(lambda tag, value, name: {"t": tag, "v": value, "name": name}, tags, inner, st.text(max_size=3))
    ),
    max_leaves=10,
)
errors = st.fixed_dictionaries(
    {"type": st.sampled_from(["ValueError", "SyntaxError", "NameError", "KeyError", "TypeError"]) | values},
    optional={
        "message": values,
        "line": values,
        "bases": values,
        "frames": st.lists(st.dictionaries(error_names, values, max_size=4), max_size=3) | values,
    },
)
reports = st.one_of(
    st.none(),
    st.dictionaries(names, values, max_size=5),
    st.fixed_dictionaries({"ok": st.just(True)}, optional={"value": values, "mutated": values, "files": values}),
    st.fixed_dictionaries(
        {"ok": st.just(False), "error": errors | values},
        optional={"stage": st.sampled_from(["compile", "run", "call"]) | values},
    ),
)


@settings(max_examples=300, deadline=None)
@given(
    report=reports,
    exit_code=st.sampled_from([0, 1, 3, None]),
    printed=st.text(max_size=20),
    case=st.sampled_from(CASES),
)
def test_no_report_of_a_child_breaks_the_judge_or_makes_it_its_own_fault(
    report: dict[str, Any] | None, exit_code: int | None, printed: str, case: Any
) -> None:
    execution = Execution(
        exit_code=exit_code,
        signal=None if exit_code is not None else 9,
        stopped=None,
        stdout=printed,
        stderr=printed,
        stdout_truncated=False,
        report=None if report is None else read_report(json.dumps(report).encode()),
        wall_ms=1.0,
        cpu_ms=1.0,
        memory_kb=1,
    )
    result = assess(case, 0, execution, Tier.full, "print('a')\n", Limits())
    assert result.verdict is not Verdict.internal_error, result
    json.dumps(result.error)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200) | st.builds(lambda value: json.dumps(value).encode(), json_values))
def test_no_bytes_break_the_reading_of_a_report(raw: bytes) -> None:
    report = read_report(raw)
    assert report is None or isinstance(report, dict)


answers = st.fixed_dictionaries(
    {},
    optional={"ok": st.booleans() | json_values, "value": json_values, "error": json_values, "stage": st.just("call")},
)


@settings(max_examples=200, deadline=None)
@given(
    told=st.lists(answers | json_values, max_size=5),
    ready=st.booleans(),
    last=st.none() | answers,
    stopped=st.sampled_from([None, None, "wall", "output"]),
    count=st.integers(1, 4),
)
def test_nothing_told_of_many_inputs_breaks_the_judge_or_is_more_than_there_are(
    told: list[Any], ready: bool, last: Any, stopped: Any, count: int
) -> None:
    lines = [{"ready": True}] * ready + told + [last] * (last is not None)
    raw = "\n".join(map(json.dumps, lines)).encode()
    execution = Execution(exit_code=0, stopped=stopped, report=read_report(raw))
    batch = read_batch(execution, count)
    each = list(batch.each())
    assert len(each) <= count
    assert not batch.whole or (ready and len(each) == count and not batch.forged and stopped is None)
    [case] = parse_cases([{"name": "a", "kind": "call", "input": {"function": "f"}, "expected": 3}])
    verdicts = [assess(case, 0, one, Tier.full, "def f(): ...\n", Limits()).verdict for one in each]
    assert Verdict.internal_error not in verdicts
    assert batch.whole or verdicts[-1] is not Verdict.passed


def test_a_report_nested_too_deep_is_none() -> None:
    assert read_report(b'{"a":' * 100_000 + b"1" + b"}" * 100_000) is None
