"""Kind `unit`: a teacher's test file, unittest's or pytest's way, in a process beside the student's module.

The tests are known by name from the file itself, so that each must be reported once, with a nonce. Points are given
per test. inside/unit says why such a result can be trusted.
"""

import hashlib
import hmac
import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from learnflow.judge.cases import Case, ExpectedTests
from learnflow.judge.inside.unit.channel import BROKEN_OFF
from learnflow.judge.verdicts import Execution


@dataclass(frozen=True, slots=True)
class UnitResult:
    """Of each test its name and why it failed ("" when it passed); `fault` when nothing of it can be believed."""

    tests: Sequence[tuple[str, str]]
    fault: str | None = None

    @property
    def passed(self) -> int:
        return sum(not why for _, why in self.tests)


def new_key() -> bytes:
    return secrets.token_bytes(32)


def unit_job(case: Case, key: bytes) -> dict[str, Any]:
    """The job, with the tests sealed; the forker sends `key` behind the job, for the child to read when it may."""
    assert isinstance(case.expected, ExpectedTests)
    data = json.dumps({"test_file": case.input["test_file"], "tests": case.expected.names}).encode()
    pad = hashlib.shake_256(key).digest(len(data))
    sealed = bytes(a ^ b for a, b in zip(data, pad, strict=True)).hex()
    return {"kind": "unit", "module": case.input["module"], "sealed": sealed, "key": key.hex()}


def student_ended(execution: Execution) -> Execution:
    """The same, of the program's own process where that ended before the tests' did."""
    if execution.stopped == "wall":  # what it used is not counted when both are killed: more likely a loop than a wait
        return replace(execution, cpu_ms=execution.wall_ms)
    ended = (execution.report or {}).get("student")
    if not isinstance(ended, dict) or "nonsense" in ended:
        return execution
    killer, code = ended.get("signal"), ended.get("code")
    return replace(
        execution,
        signal=killer if isinstance(killer, int) and 0 < killer < 65 else None,
        exit_code=code if isinstance(code, int) and 0 <= code < 256 else None,
        report=None,
    )


def read_results(case: Case, execution: Execution, key: bytes) -> UnitResult:
    """What the tests' process reports of every test. All that is not as it must be counts as nothing passed."""
    assert isinstance(case.expected, ExpectedTests)
    report = execution.report or {}
    if "student" in report:
        return UnitResult((), _BROKEN_OFF if report["student"] == {"nonsense": BROKEN_OFF} else _NONSENSE)
    nonce = report.get("nonce")
    if not isinstance(nonce, str) or not hmac.compare_digest(nonce.encode(errors="replace"), key.hex().encode()):
        return UnitResult((), _FORGED)
    results = report.get("results")
    told = [_one(result) for result in results] if isinstance(results, list) else []
    tests = [result for result in told if result is not None]
    if [name for name, _ in tests] != list(case.expected.names):
        return UnitResult((), _FORGED)
    return UnitResult(tests)


_FORGED = "The tests' results are not the tests' own."
_BROKEN_OFF = "A test broke off a call of your program, for instance because it took too long. No test counts then."
_NONSENSE = "Your program disturbed the connection between it and the tests. Leave descriptors and the judge alone."


def _one(result: Any) -> tuple[str, str] | None:
    if not (isinstance(result, list) and len(result) == 3 and all(isinstance(part, str) for part in result)):
        return None
    name, status, why = result
    return name, "" if status == "passed" else why[:1000] or "It failed."
