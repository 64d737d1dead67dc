"""What isolation this machine can give, found out by trying: the tier, what is missing, and what would mend it."""

import json
import os
import shutil
import sys
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from learnflow.judge import cgroups
from learnflow.judge.child import ForkerLost
from learnflow.judge.forkers import Forker
from learnflow.judge.limits import Limits
from learnflow.judge.syscalls import SyscallFilterUnavailable, compiled_filter


class Tier(StrEnum):
    """`full`: namespaces, system call filter, limits. `none`: not isolated. `reduced`, in between, isn't built yet."""

    full = "full"
    reduced = "reduced"
    none = "none"


@dataclass(frozen=True)
class Finding:
    """One thing that this machine lacks. `fix` is a command, or a sentence where no command helps."""

    what: str
    fix: str


@dataclass(frozen=True)
class TierReport:
    tier: Tier
    findings: tuple[Finding, ...] = ()

    def sentence(self) -> str:
        """For a log line or an error: the tier, each finding, each fix."""
        found = " ".join(f"{finding.what} To mend it: {finding.fix}" for finding in self.findings)
        return f"Isolation tier: {self.tier}. {found}".strip()


class JudgeUnavailable(Exception):
    """Nothing can be judged here; the message says what is missing and what would mend it."""


INSTALL = {
    "apt-get": "apt-get install",
    "dnf": "dnf install",
    "apk": "apk add",
    "pacman": "pacman -S",
    "zypper": "zypper install",
}
PACKAGES = {"libseccomp": {"apt-get": "libseccomp2"}}

# Runs as a student's program and prints what it managed to do that it must not.
MISBEHAVIOUR = """
import ctypes, json, os, socket
done = []
def must_fail(name, act):
    try:
        result = act()
    except OSError:
        return
    if result != -1:
        done.append(name)
libc = ctypes.CDLL(None, use_errno=True)
must_fail("start a process", os.fork)
must_fail("run a program", lambda: os.execv("/bin/sh", ["sh"]))
must_fail("open a socket", lambda: socket.socket())
must_fail("read /etc/passwd", lambda: open("/etc/passwd"))
must_fail("read /proc", lambda: os.listdir("/proc/self"))
must_fail("write outside its home", lambda: open("/written", "w"))
must_fail("mount", lambda: libc.mount(b"none", b"/home", b"tmpfs", 0, None))
must_fail("enter a new user namespace", lambda: libc.unshare(0x10000000))
must_fail("trace", lambda: libc.ptrace(0, 0, 0, 0))
must_fail("signal others", lambda: os.kill(-1, 0))
if 0 in os.getresuid() + os.getresgid() + tuple(os.getgroups()):
    done.append("be root")
if os.getpid() != 1:
    done.append("share a process namespace")
if len(os.listdir(".")):
    done.append("find another's files")
if set(os.environ) - {"HOME", "LC_ALL", "MALLOC_ARENA_MAX", "PATH", "PYTHONHASHSEED", "PWD", "TZ"}:
    done.append("read the service's environment")
print(json.dumps(done))
"""


async def probe() -> TierReport:
    """The tier of this machine. Starts a sandbox and lets a program in it try what it must not be able to do."""
    missing = lacking()
    if missing:
        return TierReport(Tier.none, missing)
    parents, lacks_groups = groups()
    forker = Forker(0, groups=parents)
    try:
        await forker.start()
        return await examine(forker, *lacks_groups)
    except ForkerLost as problem:
        return TierReport(Tier.none, (refused(str(problem)),))
    finally:
        await forker.close()


def lacking() -> tuple[Finding, ...]:
    """What is plainly not here, without starting anything."""
    if sys.platform != "linux":
        fix = "run the server on Linux, in a virtual machine or (Windows) in WSL 2."
        return (Finding("Students' programs can be isolated on Linux only.", fix),)
    found = []
    if shutil.which("bwrap") is None:
        found.append(Finding("bubblewrap is not installed.", install("bubblewrap")))
    try:
        compiled_filter()
    except SyscallFilterUnavailable as problem:
        found.append(Finding(f"libseccomp can't be used ({problem}).", install("libseccomp")))
    return tuple(found)


def groups() -> tuple[cgroups.Parents | None, tuple[Finding, ...]]:
    """Where cgroups for the forkers can be made, or what is missing. What earlier services left there is removed."""
    try:
        parents = cgroups.parents()
    except cgroups.CgroupsUnavailable as problem:
        what = f"{problem} A program's memory is limited as address space alone, its files come on top of it."
        return None, (Finding(what, problem.fix),)
    cgroups.tidy(parents)
    return parents, ()


async def examine(forker: Forker, *findings: Finding) -> TierReport:
    """The tier that a running forker gives. Raises ForkerLost when it can't run anything.

    `findings` are what else is known to be missing, without which the tier is full all the same."""
    execution = await forker.run({"kind": "stdio", "source": MISBEHAVIOUR}, Limits())
    try:
        done = json.loads(execution.stdout)
    except ValueError:
        return TierReport(Tier.none, (Finding(f"The sandbox can't run a program: {execution}.", "report this."),))
    if done:
        what = f"A program in the sandbox was able to: {', '.join(done)}."
        return TierReport(Tier.none, (Finding(what, "report this; nothing may be judged here."),))
    if not forker.landlock:
        what = "Landlock is off in this kernel: files are guarded by the mount namespace alone."
        findings += (Finding(what, "boot Linux 5.13 or newer with lsm=landlock,... (advisable)."),)
    return TierReport(Tier.full, findings)


def refused(said: str) -> Finding:
    """Why the sandbox did not start, and the setting of this machine that most likely forbids it."""
    what = f"The sandbox does not start: {said}."
    apparmor, clone, most = (
        _setting(f"/proc/sys/{name}")
        for name in (
            "kernel/apparmor_restrict_unprivileged_userns",
            "kernel/unprivileged_userns_clone",
            "user/max_user_namespaces",
        )
    )
    if clone == "0":
        return Finding(what, "sysctl -w kernel.unprivileged_userns_clone=1")
    if most == "0":
        return Finding(what, "sysctl -w user.max_user_namespaces=10000")
    if apparmor == "1" and os.geteuid() != 0:
        return Finding(what, "sysctl -w kernel.apparmor_restrict_unprivileged_userns=0")
    if any(Path(mark).exists() for mark in ("/.dockerenv", "/run/.containerenv")):
        options = "--cap-add SYS_ADMIN --security-opt seccomp=unconfined --security-opt apparmor=unconfined"
        return Finding(what, f"start the container with {options}")
    return Finding(what, "allow this user to create user namespaces, or start the server as root.")


def install(package: str) -> str:
    """The command that installs a package with this machine's package manager."""
    for manager, command in INSTALL.items():
        if shutil.which(manager):
            return f"{command} {PACKAGES.get(package, {}).get(manager, package)}"
    return f"install {package} with your system's package manager"


def _setting(path: str) -> str | None:
    try:
        return Path(path).read_text().strip()
    except OSError:
        return None
