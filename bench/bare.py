"""How long bare Python takes: what every ratio of the other benchmarks is a multiple of.

Bare is the interpreter that the sandbox's forkers run (links resolved, no shim, no virtual environment), with site,
on `print(sum(range(10)))`, without any sandbox. Measure it in the same run as what it is compared to: the machine's
speed changes from minute to minute.
"""

import statistics
import subprocess
import tempfile
import time
from pathlib import Path

from learnflow.judge.bubblewrap import real_interpreter

PROGRAM = "print(sum(range(10)))"


def bare_milliseconds(runs: int = 30) -> float:
    """Median milliseconds of `runs` starts of bare Python, after three that are not counted."""
    with tempfile.TemporaryDirectory() as folder:
        program = Path(folder, "program.py")
        program.write_text(PROGRAM)
        command = [real_interpreter().executable, str(program)]
        return statistics.median([_milliseconds(command) for _ in range(runs + 3)][3:])


def _milliseconds(command: list[str]) -> float:
    began = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL, env={})
    return (time.perf_counter() - began) * 1e3


if __name__ == "__main__":
    print(f"bare: {bare_milliseconds():.1f} ms ({real_interpreter().executable})")
