"""Teachers' test files give the verdicts that they give in one process, without being in one."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from learnflow.judge import CaseResult, ForkerPool, judge_code, parse_cases
from learnflow.judge.cases import ExpectedTests


class Example(NamedTuple):
    right: str
    wrong: tuple[str, ...]
    tests: str


def read_example(path: Path) -> Example:
    parts = [part.partition("\n") for part in path.read_text().split("=== ")[1:]]
    [right], [tests] = ([text for name, _, text in parts if name == wanted] for wanted in ("right", "tests"))
    return Example(right, tuple(text for name, _, text in parts if name == "wrong"), tests)


EXAMPLES = {path.stem: read_example(path) for path in sorted(Path(__file__).with_name("unit_files").glob("*.txt"))}

# What a test runner does, in one process, without the judge.
PLAIN = """
import asyncio, json, sys, types, unittest
sys.path.insert(0, ".")
names = json.loads(sys.argv[1])
space = types.ModuleType("tests")
sys.modules["tests"] = space
results = {}
try:
    exec(compile(open("tests.py").read(), "tests.py", "exec"), vars(space))
except BaseException as error:
    print(json.dumps(dict.fromkeys(names, repr(error)))); raise SystemExit
for name in names:
    first, _, method = name.partition(".")
    try:
        if not method:
            getattr(space, first)()
            results[name] = ""
        elif issubclass(getattr(space, first), unittest.TestCase):
            suite = unittest.TestSuite([getattr(space, first)(method)])
            result = unittest.TestResult()
            suite.run(result)
            results[name] = "".join(text for _, text in [*result.errors, *result.failures])
        else:
            getattr(getattr(space, first)(), method)()
            results[name] = ""
    except BaseException as error:
        results[name] = repr(error)
sys.__stdout__.write("\\n" + json.dumps(results))
"""


def in_one_process(folder: Path, source: str, tests: str, names: tuple[str, ...]) -> dict[str, str]:
    (folder / "work.py").write_text(source)
    (folder / "tests.py").write_text(tests)
    done = subprocess.run(
        [sys.executable, "-c", PLAIN, json.dumps(names)],
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
        timeout=20,
    )
    told: dict[str, str] = json.loads(done.stdout.splitlines()[-1])
    return told


async def judged(pool: ForkerPool, source: str, tests: str) -> CaseResult:
    return (await judge_code(pool, source, parse_cases([definition(tests)]))).results[0]


def definition(tests: str) -> dict[str, Any]:
    return {"name": "tests", "kind": "unit", "input": {"test_file": tests, "module": "work"}}


def names_of(tests: str) -> tuple[str, ...]:
    expected = parse_cases([definition(tests)])[0].expected
    assert isinstance(expected, ExpectedTests)
    return expected.names


@pytest.mark.parametrize("name", EXAMPLES)
async def test_a_right_solution_passes(pool: ForkerPool, name: str) -> None:
    example = EXAMPLES[name]
    result = await judged(pool, example.right, example.tests)
    assert (result.verdict, result.points) == ("passed", result.weight), (
        result.actual,
        result.explanation,
        result.stderr,
    )


@pytest.mark.parametrize("name", EXAMPLES)
async def test_wrong_solutions_fail_the_tests_that_they_fail_in_one_process(
    pool: ForkerPool, tmp_path: Path, name: str
) -> None:
    example = EXAMPLES[name]
    names = names_of(example.tests)
    assert not any(in_one_process(tmp_path, example.right, example.tests, names).values())
    for wrong in example.wrong:
        result = await judged(pool, wrong, example.tests)
        assert result.verdict == "wrong_answer", (wrong, result)
        told = in_one_process(tmp_path, wrong, example.tests, names)
        lines = [line for line in (result.actual or "").splitlines() if line.startswith(("passed ", "failed "))]
        failed = {line.split()[1].rstrip(":") for line in lines if line.startswith("failed")}
        assert failed == {test for test, why in told.items() if why}, (wrong, result.actual, told)
