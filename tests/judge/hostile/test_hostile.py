"""Programs the judge must survive: every file in programs/, and code that no file can hold, in each tier that isolates.

Tier `none` is not attacked: it isolates nothing, so the programs would harm whoever runs the tests.

A program begins with what must come of it:
    #: verdict: forbidden runtime_error     one of these
    #: expect: done                         what it must print; without this, an answer nobody can guess is expected
    #: call: f                              f([3, 1, 2]) is called; without this, it is a program of its own
    #: raises: ValueError                   instead of an answer, an exception is expected of the call
    #: files: out.txt                       a file the judge reads back, with an answer nobody can guess
    #: limits: wall_seconds=1               other than those below
    #: reduced: forbidden                   the verdict in that tier, where it differs
    #: why: ...
After each one: the host is as it was, no process is left, memory stayed within its limit, and the next program on the
same forker finds nothing of it and gets the right answer.
"""

import asyncio
import os
import re
import resource
import secrets
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from learnflow.judge import CaseResult, ForkerPool, Limits, Tier, Verdict, judge_code, parse_cases, run_code
from learnflow.judge.sandbox.forkers import Forker
from learnflow.judge.sandbox.tier import lacking

PROGRAMS = Path(__file__).with_name("programs")
REPOSITORY = Path(__file__).parents[3]
LIMITS = {"wall_seconds": 3.0, "cpu_seconds": 1.0}
PREVIOUS = "secret = \"the previous student's secret\" * 1000\nprint('previous')\n"
NEXT = """
import os, sys, json, random, collections, fcntl
assert not fcntl.fcntl(0, fcntl.F_GETFL) & (os.O_NONBLOCK | os.O_APPEND) and fcntl.fcntl(0, fcntl.F_GETSIG) == 0
assert os.listdir(".") == [], os.listdir(".")
assert os.getcwd() == os.environ["HOME"]
assert os.getcwd() == "/home/student" or "/lf-sandbox-" in os.getcwd()
assert sys.getrecursionlimit() == 1000
assert json.loads("[1]") == [1] and collections.Counter("a") and random.random() != random.random()
try:
    open("own.txt", "w").write("x")
except PermissionError:
    assert os.getcwd() != "/home/student"
print(sorted([3, 1, 2]), len("four"), sum(range(5)))
"""


@dataclass(frozen=True)
class Judge:
    """A pool with a single forker, so that the next program meets the one before."""

    runner: asyncio.Runner
    pool: ForkerPool
    tier: Tier

    def run(self, code: str, definition: dict[str, object], limits: Limits) -> CaseResult:
        return self.runner.run(judge_code(self.pool, code, parse_cases([definition]), limits)).results[0]

    def prints(self, code: str) -> str:
        result = self.runner.run(run_code(self.pool, code))
        assert result.verdict is Verdict.passed, result
        return result.stdout


def offered() -> list[Tier]:
    """The tiers to attack here; `reduced` needs root."""
    return [tier for tier in (Tier.full, Tier.reduced) if tier is Tier.full or not lacking(tier)]


@pytest.fixture(scope="module", params=offered())
def judge(request: pytest.FixtureRequest) -> Iterator[Judge]:
    with asyncio.Runner() as runner:
        pool = ForkerPool(1, only=request.param)
        runner.run(pool.start())
        yield Judge(runner, pool, request.param)
        runner.run(pool.close())


@pytest.fixture
def outside() -> Iterator[Path]:
    """A folder of the host with a file that nobody inside may read or change, though every user of the host may."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder)
        path.chmod(0o777)
        (path / "canary").write_text("the host's secret")
        (path / "canary").chmod(0o666)
        yield path


def descendants(pid: int) -> list[int]:
    """Every process below one, without threads."""
    parents: dict[int, int] = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdecimal():
            try:
                parents[int(folder.name)] = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            except (FileNotFoundError, ProcessLookupError):  # ended while we looked
                continue
    below = [pid]
    for ancestor in below:
        below += [child for child, parent in parents.items() if parent == ancestor]
    return below[1:]


def no_process_is_left(judge: Judge, seconds: float = 5.0) -> bool:
    """Whether the pool is at last down to its own: bubblewrap's init and the forker, or it alone; the spares."""
    deadline = time.monotonic() + seconds
    (forker,) = judge.pool._forkers
    assert isinstance(forker, Forker)
    while len(descendants(forker._process.pid)) > (2 if judge.tier is Tier.full else 0) + forker.spares:
        if time.monotonic() > deadline:
            return False
        os.sched_yield()
    return True


def header_of(code: str) -> dict[str, str]:
    return dict(re.findall(r"^#: (\w+): (.*)$", code, re.MULTILINE))


def definition_of(header: dict[str, str]) -> dict[str, object]:
    secret = f"nobody guesses {secrets.token_hex(8)}"
    definition: dict[str, object] = {"name": "hostile", "weight": 1}
    if "call" in header:
        answer: object = {"raises": header["raises"]} if "raises" in header else secret
        return {
            **definition,
            "kind": "call",
            "input": {"function": header["call"], "args": [[3, 1, 2]]},
            "expected": answer,
        }
    expected: dict[str, object] = {"stdout": header.get("expect", secret)}
    if "files" in header:
        expected = {"files": {header["files"]: secret}}
    return {**definition, "kind": "stdio", "input": {}, "expected": expected}


