"""What isolation a machine can give: the tiers, what is missing for each, and what would mend it."""

import os
import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from learnflow.judge.sandbox import cgroups, reduced
from learnflow.judge.sandbox.syscalls import SyscallFilterUnavailable, compiled_filter


class Tier(StrEnum):
    """`full`: namespaces, system call filter, Landlock, limits. `reduced`: without namespaces, as another user who can
    write nowhere. `none`: plain processes, for development alone."""

    full = "full"
    reduced = "reduced"
    none = "none"

    @property
    def strength(self) -> int:
        return {Tier.none: 0, Tier.reduced: 1, Tier.full: 2}[self]


@dataclass(frozen=True)
class Finding:
    """One thing that this machine lacks. `fix` is a command, or a sentence where no command helps."""

    what: str
    fix: str


@dataclass(frozen=True)
class TierState:
    """One tier here: whether it is to be had, what is missing for it, or what would make it better."""

    tier: Tier
    offered: bool
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True)
class TierReport:
    """`tier` is what is judged with, `none` also when nothing is; `tiers` is what is known of each, strongest first."""

    tier: Tier
    findings: tuple[Finding, ...] = ()
    tiers: tuple[TierState, ...] = ()

    @classmethod
    def of(cls, tiers: Sequence[TierState], chosen: Tier | None, lowest: Tier) -> "TierReport":
        """The findings are those of the tier that is judged with and of the stronger ones that are not to be had; when
        nothing is judged, those of the tiers that would do."""
        least = lowest if chosen is None else chosen
        findings = [finding for state in tiers if state.tier.strength >= least.strength for finding in state.findings]
        return cls(chosen or Tier.none, tuple(dict.fromkeys(findings)), tuple(tiers))

    @property
    def best(self) -> Tier:
        """The strongest tier that this machine offers, as far as is known."""
        return next((state.tier for state in self.tiers if state.offered), Tier.none)

    def advice(self) -> str:
        """Each finding with its fix."""
        return " ".join(f"{finding.what} To mend it: {finding.fix.rstrip('.')}." for finding in self.findings)

    def sentence(self) -> str:
        """For a log line or an error: the tier, each finding, each fix."""
        return f"Isolation tier: {self.tier}. {self.advice()}".strip()


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
CONTAINER_OPTIONS = "--cap-add SYS_ADMIN --security-opt seccomp=unconfined --security-opt apparmor=unconfined"
CAP_SYS_ADMIN = 1 << 21

NOT_ISOLATED = Finding(
    "Nothing is isolated in tier `none`: a student's program can do whatever the service can.",
    "use it for development alone, with programs of your own.",
)


def lacking(tier: Tier) -> tuple[Finding, ...]:
    """What a tier plainly lacks here, without starting anything."""
    if tier is Tier.none:
        return ()
    if sys.platform != "linux":
        fix = "run the server on Linux, in a virtual machine or (Windows) in WSL 2."
        return (Finding("Students' programs can be isolated on Linux only.", fix),)
    found = []
    if tier is Tier.full and shutil.which("bwrap") is None:
        found.append(Finding("bubblewrap is not installed.", install("bubblewrap")))
    try:
        compiled_filter()
    except SyscallFilterUnavailable as problem:
        found.append(Finding(f"libseccomp can't be used ({problem}).", install("libseccomp")))
    if tier is Tier.reduced:
        if os.geteuid() != 0:
            what = "Without namespaces only root can start programs as another user."
            found.append(Finding(what, "start the server as root; better, mend what `full` lacks."))
        if not reduced.landlock_version():
            what = "Landlock is not available, without which there is no tier `reduced`."
            found.append(Finding(what, f"{LANDLOCK}; in a container also Docker 23 or newer."))
    return tuple(found)


LANDLOCK = "boot Linux 5.13 or newer with lsm=landlock,..."


def groups() -> tuple[cgroups.Parents | None, tuple[Finding, ...]]:
    """Where cgroups for the forkers can be made, or what is missing. What earlier services left there is removed."""
    try:
        parents = cgroups.parents()
    except (cgroups.CgroupsUnavailable, OSError) as problem:
        what = f"{problem} A program's memory is limited as address space alone, its files come on top of it."
        return None, (Finding(what, getattr(problem, "fix", cgroups.DELEGATE)),)
    cgroups.tidy(parents)
    return parents, ()


def refused(tier: Tier, said: str) -> Finding:
    """Why a sandbox did not start, and the setting of this machine that most likely forbids it."""
    what = f"The sandbox does not start: {said.rstrip('.')}."
    if tier is Tier.full:
        return Finding(what, _way_to_namespaces())
    if tier is Tier.none:
        return Finding(what, "see whether the interpreter and the temporary folder can be used.")
    needed = "CAP_SETUID, CAP_SETGID, CAP_KILL and CAP_CHOWN, users from 60600 on, and a /tmp that may be written to"
    return Finding(what, f"run the server as a root that has {needed}.")


def _way_to_namespaces() -> str:
    apparmor, clone, most = (
        _setting(f"/proc/sys/{name}")
        for name in (
            "kernel/apparmor_restrict_unprivileged_userns",
            "kernel/unprivileged_userns_clone",
            "user/max_user_namespaces",
        )
    )
    if clone == "0":
        return "sysctl -w kernel.unprivileged_userns_clone=1"
    if most == "0":
        return "sysctl -w user.max_user_namespaces=10000"
    if apparmor == "1" and os.geteuid() != 0:
        return "sysctl -w kernel.apparmor_restrict_unprivileged_userns=0"
    if _is_in_container():
        return f"start the container with {CONTAINER_OPTIONS}"
    return "allow this user to create user namespaces, or start the server as root."


def _is_in_container() -> bool:
    """By the marks that container engines leave, or by a root without root's rights."""
    if any(Path(mark).exists() for mark in ("/.dockerenv", "/run/.containerenv")):
        return True
    status = _setting("/proc/self/status") or ""
    rights = next((line.split()[1] for line in status.splitlines() if line.startswith("CapEff:")), "0")
    return os.geteuid() == 0 and not int(rights, 16) & CAP_SYS_ADMIN


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
