"""How long bare Python takes: what every ratio of the other benchmarks is a multiple of.

Bare is the interpreter that the sandbox's forkers run (links resolved, no shim), with site, on `print(sum(range(10)))`,
without any sandbox. It is started through an empty virtual environment, because .pth files of whatever packages this
machine's interpreter happens to have would make it slower and every ratio look better than it is. Measure it in the
same run as what it is compared to: the machine's speed changes from minute to minute.
"""

import statistics
import subprocess
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from learnflow.judge.sandbox.bubblewrap import real_interpreter

PROGRAM = "print(sum(range(10)))"


def bare_milliseconds(runs: int = 30) -> float:
    """Median milliseconds of `runs` starts of bare Python, after three that are not counted."""
    with _bare_command() as command:
        return statistics.median([_milliseconds(command) for _ in range(runs + 3)][3:])


def bare_per_second(at_a_time: int, runs: int = 400) -> float:
    """Starts of bare Python per second, `at_a_time` at once."""
    with _bare_command() as command, ThreadPoolExecutor(at_a_time) as threads:
        began = time.perf_counter()
        list(threads.map(lambda _: _milliseconds(command), range(runs)))
        return runs / (time.perf_counter() - began)


@contextmanager
def _bare_command() -> Iterator[list[str]]:
    interpreter = Path(real_interpreter().executable)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "program.py").write_text(PROGRAM)
        (folder / "pyvenv.cfg").write_text(f"home = {interpreter.parent}\ninclude-system-site-packages = false\n")
        link = folder / "bin" / interpreter.name
        link.parent.mkdir()
        link.symlink_to(interpreter)
        yield [str(link), str(folder / "program.py")]


def _milliseconds(command: list[str]) -> float:
    began = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL, env={})
    return (time.perf_counter() - began) * 1e3


if __name__ == "__main__":
    print(f"bare: {bare_milliseconds():.1f} ms ({real_interpreter().executable})")
