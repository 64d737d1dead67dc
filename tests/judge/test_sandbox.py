"""What a program in the sandbox can and can't do. Each runs in a real one."""

import json
import os
import signal
from pathlib import Path

import pytest
from tests.judge.conftest import Execute, JudgeCall

from learnflow.judge import ForkerPool, Limits, Verdict
from learnflow.judge.sandbox.bubblewrap import FIRST_USER, USERS


async def test_a_program_reads_stdin_and_prints(execute: Execute) -> None:
    ended = await execute("name = input()\nprint(f'Hello, {name}!')", stdin="Ada\n")
    assert (ended.stdout, ended.stderr, ended.exit_code) == ("Hello, Ada!\n", "", 0)
    assert ended.report == {"ok": True}


async def test_a_program_runs_as_the_main_module(execute: Execute) -> None:
    assert (await execute("if __name__ == '__main__':\n    print('main')")).stdout == "main\n"


async def test_exit_and_quit_exist_and_give_the_exit_code(execute: Execute) -> None:
    assert (await execute("exit(3)")).exit_code == 3
    assert (await execute("quit()")).exit_code == 0
    said = await execute("import sys\nsys.exit('no')")
    assert (said.exit_code, said.stderr) == (1, "no\n")


async def test_atexit_and_threads_are_waited_for(execute: Execute) -> None:
    source = """
import atexit, threading, time
atexit.register(lambda: print("bye"))
threading.Thread(target=lambda: (time.sleep(0.05), print("worked"))).start()
"""
    assert (await execute(source)).stdout == "worked\nbye\n"


async def test_twenty_threads_fit_into_the_memory_limit(execute: Execute) -> None:
    source = """
import threading
barrier = threading.Barrier(20)
threads = [threading.Thread(target=barrier.wait) for _ in range(20)]
[t.start() for t in threads]; [t.join() for t in threads]
print("done")
"""
    assert (await execute(source)).stdout == "done\n"


async def test_asyncio_works(execute: Execute) -> None:
    ended = await execute("import asyncio\nasync def f():\n    await asyncio.sleep(0)\n    print(1)\nasyncio.run(f())")
    assert ended.stdout == "1\n"


async def test_a_module_that_is_not_preloaded_can_be_imported(execute: Execute) -> None:
    ended = await execute("import sqlite3, wave, xml.dom.minidom, zoneinfo\nprint(wave.__name__, zoneinfo.__name__)")
    assert ended.stdout == "wave zoneinfo\n", ended


@pytest.mark.parametrize("module", ["fastapi", "learnflow", "pip", "forker", "harness", "encoder"])
async def test_neither_the_service_nor_installed_packages_can_be_imported(execute: Execute, module: str) -> None:
    ended = await execute(f"import {module}")
    assert ended.report is not None
    assert ended.report["error"]["type"] == "ModuleNotFoundError"


@pytest.mark.parametrize(
    "act",
    [
        "import os; os.fork()",
        "import subprocess; subprocess.run(['/bin/true'])",
        "import os; os.execv('/usr/bin/env', ['env'])",
        "import socket; socket.socket()",
        "import socket; socket.create_connection(('127.0.0.1', 5432))",
        "import os; os.kill(-1, 9)",
        "import os; os.kill(2, 9)",
        "import os; os.memfd_create('x')",
        "import os; os.mkfifo('fifo')",
        "import os; os.chroot('.')",
        "import os; os.setuid(0)",
        "open('/judge/x', 'w')",
        "open('/x', 'w')",
        "import os; os.listdir('/')",
    ],
)
async def test_what_is_not_allowed_is_a_permission_error(judge_call: JudgeCall, act: str) -> None:
    result = await judge_call(f"def answer():\n    {act}\n    return 42")
    assert result.verdict is Verdict.forbidden, result


@pytest.mark.parametrize(
    "path", ["/etc/passwd", "/proc/self/environ", "/proc/1/maps", "/sys/kernel", "/dev/mem", "/var", __file__]
)
async def test_other_files_of_the_machine_do_not_exist(execute: Execute, path: str) -> None:
    assert (await execute(f"import os\nprint(os.path.exists({path!r}))")).stdout == "False\n"


