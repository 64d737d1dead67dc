"""A teacher's own comparison: what it is given, what it may answer, and whose fault it is when it fails."""

from typing import Any

import pytest

from learnflow.judge import CaseResult, ForkerPool, judge_code, parse_cases

CALL = {"kind": "call", "input": {"function": "f", "args": [[3, 1, 2]], "kwargs": {"k": 1}}, "expected": 6}
PROGRAM = "def f(items, k=0):\n    return {answer}\n"


async def checked(pool: ForkerPool, source: str, body: str, **case: Any) -> CaseResult:
    code = f"def check(expected, actual, input):\n    {body}\n"
    definition = {"name": "case", "comparison": {"mode": "checker", "code": code}, **(case or CALL)}
    return (await judge_code(pool, source, parse_cases([definition]))).results[0]


async def test_a_checker_decides_and_speaks_to_the_student(pool: ForkerPool) -> None:
    body = "return {'passed': sum(actual) == expected, 'message': f'{sum(actual)} is not {expected}'}"
    right = await checked(pool, PROGRAM.format(answer="(4, 2)"), body)
    assert (right.verdict, right.points, right.actual, right.trust) == ("passed", 1, "(4, 2)", "isolated")
    wrong = await checked(pool, PROGRAM.format(answer="[4, 1]"), body)
    assert (wrong.verdict, wrong.points, wrong.explanation) == ("wrong_answer", 0, "5 is not 6")
    plain = await checked(pool, PROGRAM.format(answer="[4, 1]"), "return False")
    assert (plain.verdict, plain.explanation, plain.fault) == ("wrong_answer", "Your answer is not accepted.", None)


async def test_a_checker_knows_what_the_program_was_given(pool: ForkerPool) -> None:
    body = "return input == {'function': 'f', 'args': [[3, 1, 2]], 'kwargs': {'k': 1}}"
    assert (await checked(pool, PROGRAM.format(answer="0"), body)).verdict == "passed"
    stdio = {"kind": "stdio", "input": {"stdin": "3\n", "files": {"a.txt": "x"}}, "expected": {"stdout": ""}}
    body = "return (input, actual) == ({'stdin': '3\\n', 'args': [], 'files': {'a.txt': 'x'}}, '9\\n')"
    assert (await checked(pool, "print(int(input()) ** 2)", body, **stdio)).verdict == "passed"
    expression = {"kind": "expression", "input": {"expression": "[1, x]"}, "expected": None}
    body = "return input == {'expression': '[1, x]'} and actual == [1, 2]"
    assert (await checked(pool, "x = 2", body, **expression)).verdict == "passed"


async def test_a_checker_never_meets_an_object_of_the_students(pool: ForkerPool) -> None:
    source = """
from dataclasses import dataclass
@dataclass(frozen=True)
class Point:
    x: int
class Equal(int):
    def __eq__(self, other): return True
    __hash__ = int.__hash__
class Opaque:
    def __eq__(self, other): return True
def f(items, k=0):
    return [Point(1), {Point(2)}, Equal(3), Opaque(), float("nan"), b"x", {Point(4): 10**30}]
"""
    body = (
        "return str(actual) == \"[{'x': 1}, {'Point(x=2)'}, 3, '<Opaque object>', nan, b'x', {'Point(x=4)': 1%s}]\""
        % ("0" * 30)
    )
    result = await checked(pool, source, body)
    assert result.verdict == "passed", result.actual
    forged = await checked(pool, source, "return actual[3] == expected or actual[2] == 4")
    assert forged.verdict == "wrong_answer"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("return expected / 0", "raised ZeroDivisionError on line 2: division by zero"),
        ("return 7", "returned 7; True, False or"),
        ("return None", "returned None; True"),
        ("return {'passed': 1}", "returned {'passed': 1}"),
        ("return {'passed': True, 'score': 3}", "returned"),
        ("return {'passed': False, 'message': b'x'}", "returned"),
        ("exit()", "raised SystemExit"),
        ("import os; os._exit(0)", "gave no answer (runtime_error)"),
        ("import os; os.fork()", "Operation not permitted"),
        ("while True: pass", "gave no answer (time_limit)"),
        ("return bytearray(10**9)", "raised MemoryError"),
        ("print('x' * 10**6)", "gave no answer (output_limit)"),
    ],
)
async def test_a_checker_that_fails_is_the_teachers_fault(pool: ForkerPool, body: str, reason: str) -> None:
    result = await checked(pool, PROGRAM.format(answer="0"), body)
    assert (result.verdict, result.points) == ("internal_error", 0)
    assert reason in (result.fault or "")
    assert "not your program's fault" in (result.explanation or "")
    assert reason not in (result.explanation or "")


async def test_a_program_that_fails_by_itself_is_not_checked(pool: ForkerPool) -> None:
    failing = "return 1 / 0"
    assert (await checked(pool, PROGRAM.format(answer="items[9]"), failing)).verdict == "runtime_error"
    assert (await checked(pool, "def f(", failing)).verdict == "syntax_error"
    stdio = {"kind": "stdio", "input": {}, "expected": {"stdout": "", "exit_code": 3}}
    assert (await checked(pool, "print(1)", failing, **stdio)).verdict == "wrong_answer"
    assert (await checked(pool, PROGRAM.format(answer="'x' * 10**6"), failing)).verdict in (
        "wrong_answer",
        "output_limit",
    )
