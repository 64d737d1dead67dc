"""Tier `none`, for development alone: a plain process for each job, in a folder that is removed afterwards.

Nothing is isolated: a student's program can do what the service's user can. Serves a pool as forkers.Forker does, with
nothing that only Linux has; it has not been tried on macOS and Windows.
"""

import asyncio
import contextlib
import json
import math
import os
import secrets
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from learnflow.judge.limits import Limits
from learnflow.judge.sandbox import bubblewrap
from learnflow.judge.sandbox.child import ForkerLost
from learnflow.judge.verdicts import MAX_REPORT_BYTES, Execution
from learnflow.judge.wire import read_report

SECONDS_BETWEEN_LOOKS = 0.005
DESCRIPTORS = 64

_STARTED = b"\x01"  # as in inside/plain.py
_NEEDED_BY_THE_SYSTEM = ("SYSTEMROOT", "TMPDIR", "TEMP")


class PlainForker:
    """Runs one job at a time, each in a process of its own."""

    landlock = 0
    pid = 0

    def __init__(self, slot: int) -> None:
        self.slot = slot
        self.served = 0
        self.alive = False
        self._runs = asyncio.Lock()

    async def start(self) -> None:
        self.alive = True

    async def close(self) -> None:
        self.alive = False
        async with self._runs:
            return

    async def run(self, job: dict[str, Any], limits: Limits, *, followed: bool = False) -> Execution:
        """Run one job. Raises ForkerLost when it could not even be started, or the pool is closed meanwhile."""
        async with self._runs:
            if not self.alive:
                raise ForkerLost("the pool was closed")
            self.served += 1
            with tempfile.TemporaryDirectory(prefix="learnflow-job-", ignore_cleanup_errors=True) as folder:
                try:
                    return await self._run_in(Path(folder), job, limits)
                except OSError as problem:
                    raise ForkerLost(f"no process for a job: {problem}") from problem

    async def _run_in(self, folder: Path, job: dict[str, Any], limits: Limits) -> Execution:
        (folder / "job.json").write_text(_message(job, limits), encoding="ascii")
        (folder / "stdin").write_bytes(job.get("stdin", "").encode("utf-8", "surrogatepass"))
        (folder / "home").mkdir()
        with (
            (folder / "stdin").open("rb") as stdin,
            (folder / "stdout").open("wb") as stdout,
            (folder / "stderr").open("wb") as stderr,
        ):
            process = subprocess.Popen(  # noqa: ASYNC220, S603  # our own command line; starting takes a millisecond
                _command(folder),
                stdin=stdin,
                stdout=stdout,
                stderr=stderr,
                cwd=folder / "home",
                env=_environment(folder),
                start_new_session=True,
            )
        began = time.perf_counter()
        watched = _Watched(process)
        try:
            stopped = await self._watch(watched, folder, limits)
        finally:
            watched.kill()
            while not watched.has_ended():  # noqa: ASYNC110  # on no system but Linux is there an event to wait for
                await asyncio.sleep(SECONDS_BETWEEN_LOOKS)
        wall_ms = (time.perf_counter() - began) * 1e3
        stdout_bytes, stderr_bytes, report = (_read(folder / name) for name in ("stdout", "stderr", "report"))
        if not report.startswith(_STARTED) and stopped is None:
            raise ForkerLost(f"the job could not be started: {stderr_bytes.decode('utf-8', 'replace')}")
        code = process.returncode
        return Execution(
            exit_code=code if code >= 0 else None,
            signal=-code if code < 0 else None,
            stopped=stopped,
            stdout=stdout_bytes[: limits.output_bytes].decode("utf-8", "replace"),
            stderr=stderr_bytes[: limits.output_bytes].decode("utf-8", "replace"),
            stdout_truncated=len(stdout_bytes) > limits.output_bytes,
            report=read_report(report[1:]) if len(report) <= MAX_REPORT_BYTES else None,
            wall_ms=wall_ms,
            cpu_ms=watched.cpu_ms,
            memory_kb=watched.memory_kb,
        )

    async def _watch(self, watched: "_Watched", folder: Path, limits: Limits) -> Any:
        """Until it ends or has to be stopped: why it has."""
        end = time.perf_counter() + limits.wall_seconds
        while not watched.has_ended():
            if not self.alive:
                raise ForkerLost("the pool was closed")
            if time.perf_counter() > end:
                return "wall"
            if _is_too_much(folder, limits):
                return "output"
            await asyncio.sleep(SECONDS_BETWEEN_LOOKS)
        return "output" if _is_too_much(folder, limits) else None