@pytest.mark.parametrize("call", ["ptrace", "mount", "unshare", "keyctl", "bpf", "io_uring_setup", "process_vm_readv"])
async def test_dangerous_system_calls_are_refused(execute: Execute, call: str) -> None:
    numbers = {"x86_64": (101, 165, 272, 250, 321, 425, 310), "aarch64": (117, 40, 97, 219, 280, 425, 270)}
    names = ("ptrace", "mount", "unshare", "keyctl", "bpf", "io_uring_setup", "process_vm_readv")
    number = dict(zip(names, numbers[os.uname().machine], strict=True))[call]
    source = f"""
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
print(libc.syscall({number}, 0, 0, 0, 0, 0), ctypes.get_errno())
"""
    assert (await execute(source)).stdout == "-1 1\n"


async def test_the_environment_holds_nothing_of_the_service(execute: Execute, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEARNFLOW_SECRET", "secret")
    ended = await execute("import os\nprint(sorted(os.environ))")
    assert "LEARNFLOW" not in ended.stdout
    assert "HOME" in ended.stdout


async def test_a_program_is_nobody_and_alone(execute: Execute) -> None:
    ended = await execute(
        "import os\nprint(os.getuid(), os.getgid(), os.getgroups(), os.getpid(), os.uname().nodename)"
    )
    assert ended.stdout.startswith("65534 65534 [")
    assert ended.stdout.split("] ")[1] == "1 sandbox\n"
    assert "0" not in ended.stdout.split("[")[1].split("]")[0].split(", ")


async def test_under_root_the_sandbox_runs_as_a_user_of_its_own(pool: ForkerPool) -> None:
    owners = {_owner(_forker_pid(forker._process.pid)) for forker in pool._forkers}
    if os.geteuid() == 0:
        assert all(FIRST_USER <= owner < FIRST_USER + USERS for owner in owners)
        assert len(owners) == pool.size
    else:
        assert owners == {os.geteuid()}


def _owner(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith("Uid:")).split()[1])


def _forker_pid(pid: int) -> int:
    """The innermost process below bubblewrap that runs Python; bubblewrap itself comes twice."""
    while True:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        if not children or b"python" in Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")[0]:
            return pid
        pid = int(children[0])


async def test_nothing_is_left_for_the_next_job(pool: ForkerPool) -> None:
    leave = """
import builtins, json, os, random, sys
open("left.txt", "w").write("left")
os.environ["LEFT"] = "1"
builtins.left = json.left = 1
json.dumps = print = None
sys.modules["left"] = sys
random.seed(1)
"""
    find = """
import builtins, gc, json, os, random, sys
print(os.listdir("."), "LEFT" in os.environ, hasattr(builtins, "left"), hasattr(json, "left"), json.dumps([1]))
print("left" in sys.modules, any("left.txt" in repr(o) for o in gc.get_objects() if type(o) is str))
"""
    for _ in range(pool.size):
        await pool.execute({"kind": "stdio", "source": leave}, Limits())
    for _ in range(pool.size):
        ended = await pool.execute({"kind": "stdio", "source": find}, Limits())
        assert ended.stdout == "[] False False False [1]\nFalse False\n", ended


async def test_random_differs_between_jobs_unless_seeded(pool: ForkerPool) -> None:
    job = {"kind": "stdio", "source": "import random\nprint(random.random())"}
    assert len({(await pool.execute(job, Limits())).stdout for _ in range(6)}) == 6
    seeded = {(await pool.execute({**job, "seed": 7}, Limits())).stdout for _ in range(6)}
    assert len(seeded) == 1


async def test_the_order_of_a_set_is_the_same_in_every_forker(pool: ForkerPool) -> None:
    job = {"kind": "stdio", "source": "print(set('abcdefghij'))"}
    assert len({(await pool.execute(job, Limits())).stdout for _ in range(6)}) == 1


async def test_the_cpu_limit_kills_whatever_is_ignored(execute: Execute) -> None:
    source = """
import contextlib, signal
for number in range(1, 32):
    with contextlib.suppress(OSError, ValueError):
        signal.signal(number, signal.SIG_IGN)
while True: pass
"""
    ended = await execute(source, cpu_seconds=1)
    assert (ended.signal, ended.stopped) == (signal.SIGKILL, None)
    assert 700 < ended.cpu_ms < 1500


