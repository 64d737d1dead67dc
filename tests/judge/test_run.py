"""judge_code and run_code over the real sandbox."""

import asyncio
import os
import signal
from typing import Any

import pytest

from learnflow.judge import (
    JUDGE_VERSION,
    Case,
    CaseResult,
    ForkerPool,
    JudgeUnavailable,
    Limits,
    Verdict,
    judge_code,
    parse_cases,
    run_code,
)

ADD = "def add(a, b):\n    return a + b\n"


def call(function: str, *args: Any, expected: Any, **more: Any) -> dict[str, Any]:
    given = {"function": function, "args": list(args), **more}
    return {"name": f"{function}{args}", "kind": "call", "input": given, "expected": expected}


def additions(count: int) -> list[Case]:
    return parse_cases([call("add", n, 1, expected=n + 1) for n in range(count)])


async def judge_one(pool: ForkerPool, code: str, case: dict[str, Any]) -> CaseResult:
    return (await judge_code(pool, code, parse_cases([case]))).results[0]


async def test_a_right_program_passes_every_case(pool: ForkerPool) -> None:
    heard: list[CaseResult] = []
    judgement = await judge_code(pool, ADD, additions(10), on_case=heard.append)
    assert (judgement.score, judgement.passed, judgement.tier) == (100, True, "full")
    assert [result.position for result in judgement.results] == list(range(10))
    assert sorted(heard, key=lambda result: result.position) == judgement.results
    assert judgement.interpreter.startswith("CPython 3.")
    assert judgement.judge_version == JUDGE_VERSION


async def test_the_score_is_the_share_of_the_points(pool: ForkerPool) -> None:
    code = "def add(a, b):\n    return a + b if a < 2 else 0\n"
    judgement = await judge_code(pool, code, additions(3))
    assert [result.verdict for result in judgement.results] == ["passed", "passed", "wrong_answer"]
    assert (judgement.score, judgement.passed) == (67, False)


@pytest.mark.parametrize(
    ("code", "case"),
    [
        ("def f(*a, **k): return a, k", call("f", 1, expected={"$py": "((1,), {'x': 2})"}, kwargs={"x": 2})),
        ("def f(): return {1, 2}", call("f", expected={"$py": "{1, 2}"})),
        (
            "class C:\n    def __init__(self, n): self.n = n\n    def up(self, by): return self.n + by",
            call("C.up", 2, expected=5, init={"args": [3]}),
        ),
        ("class C:\n    def f(self): return 1", call("C.f", expected=1)),
        (
            "class C:\n    @staticmethod\n    def f(): return 1\n    def __init__(self, n): pass",
            call("C.f", expected=1),
        ),
        ("def f(): raise KeyError('no')", call("f", expected={"raises": "LookupError"})),
        ("def f(xs): xs.sort()", {**call("f", [2, 1], expected=[1, 2]), "mutates": 0}),
        ("x = 4", {"name": "x", "kind": "expression", "input": {"expression": "x * 2"}, "expected": 8}),
        (
            "print(int(input()) * 2)",
            {"name": "d", "kind": "stdio", "input": {"stdin": "4\n"}, "expected": {"stdout": "8\n"}},
        ),
        (
            "import sys\nopen('o.txt', 'w').write(sys.argv[1] + open('i.txt').read())\nsys.exit(2)",
            {
                "name": "files",
                "kind": "stdio",
                "input": {"args": ["a"], "files": {"i.txt": "b"}},
                "expected": {"files": {"o.txt": "ab"}, "exit_code": 2},
            },
        ),
        ("def f(): return __name__\nif __name__ == '__main__':\n    input()", call("f", expected="main")),
    ],
)
async def test_every_kind_of_case_can_pass(pool: ForkerPool, code: str, case: dict[str, Any]) -> None:
    result = await judge_one(pool, code, case)
    assert result.verdict is Verdict.passed, result


