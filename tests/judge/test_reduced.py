"""Tier `reduced`: what a program can and can't do without namespaces, and what is left of it: nothing."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.judge.test_pool import HELLO, SLEEP, descendants, lives, open_files, until_gone
from tests.support.forkers import stocked_up
from tests.support.machine import needs_root
from tests.support.services import running_service

from learnflow.judge import (
    CaseResult,
    ForkerLost,
    ForkerPool,
    JudgeUnavailable,
    Limits,
    Tier,
    Verdict,
    judge_code,
    parse_cases,
    run_code,
    trace_code,
)
from learnflow.judge.sandbox import reduced
from learnflow.judge.sandbox.bubblewrap import FIRST_USER, USERS
from learnflow.judge.sandbox.forkers import Forker


@pytest.fixture(scope="module", autouse=True)
def root() -> None:
    needs_root("only root can start programs as another user")


@pytest.fixture(scope="module")
async def pool() -> AsyncIterator[ForkerPool]:
    async with ForkerPool(2, only=Tier.reduced) as pool:
        yield pool


@pytest.fixture
async def own_pool() -> AsyncIterator[ForkerPool]:
    async with ForkerPool(1, only=Tier.reduced) as pool:
        yield pool


async def judged(pool: ForkerPool, source: str, **definition: object) -> CaseResult:
    return (await judge_code(pool, source, parse_cases([definition]))).results[0]


def folders() -> set[str]:
    return {str(path) for folder in reduced._folders() for path in folder.glob(f"{reduced.PREFIX}{os.getpid()}-*")}


def homes(pool: ForkerPool) -> list[Path]:
    return [home for forker in pool.forkers if forker._launch.room for home in forker._launch.room.homes.iterdir()]


async def a_spare_of(forker: Forker) -> int:
    while not forker._spares:  # noqa: ASYNC110  # they are made one by one
        await asyncio.sleep(0.005)
    await forker._spares[0].ready
    return descendants(forker.pid)[0]


async def test_every_kind_of_case_is_judged(pool: ForkerPool) -> None:
    checker = "def check(input, actual, expected): return actual == 42"
    test_file = "from main import f\n\ndef test_f():\n    assert f() == 42\n"
    for definition in (
        {"kind": "call", "input": {"function": "f"}, "expected": 42},
        {"kind": "expression", "input": {"expression": "f() + 1"}, "expected": 43},
        {"kind": "stdio", "input": {"stdin": "x"}, "expected": {"stdout": "42"}},
        {"kind": "unit", "input": {"test_file": test_file, "module": "main"}},
        {
            "kind": "call",
            "input": {"function": "f"},
            "expected": 42,
            "comparison": {"mode": "checker", "code": checker},
        },
    ):
        source = "def f(): return 42\n\nif __name__ == '__main__':\n    print(f())\n"
        result = await judged(pool, source, **definition)
        assert (result.verdict, result.tier) == (Verdict.passed, "reduced"), result
    assert (await trace_code(pool, "x = 1\n")).steps


async def test_files_of_a_case_are_there_to_read_and_gone_afterwards(pool: ForkerPool) -> None:
    source = "import os\nprint(open('in.txt').read(), os.listdir('.'), open('/dev/null', 'w').write('x'))"
    given = {"files": {"in.txt": "given"}}
    for _ in range(4):
        result = await judged(pool, source, kind="stdio", input=given, expected={"stdout": "given ['in.txt'] 1"})
        assert result.verdict is Verdict.passed, result
    assert not [path for home in homes(pool) for path in home.iterdir()]  # they are those of the spares


async def test_a_case_that_looks_at_written_files_is_the_exercises_fault_never_the_students(pool: ForkerPool) -> None:
    source = "open('out.txt', 'w').write('done')"
    result = await judged(pool, source, kind="stdio", input={}, expected={"files": {"out.txt": "done"}})
    assert result.verdict is Verdict.internal_error
    assert result.fault is not None
    assert "needs `full`" in result.fault


@pytest.mark.parametrize(
    "act",
    [
        "open('x', 'w')",
        "open('given.txt', 'a')",
        "import os; os.remove('given.txt')",
        "import os; os.chmod('given.txt', 0o777)",
        "import os; os.mkdir('x')",
        "open(__import__('json').__file__, 'a')",
        "open('/etc/passwd')",
        "import os; os.listdir('..')",
        "import os; os.kill(os.getppid(), 0)",
        "import os; os.kill(0, 0)",
        "import socket; socket.socket()",
        "import os; os.fork()",
    ],
)
async def test_what_is_not_allowed_is_forbidden(pool: ForkerPool, act: str) -> None:
    given = {"files": {"given.txt": "given"}}
    assert (await judged(pool, act, kind="stdio", input=given, expected={"stdout": ""})).verdict is Verdict.forbidden


async def test_installed_packages_and_the_service_can_be_imported_by_nobody(pool: ForkerPool) -> None:
    for module in ("fastapi", "learnflow", "pip", "forker", "reduced"):
        result = await run_code(pool, f"import {module}")
        assert result.error is not None
        assert result.error["type"] == "ModuleNotFoundError"
    modules = "sqlite3, wave, xml.dom.minidom, zoneinfo, ssl, lzma"
    assert (await run_code(pool, f"import {modules}")).verdict is Verdict.passed


async def test_a_program_may_signal_itself_and_start_threads(pool: ForkerPool) -> None:
    source = """
