"""The steps of a run, made in the real sandbox."""

import json
from typing import Any

from learnflow.judge import ForkerPool, Limits, Trace, Verdict, parse_cases, trace_code
from learnflow.judge.inside.tracer import MAX_STEPS, MAX_VALUE, show

MOST_BYTES = 512 * 2**10


async def steps_of(pool: ForkerPool, *lines: str, stdin: str = "") -> list[Any]:
    traced = await trace_code(pool, "\n".join(lines), stdin=stdin)
    assert traced.ended == "end"
    return list(traced.steps)


def flow(steps: list[Any]) -> list[tuple[str, int, str]]:
    """Event, line and innermost function of each step."""
    return [(step["event"], step["line"], step["stack"][-1]["function"]) for step in steps]


def history(steps: list[Any], name: str) -> list[str | None]:
    """What a variable looked like, one change after the other."""
    return [change["value"] for step in steps for change in step["changed"] if change["name"] == name]


def size_of(traced: Trace) -> int:
    return len(json.dumps([traced.steps, traced.run.stdout, traced.run.stderr, traced.run.error]))


async def test_a_loop_shows_its_variable_and_the_output_so_far(pool: ForkerPool) -> None:
    steps = await steps_of(pool, "for number in range(3):", "    print(number, end='é')")
    assert [step["line"] for step in steps] == [1, 2, 1, 2, 1, 2, 1, 1]
    assert history(steps, "number") == ["0", "1", "2"]
    assert [step["output"] for step in steps] == [0, 0, 2, 2, 4, 4, 6, 6]
    assert steps[-1]["event"] == "return"


async def test_recursion_shows_the_stack_and_each_calls_own_variables(pool: ForkerPool) -> None:
    steps = await steps_of(pool, "def f(n):", "    if n == 0:", "        return 1", "    return n * f(n - 1)", "f(2)")
    deepest = max(steps, key=lambda step: len(step["stack"]))
    assert [(call["frame"], call["function"], call["line"]) for call in deepest["stack"]] == [
        (0, "<module>", 5),
        (1, "f", 4),
        (2, "f", 4),
        (3, "f", 2),
    ]
    assert history(steps, "n") == ["2", "1", "0"]
    returned = [step["value"] for step in steps if step["event"] == "return"]
    assert returned == ["1", "1", "2", "None"]


async def test_an_exception_is_shown_where_it_passes_and_where_it_is_caught(pool: ForkerPool) -> None:
    steps = await steps_of(
        pool, "def f():", "    return 1 / 0", "try:", "    f()", "except ZeroDivisionError as e:", "    x = 1"
    )
    assert flow(steps)[3:] == [
        ("line", 2, "f"),
        ("exception", 2, "f"),
        ("exception", 4, "<module>"),
        ("line", 5, "<module>"),
        ("line", 6, "<module>"),
        ("return", 6, "<module>"),
    ]
    assert steps[4]["value"] == "ZeroDivisionError('division by zero')"
    assert history(steps, "e") == ["ZeroDivisionError('division by zero')", None]


async def test_an_exception_that_ends_the_program_is_the_last_step(pool: ForkerPool) -> None:
    traced = await trace_code(pool, "x = []\nx[1]\n")
    assert (traced.run.verdict, traced.ended, traced.steps[-1]["event"]) == (Verdict.runtime_error, "end", "exception")
    assert traced.run.error is not None
    assert traced.run.error["line"] == 2


async def test_a_generator_keeps_its_frame_and_two_generators_have_one_each(pool: ForkerPool) -> None:
    steps = await steps_of(
        pool,
        "def count(n):",
        "    while n:",
        "        yield n",
        "        n -= 1",
        "for i in count(2):",
        "    pass",
        "for i in count(1):",
        "    pass",
    )
    assert [step["value"] for step in steps if step["event"] == "yield"] == ["2", "1", "1"]
    frames = [step["stack"][-1]["frame"] for step in steps if step["event"] == "yield"]
    assert frames == [1, 1, 2]
    assert history(steps, "n") == ["2", "1", "0", "1", "0"]


async def test_an_object_is_shown_by_its_attributes_and_its_own_repr_is_never_called(pool: ForkerPool) -> None:
    steps = await steps_of(
        pool,
        "class Dog:",
        "    def __init__(self, name):",
        "        self.name = name",
        "    def __repr__(self):",
        "        print('called')",
        "        return 'x'",
        "dog = Dog('Rex')",
        "dog.friend = dog",
    )
    assert history(steps, "dog")[0] == "Dog(name='Rex')"
    assert (history(steps, "dog")[1] or "").startswith("Dog(name='Rex', friend=Dog(name='Rex', friend=")
    assert history(steps, "self") == ["Dog()", "Dog(name='Rex')"]
    assert steps[-1]["output"] == 0


async def test_a_function_that_changes_a_global_shows_it_at_once(pool: ForkerPool) -> None:
    steps = await steps_of(pool, "total = []", "def add():", "    total.append(1)", "    total.append(2)", "add()")
    changes = [(step["stack"][-1]["function"], change["value"]) for step in steps for change in step["changed"]
               if change["name"] == "total"]  # fmt: skip
    assert changes == [("<module>", "[]"), ("add", "[1]"), ("add", "[1, 2]")]


