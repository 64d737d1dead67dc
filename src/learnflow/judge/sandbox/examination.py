"""A tier is only given when a program that tries to misbehave gets nowhere."""

import json
import os
from collections.abc import Sequence
from pathlib import Path

from learnflow.judge.limits import Limits
from learnflow.judge.sandbox.forkers import Forker
from learnflow.judge.sandbox.plain import PlainForker
from learnflow.judge.sandbox.reduced import Place
from learnflow.judge.sandbox.tier import LANDLOCK, NOT_ISOLATED, Finding, Tier, TierState

# Runs as a student's program and prints what it managed to do that it must not.
MISBEHAVIOUR = """
import ctypes, fcntl, json, os, resource, shutil, socket, sys
facts = json.loads(sys.argv[1])
parent, service, decoy = os.getppid(), facts["service"], facts["decoy"]
done = []
def must_fail(name, act):
    try:
        result = act()
    except (OSError, ValueError):
        return
    if result != -1:
        done.append(name)
libc = ctypes.CDLL(None, use_errno=True)
must_fail("start a process", lambda: os.waitpid(os.fork() or os._exit(0), 0))
must_fail("run a program", lambda: os.execv("/bin/sh", ["sh"]))
must_fail("open a socket", lambda: socket.socket())
must_fail("read /etc/passwd", lambda: open("/etc/passwd"))
must_fail("read /proc", lambda: os.listdir("/proc/self"))
must_fail("read the service's environment", lambda: open(f"/proc/{service}/environ"))
for path in facts["private"]:
    must_fail(f"read {path}", lambda: os.open(path, os.O_RDONLY))
must_fail("write outside its home", lambda: open("/written", "w"))
must_fail("mount", lambda: libc.mount(b"none", b"/home", b"tmpfs", 0, None))
must_fail("enter a new user namespace", lambda: libc.unshare(0x10000000))
must_fail("trace", lambda: libc.ptrace(0, 0, 0, 0))
must_fail("signal others", lambda: os.kill(-1, 0))
must_fail("be root", lambda: os.setuid(0))
must_fail("raise its limits", lambda: resource.setrlimit(resource.RLIMIT_NPROC, (10 ** 6, 10 ** 6)))
if 0 in os.getresuid() + os.getresgid() + tuple(os.getgroups()):
    done.append("be root")
if len(os.listdir(".")):
    done.append("find another's files")
if set(os.environ) - {"HOME", "LC_ALL", "MALLOC_ARENA_MAX", "PATH", "PYTHONHASHSEED", "PWD", "TZ"}:
    done.append("read the service's environment")
if facts["tier"] == "full":
    if os.getpid() != 1:
        done.append("share a process namespace")
else:
    if facts["user"] in os.getresuid() + os.getresgid():
        done.append("be the service's user")
    tgkill = {"x86_64": 234, "aarch64": 131}.get(os.uname().machine, -1)
    for other in (parent, service):
        must_fail("signal another process", lambda: os.kill(other, 0))
        must_fail("signal another thread", lambda: libc.syscall(tgkill, other, other, 0))
        must_fail("have another signalled", lambda: fcntl.fcntl(1, fcntl.F_SETOWN, other))
        must_fail("see another's limits", lambda: resource.prlimit(other, resource.RLIMIT_CPU))
        must_fail("read another's memory", lambda: open(f"/proc/{other}/mem"))
    must_fail("signal its group", lambda: os.kill(0, 0))
    for where in (".", os.path.dirname(decoy), "/tmp", "/var/tmp", "/dev/shm", os.path.dirname(os.getcwd())):
        must_fail("write a file", lambda: open(f"{where}/written", "w"))
        must_fail("make a folder", lambda: os.mkdir(f"{where}/made"))
        must_fail("make a link", lambda: os.symlink("a", f"{where}/link"))
        must_fail("list other folders", lambda: -1 if where == "." else os.listdir(where))
    must_fail("read a file that anybody may read", lambda: open(decoy))
    for name, act in (
        ("write to", lambda path: open(path, "r+")),
        ("empty", lambda path: os.open(path, os.O_RDONLY | os.O_TRUNC)),
        ("cut", lambda path: os.truncate(path, 0)),
        ("change the mode of", lambda path: os.chmod(path, 0o777)),
        ("change the time of", lambda path: os.utime(path)),
        ("rename", lambda path: os.rename(path, "x")),
        ("link", lambda path: os.link(path, "x")),
        ("remove", os.remove),
    ):
        must_fail(f"{name} a file that anybody may write to", lambda: act(decoy))
    must_fail("change the mode of its home", lambda: os.chmod(".", 0o777))
print(json.dumps(sorted(set(done))))
"""
_DECOY = "nothing to see"
_SHORT = Limits(wall_seconds=0.02)
_LONG_MS = 1500.0


async def examine(
    tier: Tier,
    forker: Forker | PlainForker,
    findings: Sequence[Finding] = (),
    private: Sequence[str] = (),
    place: Place | None = None,
) -> TierState:
    """The tier that a running forker gives. Raises ForkerLost when it can't run anything.

    `findings` are what else is known to be missing, without which the tier is given all the same; `private` are files
    of the service that no program may read."""
    if tier is Tier.none:
        return await _runs_at_all(forker)
    if place is not None and not _can_end(forker):
        return TierState(tier, False, (Finding("The service can't end a program.", "give the server CAP_KILL."),))
    endless = await forker.run({"kind": "stdio", "source": "while True: pass"}, _SHORT)
    if endless.stopped != "wall" or endless.wall_ms > _LONG_MS:  # its CPU limit would have ended it
        what = f"A program that does not end can't be stopped: {endless}."
        return TierState(tier, False, (Finding(what, "report this."),))
    decoy = None if place is None else place.decoy(_DECOY)
    facts = {
        "tier": tier,
        "service": os.getpid(),
        "user": os.geteuid(),
        "private": [*_own_files(), *private],
        "decoy": str(decoy or "/no-such-file"),
    }
    job = {"kind": "stdio", "source": MISBEHAVIOUR, "args": [json.dumps(facts)]}
    execution = await forker.run(job, Limits())
    try:
        done = json.loads(execution.stdout)
    except ValueError:
        return TierState(tier, False, (Finding(f"The sandbox can't run a program: {execution}.", "report this."),))
    if decoy is not None and _contents(decoy) != _DECOY:
        done.append("change a file")
    if done:
        what = f"A program in the sandbox was able to: {', '.join(done)}."
        return TierState(tier, False, (Finding(what, "report this; nothing may be judged here."),))
    if tier is Tier.full and not forker.landlock:
        what = "Landlock is off in this kernel: files are guarded by the mount namespace alone."
        findings = (*findings, Finding(what, f"{LANDLOCK} (advisable)."))
    return TierState(tier, True, tuple(findings))


def _can_end(forker: Forker | PlainForker) -> bool:
    try:
        os.kill(forker.pid, 0)
    except PermissionError:
        return False
    return True


async def _runs_at_all(forker: Forker | PlainForker) -> TierState:
    execution = await forker.run({"kind": "stdio", "source": "print('runs')"}, Limits())
    if execution.stdout != "runs\n":
        return TierState(Tier.none, False, (Finding(f"No program can be run: {execution}.", "report this."),))
    return TierState(Tier.none, True, (NOT_ISOLATED,))


def _own_files() -> list[str]:
    """Source and settings of the service that runs this."""
    return [__file__, str(Path(".env").absolute()), str(Path(__file__).parents[2] / "core" / "config.py")]


def _contents(path: Path) -> str | None:
    try:
        return path.read_text()
    except OSError:
        return None