import os, signal, threading
signal.signal(signal.SIGUSR1, lambda *_: print("heard"))
os.kill(os.getpid(), signal.SIGUSR1)
signal.raise_signal(signal.SIGUSR1)
thread = threading.Thread(target=lambda: print("ran"))
thread.start()
thread.join()
print(os.getpgid(0) == os.getsid(0) == os.getpid())
"""
    assert (await run_code(pool, source)).stdout == "heard\nheard\nran\nTrue\n"


async def test_every_forker_has_a_user_of_its_own_also_among_pools(pool: ForkerPool) -> None:
    async with ForkerPool(2, only=Tier.reduced) as other:
        forkers = (*pool.forkers, *other.forkers)
        facts = [status_of(forker.pid) for forker in forkers]
        owners = {owner_of(f"/proc/{forker.pid}/environ") for forker in forkers}
        users = [forker._launch.room.user for forker in forkers if forker._launch.room]
    assert len(set(users)) == 4
    assert all(FIRST_USER <= user < FIRST_USER + USERS for user in users)
    assert owners == {0}  # not dumpable: what is in /proc of it is root's
    for fact, user in zip(facts, users, strict=True):
        assert fact["Uid"].split() == fact["Gid"].split() == [str(user)] * 4
        assert (fact["Groups"].strip(), fact["CapPrm"], fact["NoNewPrivs"]) == ("", "0" * 16, "1")


def owner_of(path: str) -> int:
    return Path(path).stat().st_uid


def status_of(pid: int) -> dict[str, str]:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return dict(line.split(":\t", 1) for line in lines if ":\t" in line)


async def test_the_forker_holds_nothing_of_the_services_environment(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("LEARNFLOW_SECRET_KEY", "the service's secret")
    (tmp_path / "secret").write_text("secret")
    with (tmp_path / "secret").open() as inheritable:
        os.set_inheritable(inheritable.fileno(), True)
        async with ForkerPool(1, only=Tier.reduced) as pool:
            (forker,) = pool.forkers
            held, environment = held_by(forker.pid)
    assert "LEARNFLOW" not in environment
    known = ("/dev/null", "/memfd:", "/proc/")
    assert not [name for name in held if name.startswith("/") and not name.startswith(known)]


def held_by(pid: int) -> tuple[list[str], str]:
    """What its descriptors are, and its environment."""
    folder = Path(f"/proc/{pid}")
    return [str(path.readlink()) for path in (folder / "fd").iterdir()], (folder / "environ").read_text()


async def test_five_hundred_jobs_leave_nothing_behind(pool: ForkerPool) -> None:
    async def some_jobs(count: int) -> tuple[int, int]:
        await asyncio.gather(*(pool.execute(HELLO, Limits()) for _ in range(count)))
        await stocked_up(pool)
        return open_files(), sum(len(descendants(forker.pid)) for forker in pool.forkers)

    before = await some_jobs(20)
    assert await some_jobs(500) == before
    assert len(homes(pool)) <= before[1]  # a spare makes its home by and by


async def test_closing_leaves_no_process_no_descriptor_and_no_file(pool: ForkerPool) -> None:
    await stocked_up(pool)  # the other pool of this process
    before = open_files(), folders()
    async with ForkerPool(2, only=Tier.reduced) as another:
        await another.execute(HELLO, Limits())
        running = asyncio.create_task(another.execute(SLEEP, Limits()))
        await asyncio.sleep(0.05)
        processes = [pid for forker in another.forkers for pid in (forker.pid, *descendants(forker.pid))]
        assert len(processes) >= 4
    with pytest.raises((ForkerLost, JudgeUnavailable)):
        await running
    assert not any(map(lives, processes))
    assert (open_files(), folders()) == before


@pytest.mark.parametrize("which", ["forker", "spare"])
async def test_a_process_killed_from_outside_costs_nothing(own_pool: ForkerPool, which: str) -> None:
    (forker,) = own_pool.forkers
    spare = await a_spare_of(forker)
    os.kill(forker.pid if which == "forker" else spare, signal.SIGKILL)
    for _ in range(3):
        assert (await own_pool.execute(HELLO, Limits())).stdout == "hello\n"
    await until_gone([spare])


async def test_a_job_whose_forker_is_killed_dies_with_it_and_is_run_again(own_pool: ForkerPool) -> None:
    (forker,) = own_pool.forkers
    slow = {"kind": "stdio", "source": "import time\ntime.sleep(0.3)\nprint('done')"}
    task = asyncio.create_task(own_pool.execute(slow, Limits()))
    await asyncio.sleep(0.05)
    children = descendants(forker.pid)
    os.kill(forker.pid, signal.SIGKILL)
    await until_gone(children)
    assert (await task).stdout == "done\n"


async def test_a_service_killed_with_9_leaves_no_process_and_its_files_go_with_the_next() -> None:
    source = """