async def test_a_comprehension_and_the_library_are_one_step(pool: ForkerPool) -> None:
    steps = await steps_of(pool, "import statistics", "x = [n * n for n in range(3)]", "m = statistics.mean(x)")
    assert [line for _, line, _ in flow(steps)] == [1, 2, 3, 3]
    assert history(steps, "x") == ["[0, 1, 4]"]


async def test_a_case_is_traced_as_it_is_called(pool: ForkerPool) -> None:
    [case] = parse_cases(
        [{"name": "adds", "kind": "call", "input": {"function": "add", "args": [1, [2]]}, "expected": 3}]
    )
    traced = await trace_code(pool, "def add(a, b):\n    c = b\n    return a\n", case=case)
    assert history(list(traced.steps), "b") == ["[2]"]
    assert (traced.steps[-1]["event"], traced.steps[-1].get("value")) == ("return", "1")


async def test_an_endless_loop_ends_with_the_trace(pool: ForkerPool) -> None:
    traced = await trace_code(pool, "print('begin')\nn = 0\nwhile True:\n    n += 1\n")
    assert (traced.ended, len(traced.steps), traced.run.stdout) == ("steps", MAX_STEPS, "begin\n")
    assert traced.run.cpu_ms < 1_000


async def test_deep_recursion_and_large_values_stay_within_512_kib(pool: ForkerPool) -> None:
    for code in (
        "def f(n):\n    return f(n + 1)\nf(0)\n",
        "".join(f"name_{n} = {'x' * 300!r} + str({n})\n" for n in range(40)) + "while True:\n" + "".join(
            f"    name_{n} = '\\0\\udfff' * 999 + name_{n}[-3:] + '1'\n" for n in range(40)),
        "import sys\nwhile True:\n    sys.stdout.write('\\x1b' * 50)\n    sys.stderr.write('\\x1b' * 50)\n",
    ):  # fmt: skip
        traced = await trace_code(pool, code)
        assert traced.ended in ("steps", "size")
        assert len(traced.steps) > 100
        assert size_of(traced) <= MOST_BYTES
        longest = max(len(change["value"] or "") for step in traced.steps for change in step["changed"])
        assert longest <= MAX_VALUE


async def test_a_program_stopped_by_a_limit_leaves_no_steps(pool: ForkerPool) -> None:
    traced = await trace_code(pool, "sum(range(10**12))", limits=Limits(cpu_seconds=1))
    assert (traced.run.verdict, traced.ended, traced.steps) == (Verdict.time_limit, "stopped", [])


async def test_a_program_may_do_with_its_output_what_it_likes(pool: ForkerPool) -> None:
    for code in ("import sys\nsys.stdout.close()\nx = 1\n", "import sys\nsys.stdout.detach()\nx = 1\n"):
        traced = await trace_code(pool, code)
        assert (traced.run.verdict, traced.ended, history(list(traced.steps), "x")) == (Verdict.passed, "end", ["1"])
    traced = await trace_code(
        pool, "import io, sys\nold, sys.stdout = sys.stdout, io.StringIO()\nprint(1)\nsys.stdout = old\nprint(2)\n"
    )
    assert (traced.run.stdout, traced.steps[-1]["output"]) == ("2\n", 2)


async def test_code_that_cannot_be_read_has_no_steps(pool: ForkerPool) -> None:
    traced = await trace_code(pool, "x = (1\n")
    assert (traced.run.verdict, traced.ended, traced.steps) == (Verdict.syntax_error, "end", [])


async def test_a_program_that_switches_tracing_off_or_forges_steps_harms_nobody_else(pool: ForkerPool) -> None:
    off = await trace_code(pool, "import sys\nsys.settrace(None)\nx = 1\nprint(x)\n")
    assert (off.run.stdout, off.ended) == ("1\n", "end")
    forged = await trace_code(
        pool,
        "import json, os\n"
        "step = {'event': 'line', 'line': -1, 'output': 10**30, 'stack': [1, {'function': 7}], 'changed': 'x'}\n"
        "steps = [step, 1, None, {'event': 'lie'}] + [step] * 2000\n"
        "os.write(3, json.dumps({'ok': True, 'trace': {'ended': 5, 'steps': steps}}).encode())\n"
        "os._exit(0)\n",
    )
    assert forged.ended == "size"
    assert forged.steps[0] == {
        "event": "line",
        "line": 0,
        "output": 0,
        "stack": [{"frame": 0, "function": "", "line": 0}],
        "left_out": 0,
        "changed": [],
    }
    assert len(forged.steps) == MAX_STEPS


def test_values_are_shown_as_a_person_writes_them() -> None:
    for value in (1, 2.5, "a'b", [1, (2,), {3}], {"a": None}, set(), frozenset({1}), frozenset(), b"x", (), range(3)):
        assert show(value) == repr(value)
    assert show(10**1000) == "an integer of 3322 bits"
    assert show(list(range(1000))).endswith("…")
    endless: list[Any] = []
    endless.append(endless)
    assert show(endless) == "[[[[…]]]]"
    assert show(type) == "class type"
