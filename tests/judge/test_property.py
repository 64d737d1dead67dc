"""Kind property: what is found, how small it is made, and what is told."""

from typing import Any

import pytest
from tests.support.properties import DOUBLE, LISTS, NUMBERS, definition, judged

from learnflow.judge import CaseResult, ForkerPool, Limits, judge_code, parse_cases


async def numbers(pool: ForkerPool, body: str, **changes: Any) -> CaseResult:
    return await judged(pool, f"def f(n):\n    {body}\n", expected=DOUBLE, input={"generator": NUMBERS} | changes)


async def test_a_function_that_is_right_for_every_input_passes(pool: ForkerPool) -> None:
    result = await judged(pool, "def f(xs):\n    return sorted(xs)\n", weight=3)
    assert (result.verdict, result.points, result.weight, result.trust) == ("passed", 3, 3, "isolated")
    assert (result.expected, result.explanation, result.diff) == ("right for 100 inputs", None, None)


@pytest.mark.parametrize(
    ("body", "smallest", "expected", "actual"),
    [
        ("return sorted(set(xs))", "f([0, 0])", "[0, 0]", "[0]"),
        ("return sorted(xs, key=abs)", "f([0, -1])", "[-1, 0]", "[0, -1]"),
        ("return sorted(xs)[:9]", "f([0, 0, 0, 0, 0, 0, 0, 0, 0, 0])", "[0, 0, 0, 0, 0, 0, 0, 0, 0, 0]", None),
        ("return tuple(sorted(xs))", "f([])", "[]", "()"),
        ("return [x for x in sorted(xs) if x != 7]", "f([7])", "[7]", "[]"),
    ],
)
async def test_the_failing_input_is_made_as_small_as_it_can_be(
    pool: ForkerPool, body: str, smallest: str, expected: str, actual: str | None
) -> None:
    result = await judged(pool, f"def f(xs):\n    {body}\n")
    assert (result.verdict, result.points, result.expected) == ("wrong_answer", 0, expected)
    assert (result.explanation or "").startswith(f"{smallest}: "), result.explanation
    assert actual is None or result.actual == actual


async def test_a_number_is_brought_near_to_zero(pool: ForkerPool) -> None:
    assert "f(0): " in str((await numbers(pool, "return 2 * n if n else 1")).explanation)
    assert "f(-1): " in str((await numbers(pool, "return abs(2 * n)")).explanation)
    assert "f(17): " in str((await numbers(pool, "return 2 * n if n < 17 else 0")).explanation)


async def test_the_sentences_are_those_of_a_call_and_say_how_many_inputs_were_tried(pool: ForkerPool) -> None:
    result = await judged(pool, "def f(xs):\n    return sorted(set(xs))\n")
    assert result.explanation == (
        "f([0, 0]): The last element is missing: does your loop or range stop one too early? "
        "The smallest failing input found: number 7 of 100 inputs failed first, then 8 smaller ones were tried."
    )
    assert result.diff == "[1]: expected 0, but it is missing"
    printed = await judged(pool, "def f(xs):\n    print(sorted(xs))\n")
    assert "printed the right answer instead of returning it" in (printed.explanation or "")
    assert printed.stdout == "[]\n"


async def test_an_exception_is_told_on_the_students_line_with_the_smallest_input(pool: ForkerPool) -> None:
    empty = await judged(pool, "def f(xs):\n    xs[0]\n    return sorted(xs)\n")
    assert (empty.verdict, empty.expected) == ("runtime_error", "[]")
    assert (empty.explanation or "").startswith("f([]): On line 2: there is no element at this index")
    assert empty.error is not None
    assert (empty.error["type"], empty.error["line"]) == ("IndexError", 2)
    # A smaller input that fails in another way is another mistake: [] would divide by zero.
    source = "def f(xs):\n    if len(xs) > 2:\n        raise KeyError(len(xs))\n    return sorted(xs) if xs else 1\n"
    other = await judged(pool, source, input={"generator": LISTS.replace("range(size)", "range(size + 3)")})
    assert (other.explanation or "").startswith("f([0, 0, 0]): ")


