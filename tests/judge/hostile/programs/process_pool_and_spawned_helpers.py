#: verdict: forbidden
#: limits: wall_seconds=1

import concurrent.futures
import multiprocessing
import os

for method in ("fork", "spawn", "forkserver"):
    try:
        with concurrent.futures.ProcessPoolExecutor(2, multiprocessing.get_context(method)) as pool:
            pool.map(print, range(10))
    except (OSError, ImportError):
        pass
os.posix_spawn("/bin/sh", ["sh", "-c", "echo owned"], {})