class _Watched:
    """A process, its end and what it used. Windows tells neither time nor memory.

    Linux would count the memory that the service had when it started the process; what it tells meanwhile does not."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process
        self.cpu_ms = 0.0
        self.memory_kb = 0

    def has_ended(self) -> bool:
        if self._process.returncode is not None:
            return True
        if sys.platform == "win32":
            return self._process.poll() is not None
        if sys.platform == "linux":
            self.memory_kb = max(self.memory_kb, _peak_memory_kb(self._process.pid))
        pid, status, usage = os.wait4(self._process.pid, os.WNOHANG)
        if pid:
            self._process.returncode = os.waitstatus_to_exitcode(status)
            self.cpu_ms = (usage.ru_utime + usage.ru_stime) * 1e3
            if sys.platform != "linux":
                self.memory_kb = usage.ru_maxrss // (1024 if sys.platform == "darwin" else 1)
        return pid != 0

    def kill(self) -> None:
        """It, and on POSIX what it started and left in its session's group."""
        with contextlib.suppress(ProcessLookupError, PermissionError):  # all have ended; macOS says it otherwise
            if sys.platform == "win32":
                self._process.kill()
            else:
                os.killpg(self._process.pid, signal.SIGKILL)


def _peak_memory_kb(pid: int) -> int:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next((int(line.split()[1]) for line in lines if line.startswith("VmHWM:")), 0)


def _message(job: dict[str, Any], limits: Limits) -> str:
    seed = job.get("seed")
    message = {
        "job": {name: part for name, part in job.items() if name not in ("key", "stdin")},
        "key": job.get("key", ""),
        "seed": secrets.randbits(32) if seed is None else seed,
        "limits": {
            "memory_bytes": limits.memory_bytes,
            "cpu_seconds": math.ceil(limits.cpu_seconds),
            # what it prints and reports goes to files too
            "file_bytes": max(limits.file_bytes, limits.output_bytes + 2**16, MAX_REPORT_BYTES + 2**16),
            "descriptors": DESCRIPTORS,
        },
    }
    return json.dumps(message)


def _command(folder: Path) -> list[str]:
    inside = Path(__file__).parents[1] / "inside"
    options = bubblewrap.INTERPRETER_OPTIONS
    return [_executable(), *options, str(inside / "plain.py"), str(inside.parents[2]), str(folder)]


def _executable() -> str:
    """Not a virtual environment's: on Windows that one starts another process."""
    base: str = getattr(sys, "_base_executable", None) or sys.executable
    return base if sys.platform == "win32" else bubblewrap.real_interpreter().executable


def _environment(folder: Path) -> dict[str, str]:
    system = {name: os.environ[name] for name in _NEEDED_BY_THE_SYSTEM if name in os.environ}
    return {**system, **bubblewrap.ENVIRONMENT, "HOME": str(folder / "home")}


def _is_too_much(folder: Path, limits: Limits) -> bool:
    bounds = {"stdout": limits.output_bytes, "stderr": limits.output_bytes, "report": MAX_REPORT_BYTES}
    return any(_size(folder / name) > bound for name, bound in bounds.items())


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def _read(path: Path) -> bytes:
    """What the process wrote, at most what a report may have; whatever the program has put there instead."""
    try:
        with path.open("rb") as file:
            return file.read(MAX_REPORT_BYTES + 1)
    except OSError:
        return b""