@pytest.mark.parametrize("program", sorted(path.stem for path in PROGRAMS.glob("*.py")))
def test_a_hostile_program_gets_its_verdict_and_harms_nobody(judge: Judge, outside: Path, program: str) -> None:
    code = (PROGRAMS / f"{program}.py").read_text()
    header = header_of(code)
    code = code.replace("{{OUTSIDE}}", str(outside)).replace("{{REPOSITORY}}", str(REPOSITORY))
    overrides = dict(pair.split("=") for pair in header.get("limits", "").split())
    limits = Limits().with_overrides({**LIMITS, **{name: float(value) for name, value in overrides.items()}})

    assert judge.prints(PREVIOUS) == "previous\n"
    assert judge.prints(PREVIOUS) == "previous\n"  # twice: the spare child was there before the first one
    own_memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    forkers = set(judge.pool._forkers)
    begun = time.monotonic()
    result = judge.run(code, definition_of(header), limits)
    took = time.monotonic() - begun

    assert result.verdict in header.get(str(judge.tier), header["verdict"]).split(), result
    assert "the host's secret" not in repr(result)
    assert took < limits.wall_seconds + 1.5
    assert result.memory_kb * 1024 < limits.memory_bytes + 64 * 2**20  # the interpreter's own pages come on top
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - own_memory < 32 * 1024  # KiB
    assert max(len(result.stdout), len(result.stderr)) <= limits.output_bytes
    assert [path.name for path in outside.iterdir()] == ["canary"]
    assert (outside / "canary").read_text() == "the host's secret"
    assert ((outside / "canary").stat().st_mode, outside.stat().st_mode) == (0o100666, 0o040777)
    assert no_process_is_left(judge)
    assert set(judge.pool._forkers) == forkers, "the forker did not survive"
    for _ in range(2):
        assert judge.prints(NEXT) == "[1, 2, 3] 4 10\n"


def long_line() -> str:
    return "x = [" + "1," * 32_700 + "]\nprint(len(x))"


SOURCES = {
    "empty": ("", "wrong_answer"),
    "only a comment": ("# nothing", "wrong_answer"),
    "only spaces": ("   \n\t\n", "wrong_answer"),
    "byte order mark": ("\ufeffprint('done')", "passed"),
    "windows line ends": ("if True:\r\n    print('done')\r\n", "passed"),
    "old mac line ends": ("x = 1\rprint('done')\r", "passed"),
    "form feed": ("\fprint('done')", "passed"),
    "a coding cookie that lies": ("# -*- coding: utf-16 -*-\nprint('d\u00f6ne'.replace('\u00f6', 'o'))", "passed"),
    "an unknown coding cookie": ("# coding: no-such-thing\nprint('done')", "passed"),
    "64 KiB in one line": (long_line(), "wrong_answer"),
    "tabs and spaces": ("if True:\n\tx = 1\n        y = 2\n", "syntax_error"),
    "wrong indentation": ("  x = 1\ny = 2", "syntax_error"),
    "a NUL byte": ("print('done')\0", "syntax_error"),
    "a lone surrogate": ("print('\ud800')", "syntax_error"),
    "a lone surrogate in a name": ("\udfff = 1", "syntax_error"),
    "100,000 brackets": ("(" * 100_000, "syntax_error"),
    "100,000 closed brackets": ("(" * 100_000 + ")" * 100_000, "syntax_error"),
    "100,000 lists": ("[" * 50_000 + "]" * 50_000, "syntax_error"),
    "100,000 signs": ("-" * 100_000 + "1", "syntax_error memory_limit runtime_error"),
    "a very long sum": ("x = 1" + " + 1" * 30_000, "syntax_error runtime_error memory_limit wrong_answer"),
    "deep attribute access": ("x" + ".a" * 50_000, "syntax_error runtime_error memory_limit"),
    "deep blocks": (
        "\n".join(" " * depth + "if 1:" for depth in range(150)) + "\n" + " " * 150 + "pass",
        "syntax_error",
    ),
    "a folded constant": ("x = 'a' * 10**10", "memory_limit"),
    "a power as a constant": ("x = 2 ** 10**10", "memory_limit time_limit"),
    "many names": ("\n".join(f"name_{number} = {number}" for number in range(3_000)) + "\nprint('done')", "passed"),
    "unclosed text": ("print('done", "syntax_error"),
    "unclosed bracket": ("print('done'", "syntax_error"),
    "missing colon": ("if True\n    pass", "syntax_error"),
    "return at the top": ("return 1", "syntax_error"),
    "braces": ("from __future__ import braces", "syntax_error"),
    "a late future import": ("x = 1\nfrom __future__ import annotations", "syntax_error"),
    "another language": ("#include <stdio.h>\nint main() { return 0; }", "syntax_error"),
    "bad escape": (r"print('\N{no such character}')", "syntax_error"),
    "right to left override": ("print('done')  # \u202e nothing to see", "passed"),
    "not UTF-8 once encoded": ("print('\\udcff'.encode('utf-8', 'surrogateescape') and 'done')", "passed"),
}


@pytest.mark.parametrize("name", SOURCES)
def test_no_source_text_breaks_the_judge(judge: Judge, name: str) -> None:
    code, verdicts = SOURCES[name]
    limits = Limits().with_overrides(LIMITS)
    result = judge.run(code, definition_of({"expect": "done"}), limits)
    assert result.verdict in verdicts.split(), result
    assert result.explanation or result.verdict is Verdict.passed
    repr(result).encode()
    assert judge.prints(NEXT) == "[1, 2, 3] 4 10\n"