@pytest.mark.parametrize(
    ("code", "verdict"),
    [
        ("def add(a, b): return a - b", "wrong_answer"),
        ("def add(a, b): return a / 0", "runtime_error"),
        ("def sub(a, b): return a", "runtime_error"),
        ("import sys\nsys.exit(0)", "runtime_error"),
        ("def add(a, b) return a", "syntax_error"),
        ("def add(a, b): return bytearray(10 ** 9)", "memory_limit"),
        ("def add(a, b): print('x' * 10 ** 6)", "output_limit"),
        ("import socket\nsocket.socket()", "forbidden"),
    ],
)
async def test_a_wrong_program_gets_the_verdict_that_says_why(pool: ForkerPool, code: str, verdict: str) -> None:
    judgement = await judge_code(pool, code, additions(1))
    assert judgement.results[0].verdict == verdict, judgement.results[0]
    assert judgement.score == 0


async def test_a_syntax_error_is_found_once_and_told_for_every_case(pool: ForkerPool) -> None:
    judgement = await judge_code(pool, "def add(a, b) return", additions(6))
    assert {result.verdict for result in judgement.results} == {Verdict.syntax_error}
    assert len({str(result.error) for result in judgement.results}) == 1
    assert len({result.name for result in judgement.results}) == 6
    assert sum(result.wall_ms > 0 for result in judgement.results) <= pool.size


async def test_after_two_time_limits_the_rest_is_not_run(pool: ForkerPool) -> None:
    code = "import time\ndef add(a, b):\n    time.sleep(60)"
    judgement = await judge_code(pool, code, additions(6), Limits(wall_seconds=0.2))
    assert {result.verdict for result in judgement.results} == {Verdict.time_limit}
    unrun = [result for result in judgement.results if result.wall_ms == 0]
    assert 6 - 1 - pool.size <= len(unrun) <= 4
    assert all("not run" in (result.explanation or "") for result in unrun)


async def test_all_cases_together_have_a_budget(pool: ForkerPool) -> None:
    code = "import time\ndef add(a, b):\n    time.sleep(0.2)\n    return a + b"
    judgement = await judge_code(pool, code, additions(6), Limits(wall_seconds=0.3), budget_seconds=0.65)
    ran = [result for result in judgement.results if result.wall_ms > 0]
    assert len(ran) == 4  # two at once, twice; then 0.15 seconds more than the budget are used up
    assert judgement.results[-1].verdict is Verdict.time_limit
    assert "used up the time" in (judgement.results[-1].explanation or "")


async def test_no_cases_make_no_points(pool: ForkerPool) -> None:
    judgement = await judge_code(pool, ADD, [])
    assert (judgement.results, judgement.score) == ([], 0)


async def test_a_judge_that_fails_is_never_the_students_fault() -> None:
    async with ForkerPool(size=1) as pool:
        task = asyncio.create_task(judge_code(pool, "import time\ntime.sleep(60)", additions(1)))
        killed: set[object] = set()
        while not task.done():
            await asyncio.sleep(0.02)
            for forker in pool._forkers - killed:
                if pool.idle == 0:
                    killed.add(forker)
                    os.kill(forker._process.pid, signal.SIGKILL)
        (result,) = (await task).results
        assert result.verdict is Verdict.internal_error
        assert "not your program's fault" in (result.explanation or "")


async def test_a_judge_that_is_not_running_says_so_itself() -> None:
    async with ForkerPool(size=1) as pool:
        pass
    with pytest.raises(JudgeUnavailable):
        await judge_code(pool, ADD, additions(2))


async def test_a_free_run_gives_what_the_program_printed(pool: ForkerPool) -> None:
    result = await run_code(pool, "print(input(), open('f').read())", stdin="a\n", files={"f": "b"})
    assert (result.stdout, result.exit_code, result.verdict) == ("a b\n", 0, Verdict.passed)
    result = await run_code(pool, "import sys\nprint(sys.argv)\n1 / 0", args=["x"])
    assert (result.stdout, result.verdict) == ("['main.py', 'x']\n", Verdict.runtime_error)
    assert result.error is not None
    assert (result.error["type"], result.error["line"]) == ("ZeroDivisionError", 3)
    assert "harness" not in result.error["traceback"]


async def test_a_refused_connection_is_forbidden_however_it_was_wrapped(pool: ForkerPool) -> None:
    for address in ("http://127.0.0.1:1", "https://example.org"):
        code = f"import urllib.request\nurllib.request.urlopen({address!r})"
        result = await run_code(pool, code)
        assert (result.verdict, result.error and result.error["type"]) == (Verdict.forbidden, "URLError")