async def test_only_inputs_that_make_sense_are_tried(pool: ForkerPool) -> None:
    reference = {"reference": "def reference(xs):\n    return max(xs)\n"}  # raises for []
    some = LISTS.replace("range(size)", "range(size + 1)")
    result = await judged(pool, "def f(xs):\n    return sorted(xs)[0]\n", expected=reference, input={"generator": some})
    assert (result.explanation or "").startswith("f([0, 1]): ") or (result.explanation or "").startswith("f([1, 0]): ")
    valid = "def valid(xs):\n    return len(xs) >= 3 and all(x > 4 for x in xs)\n"
    made = "def generate(random, size):\n    return [[random.randint(5, 9) for _ in range(size + 3)]]\n"
    result = await judged(pool, "def f(xs):\n    return []\n", input={"generator": made, "valid": valid})
    assert (result.explanation or "").startswith("f([5, 5, 5]): ")
    # One that keeps the reference busy for ever is left out, too.
    endless = {"reference": "def reference(n):\n    while n <= 0:\n        pass\n    return 1\n"}
    made = "def generate(random, size):\n    return [random.randint(40, 50)]\n"
    result = await judged(pool, "def f(n):\n    return 2\n", expected=endless, input={"generator": made})
    assert (result.verdict, result.actual) == ("wrong_answer", "2")


async def test_a_function_that_never_ends_is_told_with_a_small_input(pool: ForkerPool) -> None:
    result = await judged(pool, "def f(xs):\n    while len(xs) > 3:\n        pass\n    return sorted(xs)\n")
    assert result.verdict == "time_limit"
    assert (result.explanation or "").startswith("f([0, 0, 0, 0]): Your program was not done after ")


async def test_inputs_that_are_too_much_only_together_are_told_so(pool: ForkerPool) -> None:
    source = "def f(xs):\n    for _ in range(10**6): pass\n    return sorted(xs)\n"
    cases = parse_cases([definition(input={"runs": 500})])
    result = (await judge_code(pool, source, cases)).results[0]
    assert result.verdict == "time_limit"
    assert "it is all 500 inputs together that are" in (result.explanation or "")


async def test_a_function_that_is_merely_slow_is_not_said_to_fail_for_a_smaller_input(pool: ForkerPool) -> None:
    source = "import time\ndef f(n):\n    if n > 20:\n        time.sleep(0.4)\n    return 2 * n\n"
    cases = parse_cases([definition(expected=DOUBLE, input={"generator": NUMBERS})])
    result = (await judge_code(pool, source, cases, Limits(wall_seconds=1))).results[0]
    assert result.verdict == "time_limit"
    assert "of 100 inputs failed first." in (result.explanation or "")
    assert "smallest" not in (result.explanation or "")


async def test_a_function_that_remembers_is_right_alone_and_told_so(pool: ForkerPool) -> None:
    result = await judged(pool, "def f(xs, seen=[]):\n    seen.extend(xs)\n    return sorted(seen)\n")
    assert (result.verdict, result.expected, result.actual) == ("wrong_answer", "[-4]", "[-4, 1]")
    assert "Called alone it is right, but not after f([1]): does it keep something" in (result.explanation or "")
    counting = "calls = 0\ndef f(xs):\n    global calls\n    calls += 1\n    return sorted(xs) if calls < 4 else None\n"
    result = await judged(pool, counting)
    assert result.verdict == "wrong_answer"
    assert "Called alone it is right, but not after the 3 calls before: does" in (result.explanation or "")


async def test_inputs_are_made_once_for_all_programs_that_are_judged_by_a_case(pool: ForkerPool) -> None:
    cases = parse_cases([definition()])
    served = sum(forker.served for forker in pool.forkers)
    for jobs in (3, 1, 1):
        assert (await judge_code(pool, "def f(xs):\n    return sorted(xs)\n", cases)).passed
        served += jobs
        assert sum(forker.served for forker in pool.forkers) == served
    assert cases == parse_cases([definition()])
    generator = "def generate(random, size):\n    return [[7] * 1000]\n"
    large = parse_cases([definition(input={"generator": generator})])
    assert (await judge_code(pool, "def f(xs):\n    return sorted(xs)\n", large)).passed
    assert large[0].kept == {}


