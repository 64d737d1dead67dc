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
from pathlib import Path

from learnflow.judge.bubblewrap import real_interpreter

PROGRAM = "print(sum(range(10)))"


def bare_milliseconds(runs: int = 30) -> float:
    """Median milliseconds of `runs` starts of bare Python, after three that are not counted."""
    with tempfile.TemporaryDirectory() as folder:
        program = Path(folder, "program.py")
        program.write_text(PROGRAM)
        command = [str(_empty_environment(Path(folder))), str(program)]
        return statistics.median([_milliseconds(command) for _ in range(runs + 3)][3:])


def _empty_environment(folder: Path) -> Path:
    interpreter = Path(real_interpreter().executable)
    (folder / "pyvenv.cfg").write_text(f"home = {interpreter.parent}\ninclude-system-site-packages = false\n")
    link = folder / "bin" / interpreter.name
    link.parent.mkdir()
    link.symlink_to(interpreter)
    return link


def _milliseconds(command: list[str]) -> float:
    began = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL, env={})
    return (time.perf_counter() - began) * 1e3


if __name__ == "__main__":
    print(f"bare: {bare_milliseconds():.1f} ms ({real_interpreter().executable})")
