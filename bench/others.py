"""What other ways to run a student's program take for one run, measured in the same minutes as ours.

Each answers the median of its runs in milliseconds, or None where it is not installed. All start the interpreter that
ours runs, without site, as dmoj does: what this machine's site-packages load at start is nobody's cost. None of them is
a dependency:

- bubblewrap: one process per run in all of its namespaces, without seccomp and limits; Debian's package `bubblewrap`;
- isolate, of the International Olympiad in Informatics: its three calls per run, as contest systems make them. With
  control groups where its `--cg` works here, which its service has to be running for; else without;
- dmoj, the judge of dmoj.ca: the launch of its executor for Python 3, in its interpreter: `pip install dmoj` into this
  virtual environment, or name one that has it with DMOJ_PYTHON. Compiling the submission is not counted.
"""

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from bench.bare import PROGRAM
from learnflow.judge.sandbox.bubblewrap import INTERPRETER_OPTIONS, readable_paths, real_interpreter

RUNS = 30
BEFORE = 3  # runs that are not counted
RESULT = "45\n"
BOX = 7  # isolate's number of a sandbox
PROCESSES = 8


def bubblewrap_per_run() -> float | None:
    program = shutil.which("bwrap")
    if program is None:
        return None
    binds = [part for path in readable_paths() for part in ("--ro-bind", path, path)]
    links = [
        part
        for name in ("/lib", "/lib64")
        if Path(name).is_symlink()
        for part in ("--symlink", str(Path(name).readlink()), name)
    ]
    command = [
        program, "--unshare-all", "--die-with-parent", "--clearenv", *binds, *links,
        "--dev", "/dev", "--size", str(16 << 20), "--tmpfs", "/home", "--chdir", "/home",
        real_interpreter().executable, *INTERPRETER_OPTIONS, "-c", PROGRAM,
    ]  # fmt: skip
    return _median(lambda: _prints_the_result(command))


def isolate_per_run() -> float | None:
    program = shutil.which("isolate")
    if program is None:
        return None
    with_groups = [program, "--cg", f"--box-id={BOX}"]
    works = subprocess.run([*with_groups, "--init"], capture_output=True, check=False).returncode == 0
    box = with_groups if works else [program, f"--box-id={BOX + 1}"]  # the first may be left half made
    if works:
        _quietly([*box, "--cleanup"])
    prefix = Path(real_interpreter().executable).parent.parent
    visible = [] if prefix == Path("/usr") else [f"--dir={prefix}"]
    limits = ["--time=2", "--wall-time=5", f"--processes={PROCESSES}", "--silent"]
    memory = "--cg-mem=131072" if works else "--mem=524288"

    def run() -> None:
        folder = subprocess.run([*box, "--init"], capture_output=True, check=True, text=True).stdout.strip()
        (Path(folder) / "box" / "program.py").write_text(PROGRAM)
        python = [real_interpreter().executable, *INTERPRETER_OPTIONS]
        _prints_the_result([*box, *visible, *limits, memory, "--run", "--", *python, "program.py"])
        _quietly([*box, "--cleanup"])

    return _median(run)


def dmoj_launch() -> float | None:
    python = os.environ.get("DMOJ_PYTHON", sys.executable)
    installed = "import importlib.util, sys; sys.exit(importlib.util.find_spec('dmoj') is None)"
    if subprocess.run([python, "-c", installed], check=False).returncode != 0:
        return None
    interpreter = real_interpreter()
    script = Path(__file__).with_name("dmoj_launches.py")
    prefix = str(Path(interpreter.executable).parent.parent)
    arguments = [interpreter.executable, prefix, str(RUNS + BEFORE), PROGRAM]
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run([python, script, *arguments], capture_output=True, check=True, text=True, cwd=folder)
    times: list[float] = json.loads(done.stdout)
    return statistics.median(times[BEFORE:])


OTHERS: dict[str, Callable[[], float | None]] = {
    "bubblewrap per run": bubblewrap_per_run,
    "isolate: init, run, cleanup": isolate_per_run,
    "dmoj: launch": dmoj_launch,
}


def median_or_why_not(measure: Callable[[], float | None]) -> float | str:
    """What one of OTHERS answers, or in words why there is no figure: none of them may end the benchmark of ours."""
    try:
        median = measure()
    except subprocess.CalledProcessError as problem:
        said = (problem.stderr or "").strip().splitlines()
        return f"does not work here: {said[-1] if said else problem}"
    except (OSError, RuntimeError) as problem:
        return f"does not work here: {problem}"
    return "not installed" if median is None else median


def _median(run: Callable[[], None]) -> float:
    times = []
    for _ in range(RUNS + BEFORE):
        began = time.perf_counter()
        run()
        times.append((time.perf_counter() - began) * 1e3)
    return statistics.median(times[BEFORE:])


def _prints_the_result(command: list[str]) -> None:
    output = subprocess.run(command, check=True, capture_output=True, text=True, env={}).stdout
    if output != RESULT:
        raise RuntimeError(f"{command[0]} printed {output!r}")


def _quietly(command: list[str]) -> None:
    subprocess.run(command, check=True, capture_output=True, text=True)
