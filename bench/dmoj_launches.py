"""What the judge of dmoj.ca takes for one run; bench/others.py starts this with an interpreter that has `dmoj`:

python bench/dmoj_launches.py INTERPRETER PREFIX RUNS PROGRAM

Prints the milliseconds of each run as a JSON list. A run is what dmoj's StandardGrader does for each test case: launch
the submission, which was compiled once before, with limits on time and memory, give it its input and wait for its end.
Nothing else of this project is imported here: that interpreter need not have it.
"""

import importlib
import json
import subprocess
import sys
import time

SECONDS = 2
KILOBYTES = 131072
OUTPUT_BYTES = 65536


def milliseconds_of(interpreter: str, prefix: str, runs: int, program: str) -> list[float]:
    """Raises RuntimeError when a run does not end well."""
    settings = importlib.import_module("dmoj.judgeenv").env
    settings["runtime"] = {"python3": interpreter}
    settings["extra_fs"] = {"PY3": [{"recursive_dir": prefix}]}
    executor = importlib.import_module("dmoj.executors.PY3").Executor("program", program.encode())
    times = []
    for _ in range(runs):
        began = time.perf_counter()
        process = executor.launch(
            time=SECONDS,
            memory=KILOBYTES,
            wall_time=3 * SECONDS,
            symlinks={},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        _, complaint = process.communicate(b"", outlimit=OUTPUT_BYTES, errlimit=OUTPUT_BYTES)
        process.wait()
        times.append((time.perf_counter() - began) * 1e3)
        if process.returncode != 0:
            raise RuntimeError(f"a run ended with {process.returncode}: {complaint.decode(errors='replace')}")
    executor.cleanup()
    return times


if __name__ == "__main__":
    interpreter, prefix, runs, program = sys.argv[1:]
    print(json.dumps(milliseconds_of(interpreter, prefix, int(runs), program)))