async def test_the_wall_limit_stops_a_sleeper(execute: Execute) -> None:
    ended = await execute("import time\nprint('slept', flush=True)\ntime.sleep(60)", wall_seconds=0.2)
    assert (ended.stopped, ended.stdout, ended.report) == ("wall", "slept\n", None)
    assert 190 < ended.wall_ms < 1000


async def test_stopping_oneself_does_not_hold_up_the_judge(execute: Execute) -> None:
    ended = await execute("import os, signal\nos.kill(1, signal.SIGSTOP)\nprint('went on')", wall_seconds=0.5)
    assert ended.stdout == "went on\n" or ended.stopped == "wall"


@pytest.mark.parametrize("stream", ["stdout", "stderr"])
async def test_too_much_output_stops_the_program_and_the_beginning_is_kept(execute: Execute, stream: str) -> None:
    ended = await execute(f"import sys\nwhile True: sys.{stream}.write('0123456789')", output_bytes=10_000)
    assert ended.stopped == "output"
    assert getattr(ended, stream) == "0123456789" * 1000
    assert ended.stdout_truncated == (stream == "stdout")


async def test_output_of_exactly_the_limit_is_fine(execute: Execute) -> None:
    ended = await execute("print('x' * 9999)", output_bytes=10_000)
    assert (ended.stopped, len(ended.stdout)) == (None, 10_000)


async def test_memory_is_limited_to_about_what_was_asked_for(execute: Execute) -> None:
    measure = (
        "held = []\ntry:\n    while True: held.append(bytearray(1 << 20))\nexcept MemoryError:\n    print(len(held))"
    )
    ended = await execute(measure, memory_bytes=64 << 20)
    assert 48 <= int(ended.stdout) <= 64
    assert (await execute("x = bytearray(100 << 20)\nprint(len(x))")).exit_code == 0
    ended = await execute("x = bytearray(200 << 20)")
    assert ended.report is not None
    assert ended.report["error"]["type"] == "MemoryError"


async def test_home_holds_sixteen_megabytes_and_two_thousand_files(execute: Execute) -> None:
    fill = """
import errno
def fill(act):
    n = 0
    try:
        while True:
            act(n)
            n += 1
    except OSError as e:
        print(n, errno.errorcode[e.errno])
held = [open(f"big{i}", "wb") for i in range(2)]
fill(lambda n: (held[n % 2].write(bytes(1 << 20)), held[n % 2].flush()))
fill(lambda n: open(f"{n}", "w").close())
"""
    space, files = (await execute(fill)).stdout.splitlines()
    assert space.split()[1] == files.split()[1] == "ENOSPC"
    assert 15 <= int(space.split()[0]) <= 16
    assert int(files.split()[0]) < 2000


async def test_a_file_may_not_pass_its_limit(execute: Execute) -> None:
    ended = await execute("with open('f', 'wb') as f: f.write(bytes(4096))", file_bytes=1000)
    assert ended.report is not None
    assert "File too large" in ended.report["error"]["message"]


async def test_limits_can_not_be_changed(execute: Execute) -> None:
    ended = await execute("import resource\nresource.setrlimit(resource.RLIMIT_AS, (-1, -1))")
    assert ended.report is not None
    assert ended.report["error"]["type"] == "ValueError"


async def test_threads_and_descriptors_run_out(execute: Execute) -> None:
    ended = await execute("""
import threading, time
for number in range(100):
    threading.Thread(target=time.sleep, args=(9,), daemon=True).start()
""")
    assert ended.report is not None
    assert ended.report["error"]["message"] == "can't start new thread"
    ended = await execute("held = [open('/dev/null') for n in range(100)]")
    assert ended.report is not None
    assert "Too many open files" in ended.report["error"]["message"]


@pytest.mark.parametrize(
    "source",
    [
        "import os\nos._exit(0)",
        "def answer():\n    import os\n    os._exit(0)",
        "import os\nos.closerange(3, 100)\ndef answer(): return 42",
    ],
)
async def test_ending_before_the_end_is_a_failure(judge_call: JudgeCall, source: str) -> None:
    assert (await judge_call(source)).verdict is Verdict.runtime_error