async def test_changing_an_input_does_not_touch_the_next(pool: ForkerPool) -> None:
    source = "def f(xs):\n    copy = list(xs)\n    xs.clear()\n    copy.sort()\n    return copy\n"
    assert (await judged(pool, source)).verdict == "passed"


async def test_what_happens_to_an_argument_can_be_what_counts(pool: ForkerPool) -> None:
    assert (await judged(pool, "def f(xs):\n    xs.sort()\n", mutates=0)).verdict == "passed"
    result = await judged(pool, "def f(xs):\n    xs.sort(reverse=True)\n    return sorted(xs)\n", mutates=0)
    assert (result.verdict, result.actual) == ("wrong_answer", "[1, 0]")
    assert "right elements, but in another order" in (result.explanation or "")
    check = {"check": "def check(args, result):\n    return result == sorted(args[0]) or f'{result} is not in order'\n"}
    result = await judged(pool, "def f(xs):\n    pass\n", expected=check, input={"mutates": 0})
    assert (result.explanation or "").startswith("f([1, 0]): [1, 0] is not in order. The smallest")


async def test_a_method_is_called_on_a_new_object_for_each_input(pool: ForkerPool) -> None:
    source = """
class Adder:
    def __init__(self, base, step=1):
        self.total = base
    def add(self, n):
        self.total += {change}
        return self.total
"""
    case = {
        "expected": {"reference": "def reference(n):\n    return 10 + n\n"},
        "input": {"function": "Adder.add", "generator": NUMBERS, "init": {"args": [10], "kwargs": {"step": 2}}},
    }
    assert (await judged(pool, source.format(change="n"), **case)).verdict == "passed"
    wrong = await judged(pool, source.format(change="abs(n)"), **case)
    assert (wrong.explanation or "").startswith("Adder(10, step=2).add(-1): Your function returned 11, but 9 was")


async def test_every_kind_of_value_can_be_an_input_also_an_object_of_the_students_class(pool: ForkerPool) -> None:
    source = """
from dataclasses import dataclass
@dataclass
class Point:
    x: int
    y: int
def f(point, table, more):
    return Point(point.y, {x}), (table, more)
"""
    generator = """
from dataclasses import dataclass
@dataclass
class Point:
    x: int
    y: int
def generate(random, size):
    return Point(size, -size), {size: b"x" * size, (1, "a"): None}, [{1.5, 2j}, frozenset("ab"), 10**30, float("inf")]
"""
    point = generator.partition("def generate")[0]
    reference = {"reference": f"{point}def reference(p, table, more):\n    return Point(p.y, p.x), (table, more)\n"}
    case = {"expected": reference, "input": {"generator": generator}}
    assert (await judged(pool, source.format(x="point.x"), **case)).verdict == "passed"
    wrong = await judged(pool, source.format(x="abs(point.x)"), **(case | {"input": {"generator": generator}}))
    assert wrong.verdict == "passed"
    wrong = await judged(pool, source.format(x="min(point.x, 5)"), **case)
    assert (wrong.explanation or "").startswith("f(Point(x=6, y=0), {}, []): "), wrong.explanation


async def test_a_check_decides_by_plain_values(pool: ForkerPool) -> None:
    check = {
        "check": "def check(args, result):\n    if result is None:\n        return 'None is no list'\n"
        "    return result == args[0]\n"
    }
    wrong = await judged(pool, "def f(xs):\n    pass\n", expected=check)
    assert (wrong.verdict, wrong.actual, wrong.expected) == ("wrong_answer", "None", None)
    assert (wrong.explanation or "").startswith("f([]): None is no list. ")
    source = (
        "class Equal(list):\n    def __eq__(self, other):\n        return True\ndef f(xs):\n    return Equal(xs[:3])\n"
    )
    check = {"check": "def check(args, result):\n    return type(result) is list and result == args[0]\n"}
    wrong = await judged(pool, source, expected=check)
    assert (wrong.explanation or "").startswith("f([0, 0, 0, 0]): Your answer is not accepted. "), wrong.explanation
    assert (await judged(pool, "def f(xs):\n    return xs\n", expected=check)).verdict == "passed"
    huge = await judged(pool, "def f(xs):\n    return list(range(50_000)) if xs else xs\n", expected=check)
    assert (huge.verdict, "could not be read" in (huge.explanation or "")) == ("wrong_answer", True)


