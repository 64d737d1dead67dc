"""Tier `none`: the same verdicts from plain processes, on any system that runs Python; nothing is isolated."""

import asyncio
import os
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

import psutil
import pytest

from learnflow.judge import ForkerLost, ForkerPool, JudgeUnavailable, Limits, Tier, Verdict, judge_code, parse_cases

LIMITS = Limits(wall_seconds=3.0, cpu_seconds=1.0)


@pytest.fixture(scope="module")
async def pool() -> AsyncIterator[ForkerPool]:
    async with ForkerPool(2, only=Tier.none) as pool:
        yield pool


SOURCE = """
def f(n=1):
    return 42 // n

def change(items):
    items.append(1)

if __name__ == '__main__':
    print(input('prompt'), open('in.txt').read())
    open('out.txt', 'w').write('written')
"""
CHECKER = "def check(input, actual, expected): return actual == 42"
TESTS = "from main import f\n\ndef test_f():\n    assert f() == 42\n\ndef test_wrong():\n    assert f() == 41\n"


CALL = {"kind": "call", "input": {"function": "f"}}
CASES = [
    ({**CALL, "expected": 42}, "passed", 1),
    ({**CALL, "expected": 41}, "wrong_answer", 0),
    ({**CALL, "input": {"function": "f", "args": [0]}, "expected": 41}, "runtime_error", 0),
    ({**CALL, "input": {"function": "f", "args": [0]}, "expected": {"raises": "ZeroDivisionError"}}, "passed", 1),
    ({**CALL, "expected": 42, "comparison": {"mode": "checker", "code": CHECKER}}, "passed", 1),
    ({"kind": "expression", "input": {"expression": "f() + 1"}, "expected": 43}, "passed", 1),
    ({"kind": "unit", "input": {"test_file": TESTS, "module": "main"}}, "wrong_answer", 1),
    (
        {
            "kind": "property",
            "input": {"function": "f", "generator": "def generate(random, size):\n    return [size + 1]\n", "runs": 5},
            "expected": {"reference": "def reference(n):\n    return 42 // n\n"},
        },
        "passed",
        1,
    ),
    (
        {
            "kind": "property",
            "input": {"function": "f", "generator": "def generate(random, size):\n    return [size + 1]\n", "runs": 5},
            "expected": {"check": "def check(args, result):\n    return args[0] < 9 or 'more than 8'\n"},
        },
        "wrong_answer",
        0,
    ),
    (
        {
            "kind": "stdio",
            "input": {"stdin": "h\u00e9llo\n", "files": {"in.txt": "given"}},
            "expected": {"stdout": "h\u00e9llo given", "files": {"out.txt": "written"}},
        },
        "passed",
        1,
    ),
]


@pytest.mark.parametrize(("definition", "verdict", "points"), CASES)
async def test_every_kind_of_case_is_judged(
    pool: ForkerPool, definition: dict[str, object], verdict: str, points: int
) -> None:
    judgement = await judge_code(pool, SOURCE, parse_cases([definition]), LIMITS)
    result = judgement.results[0]
    assert (result.verdict, result.points, result.tier, judgement.tier) == (verdict, points, "none", "none"), result


@pytest.mark.parametrize(
    ("source", "verdict"),
    [
        ("while True: pass", Verdict.time_limit),
        ("import time\ntime.sleep(9)", Verdict.time_limit),
        ("while True: print('x' * 1000)", Verdict.output_limit),
        ("x = bytearray(10 ** 10)", Verdict.memory_limit),
        ("import os\nos._exit(0)", Verdict.runtime_error),
        ("import os\nos._exit(125)", Verdict.runtime_error),
        ("import os\nos.abort()", Verdict.runtime_error),
        ("exit(3)", Verdict.runtime_error),
        ("print(", Verdict.syntax_error),
        ("import learnflow", Verdict.runtime_error),
        ("import os\nassert not [name for name in os.environ if 'LEARNFLOW' in name]", Verdict.wrong_answer),
    ],
)
async def test_limits_and_endings_have_the_verdicts_of_other_tiers(
    pool: ForkerPool, monkeypatch: pytest.MonkeyPatch, source: str, verdict: Verdict
) -> None:
    monkeypatch.setenv("LEARNFLOW_SECRET_KEY", "secret")
    cases = parse_cases([{"kind": "stdio", "input": {}, "expected": {"stdout": "nothing of the kind"}}])
    judgement = await judge_code(pool, source, cases, Limits(wall_seconds=2.0, cpu_seconds=1.0))
    assert judgement.results[0].verdict is verdict, judgement.results


async def test_random_is_seeded_and_the_order_of_sets_is_always_the_same(pool: ForkerPool) -> None:
    job = {"kind": "stdio", "source": "import random\nprint(random.random(), set('abcdefghij'))", "seed": 7}
    assert len({(await pool.execute(job, LIMITS)).stdout for _ in range(3)}) == 1


async def test_nothing_is_left_of_a_job_not_even_what_it_started(
    pool: ForkerPool, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    processes = len(psutil.Process().children(recursive=True))
    start = "import subprocess, sys\nsubprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])"
    daemon = {"kind": "stdio", "source": start}
    await pool.execute(daemon, LIMITS)
    task = asyncio.create_task(pool.execute({"kind": "stdio", "source": "import time\ntime.sleep(60)"}, LIMITS))
    await asyncio.sleep(0.1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert os.listdir(tmp_path) == []  # noqa: PTH208
    assert len(psutil.Process().children(recursive=True)) == processes
    commands = [process.info["cmdline"] or [] for process in psutil.process_iter(["cmdline"])]
    assert not [command for command in commands if "import time; time.sleep(60)" in command]


async def test_closing_during_a_job_ends_it() -> None:
    before = set(psutil.Process().children())
    async with ForkerPool(1, only=Tier.none) as pool:
        running = asyncio.create_task(pool.execute({"kind": "stdio", "source": "import time\ntime.sleep(60)"}, LIMITS))
        await asyncio.sleep(0.1)
    with pytest.raises((ForkerLost, JudgeUnavailable)):
        await running
    assert set(psutil.Process().children()) <= before


def test_it_needs_nothing_that_only_linux_has() -> None:
    """As far as that can be seen on Linux; on macOS and Windows it has not been tried."""
    source = """
import asyncio, os, signal, socket, sys, sysconfig, tempfile
for module, names in (
    (os, ["pidfd_open", "memfd_create", "wait3", "setns", "unshare", "sched_getaffinity", "pipe2", "posix_fallocate"]),
    (signal, ["pidfd_send_signal"]),
    (socket, ["CMSG_SPACE", "CMSG_LEN", "SCM_RIGHTS", "SCM_CREDENTIALS", "send_fds", "recv_fds", "SOCK_SEQPACKET"]),
):
    for name in names:
        if hasattr(module, name):
            delattr(module, name)
sys.modules["pyseccomp"] = None
sysconfig.get_config_vars()  # read by the platform's true name
sys.platform = "darwin"
from learnflow.judge import ForkerPool, JudgeUnavailable, Tier, probe, run_code
async def main():
    assert [state.offered for state in (await probe()).tiers] == [False, False, True]
    try:
        await ForkerPool(1).start()
    except JudgeUnavailable as refused:
        assert "on Linux only" in str(refused)
    async with ForkerPool(1, lowest=Tier.none) as pool:
        print((await run_code(pool, "print(input())", stdin="judged")).stdout, end="")
asyncio.run(main())
"""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run([sys.executable, "-c", source], env=environment, capture_output=True, text=True, check=False)
    assert (done.stdout, done.returncode) == ("judged\n", 0), done.stderr