async def test_a_report_that_the_program_wrote_itself_is_worth_no_more_than_returning_the_value(
    judge_call: JudgeCall,
) -> None:
    forge = "import os\nos.write(3, b'{report}')\nos._exit(0)"
    for report in (
        '{"ok": true}',
        '{"ok": true, "verdict": "passed"}',
        '{"ok": true, "value": 41}',
        "[]",
        "nan",
        "\\xff",
    ):
        assert (await judge_call(forge.replace("{report}", report))).verdict is not Verdict.passed, report
    twice = 'import os\nos.write(3, b\'{"ok": true, "value": 42}\')\ndef answer(): return 42'
    assert (await judge_call(twice)).verdict is Verdict.runtime_error


async def test_a_flood_of_report_is_stopped(execute: Execute) -> None:
    ended = await execute("import os\nwhile True: os.write(3, b'[' * 65536)")
    assert (ended.stopped, ended.report) == ("output", None)


async def test_patching_what_the_harness_uses_does_not_change_a_verdict(judge_call: JudgeCall) -> None:
    patch = """
import builtins, json, os, sys
json.JSONEncoder.encode = lambda *a: '{"ok": true, "value": 42}'
json.dumps = lambda *a, **k: '{"ok": true, "value": 42}'
class Equal:
    __eq__ = __ne__ = lambda self, other: True
    __hash__ = lambda self: hash(42)
    __repr__ = __str__ = lambda self: "42"
    __class__ = int
def answer(): return Equal()
"""
    assert (await judge_call(patch)).verdict is Verdict.wrong_answer
    assert (await judge_call("print('42')\ndef answer(): pass")).verdict is Verdict.wrong_answer


@pytest.mark.parametrize("source", ["", "# nothing\n", "\ufeffprint(1)", "# -*- coding: utf-16 -*-\nprint(1)"])
async def test_odd_but_valid_sources_run(execute: Execute, source: str) -> None:
    ended = await execute(source)
    assert ended.report == {"ok": True}, ended


@pytest.mark.parametrize(
    "source",
    [
        "def f(:",
        "\0",
        "x = '\ud800'\nprint(x.encode())",
        "(" * 100_000,
        "-" * 200_000 + "1",
        "if 1:\n\tx\n        y",
        "x" * 65_536 + " y",
    ],
)
async def test_broken_sources_are_reported(execute: Execute, source: str) -> None:
    ended = await execute(source)
    assert (ended.report or {}).get("ok") is False or ended.signal is not None, ended


async def test_job_files_are_there_and_wanted_files_come_back(pool: ForkerPool) -> None:
    source = """
import os
open("out.txt", "w").write(open("in.txt").read().upper())
os.symlink("in.txt", "link.txt")
os.mkdir("folder.txt")
"""
    wanted = ["out.txt", "link.txt", "folder.txt", "missing.txt"]
    job = {"kind": "stdio", "source": source, "files": {"in.txt": "abc\n"}, "want_files": wanted}
    ended = await pool.execute(job, Limits())
    assert ended.report is not None, ended
    assert json.loads(json.dumps(ended.report))["files"] == dict.fromkeys(wanted) | {"out.txt": "ABC\n"}


async def test_what_was_printed_before_an_endless_loop_is_shown(execute: Execute) -> None:
    ended = await execute("print('begins')\nwhile True: pass", wall_seconds=0.3)
    assert (ended.stopped, ended.stdout) == ("wall", "begins\n")


async def test_a_megabyte_of_output_comes_out_whole_when_it_is_allowed(execute: Execute) -> None:
    ended = await execute("for n in range(10_000): print('x' * 99)", output_bytes=2**20)
    assert (ended.stopped, ended.stdout) == (None, ("x" * 99 + "\n") * 10_000)


async def test_a_large_report_comes_out_whole(pool: ForkerPool) -> None:
    job = {"kind": "call", "source": "def f(): return ['x' * 100] * 1500", "function": "f", "args": [], "kwargs": {}}
    ended = await pool.execute(job, Limits())
    assert ended.report == {"ok": True, "value": ["x" * 100] * 1500}