async def test_answers_are_compared_as_the_case_says(pool: ForkerPool) -> None:
    unordered = {"comparison": {"mode": "unordered"}}
    assert (await judged(pool, "def f(xs):\n    return xs\n", **unordered)).verdict == "passed"
    thirds = {"expected": {"reference": "def reference(n):\n    return n / 3\n"}, "input": {"generator": NUMBERS}}
    near = {**thirds, "comparison": {"mode": "float", "abs": 0.01}}
    assert (await judged(pool, "def f(n):\n    return round(n / 3, 3)\n", **near)).verdict == "passed"
    far = await judged(pool, "def f(n):\n    return n // 3\n", **near)
    assert (far.explanation or "").startswith("f(1): The fraction is lost")
    code = (
        "def check(expected, actual, input):\n    return actual in (expected, -expected) and input['function'] == 'f'\n"
    )
    checker = {**thirds, "comparison": {"mode": "checker", "code": code}}
    assert (await judged(pool, "def f(n):\n    return abs(n / 3)\n", **checker)).verdict == "passed"
    wrong = await judged(pool, "def f(n):\n    return 0 if n > 9 else n / 3\n", **checker)
    assert (wrong.expected, wrong.actual) == ("3.3333333333333335", "0")
    regex = {
        "expected": {"reference": "def reference(n):\n    return r'\\d+!'\n"},
        "input": {"generator": NUMBERS},
        "comparison": {"mode": "regex"},
    }
    assert (await judged(pool, "def f(n):\n    return f'{abs(n)}!'\n", **regex)).verdict == "passed"
    assert "does not match" in str((await judged(pool, "def f(n):\n    return f'{n}!'\n", **regex)).explanation)


async def test_it_is_the_same_again(pool: ForkerPool) -> None:
    source = "import random\ndef f(xs):\n    print(random.random())\n    return sorted(set(xs))[:4]\n"

    def kept(result: CaseResult) -> tuple[object, ...]:
        return result.verdict, result.expected, result.actual, result.explanation, result.stdout

    first = await judged(pool, source)
    assert kept(first) == kept(await judged(pool, source))
    async with ForkerPool(1) as another:
        assert kept(first) == kept(await judged(another, source))
    assert kept(first) != kept(await judged(pool, source, input={"seed": 1}))


async def test_the_generator_gets_seeded_chance_and_a_growing_size(pool: ForkerPool) -> None:
    made = "import random as r\ndef generate(random, size):\n    return [size, random.random(), r.random()]\n"
    source = "def f(size, *chances):\n    print(size, *chances)\n    return 0\n"
    right = {"reference": "def reference(*args):\n    return 0\n"}
    again = {"check": "def check(args, result):\n    return args[0] < 50\n"}
    for runs, last in ((1, 0), (2, 50), (100, 50)):
        result = await judged(pool, source, expected=right, input={"generator": made, "runs": runs})
        sizes = [int(line.split()[0]) for line in result.stdout.splitlines()]
        assert (len(sizes), sizes[0], sizes[-1]) == (runs, 0, last)
        assert sizes == sorted(sizes)
        assert len({line.split()[1] for line in result.stdout.splitlines()}) == runs
    result = await judged(pool, source, expected=again, input={"generator": made})
    assert result.verdict == "wrong_answer"


async def test_the_time_of_the_submission_is_not_exceeded(pool: ForkerPool) -> None:
    cases = parse_cases([definition(name=str(number)) for number in range(4)])
    source = "import time\ndef f(xs):\n    time.sleep(9)\n"
    results = (await judge_code(pool, source, cases, budget_seconds=1.0)).results
    assert {result.verdict for result in results} == {"time_limit"}
    assert sum(result.wall_ms for result in results) < 2_500