import asyncio
from learnflow.judge import ForkerPool, Limits, Tier
async def main():
    async with ForkerPool(1, only=Tier.reduced) as pool:
        print("ready", flush=True)
        await pool.execute({"kind": "stdio", "source": "import time\\ntime.sleep(60)"}, Limits(wall_seconds=60))
asyncio.run(main())
"""
    with running_service(source) as service:
        while len(processes := descendants(service.pid)) < 2:  # forker and child  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        service.kill()
    await until_gone(processes)
    left = [path for folder in reduced._folders() for path in folder.glob(f"{reduced.PREFIX}{service.pid}-*")]
    assert left
    reduced.tidy()
    assert not any(path.exists() for path in left)


async def test_where_no_folder_can_be_reached_it_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reduced, "_folders", lambda: [Path("/root"), Path("/no-such-folder")])
    with pytest.raises(JudgeUnavailable, match="reached by every user"):
        await ForkerPool(1, only=Tier.reduced).start()


async def test_a_forker_gives_its_place_and_its_user_to_a_new_one_after_so_many_jobs() -> None:
    async with ForkerPool(1, only=Tier.reduced, jobs_per_forker=5) as pool:
        (first,) = pool.forkers
        ended = await asyncio.gather(*(pool.execute(HELLO, Limits()) for _ in range(30)))
        assert {execution.stdout for execution in ended} == {"hello\n"}
        async with asyncio.timeout(5):
            while pool._restarts:
                await asyncio.gather(*pool._restarts)
        (second,) = pool.forkers
        assert first is not second
        assert first._launch.room is not None
        assert not first._launch.room.homes.exists()


async def test_before_landlock_saw_to_truncation_the_filter_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reduced, "landlock_version", lambda: 2)
    async with ForkerPool(1, only=Tier.reduced) as pool:
        assert (await run_code(pool, "open('/dev/null', 'a').write('x')\nopen('/dev/null', 'r+')")).exit_code == 0
        assert (await run_code(pool, "open('/dev/null', 'w')")).verdict is Verdict.forbidden
