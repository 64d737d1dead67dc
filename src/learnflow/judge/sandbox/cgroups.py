"""A memory and a pids cgroup for each forker, so that all memory of its jobs is counted: files, pipes, threads.

A forker is put into its group once, when it is about to serve; its children are born there, so that a job costs no
call but the change of a limit. What the forker used before is counted where it was. The groups are made below the
service's own group, of version 2 where that has the controllers, else of version 1. They are removed when the forker
is closed; what a service left that was killed is removed when the next one starts below the same group.
"""

import contextlib
import itertools
import os
from dataclasses import dataclass
from pathlib import Path

PREFIX = "learnflow-judge-"
CONTROLLERS = ("memory", "pids")
DELEGATE = "start it as a systemd service with Delegate=memory pids and DelegateSubgroup=server (advisable)."
_numbers = itertools.count()


class CgroupsUnavailable(Exception):
    """No groups can be made here; the message says why, `fix` what would mend it."""

    def __init__(self, why: str, fix: str) -> None:
        super().__init__(why)
        self.fix = fix


@dataclass(frozen=True)
class Parents:
    """The folders below which groups are made: one for version 2, one per controller for version 1."""

    memory: Path
    pids: Path
    version: int


class Group:
    """The group of one forker. Bytes are those of its jobs alone."""

    def __init__(self, parents: Parents) -> None:
        name = f"{PREFIX}{os.getpid()}-{next(_numbers)}"
        self._version = parents.version
        self._memory, self._pids = parents.memory / name, parents.pids / name
        self._limit = 0
        self._kills = 0
        self._open: dict[str, int | None] = {}  # files of limits; None for one that this kernel doesn't have
        try:
            for folder in {self._memory, self._pids}:
                folder.mkdir()
        except OSError:
            self.remove()
            raise

    def enter(self, pid: int, processes: int) -> None:
        """Put a process here, with at most so many processes and threads. May take milliseconds: the kernel waits."""
        (self._pids / "pids.max").write_text(str(processes))
        for folder in {self._memory, self._pids}:
            (folder / "cgroup.procs").write_text(str(pid))

    def limit(self, size: int) -> None:
        """Let all processes here have so many bytes together, and no swap."""
        if size == self._limit:
            return
        if self._version == 2:
            self._write("memory.max", size)
            self._write("memory.swap.max", 0)
        else:  # memory and swap together may never be less than memory alone
            growing = size > self._limit > 0
            if growing:
                self._write("memory.memsw.limit_in_bytes", size)
            self._write("memory.limit_in_bytes", size)
            if not growing:
                self._write("memory.memsw.limit_in_bytes", size)
        self._limit = size

    def _write(self, name: str, size: int) -> None:
        """Into a file that stays open, for this is done for most jobs."""
        if name not in self._open:
            try:
                self._open[name] = os.open(self._memory / name, os.O_WRONLY | os.O_CLOEXEC)
            except FileNotFoundError:
                if name not in ("memory.swap.max", "memory.memsw.limit_in_bytes"):
                    raise
                self._open[name] = None  # kernels may be built or booted without counting swap
        descriptor = self._open[name]
        if descriptor is not None:
            os.pwrite(descriptor, str(size).encode(), 0)

    def has_killed(self) -> bool:
        """Whether the kernel ended a process here for want of memory since this was asked last."""
        text = (self._memory / ("memory.events" if self._version == 2 else "memory.oom_control")).read_text()
        kills = next((int(line.split()[1]) for line in text.splitlines() if line.startswith("oom_kill ")), 0)
        before, self._kills = self._kills, kills
        return kills > before

    def remove(self) -> bool:
        """Remove the group once its processes have ended: whether it is gone. One still in use is left to tidy()."""
        for descriptor in self._open.values():
            if descriptor is not None:
                os.close(descriptor)
        self._open.clear()
        folders = {self._memory, self._pids}
        for folder in folders:
            with contextlib.suppress(OSError):
                folder.rmdir()
        return not any(folder.exists() for folder in folders)


def parents() -> Parents:
    """Where this process may make groups. Raises CgroupsUnavailable with what is missing."""
    own = _own_groups(Path("/proc/self/cgroup").read_text())
    mounts = _mounts(Path("/proc/self/mountinfo").read_text())
    found = _version_2(own, mounts) or _version_1(own, mounts)
    if found is None:
        raise CgroupsUnavailable(
            "Neither version of cgroups offers the controllers memory and pids to this process.", DELEGATE
        )
    try:
        Group(found).remove()
    except OSError as problem:
        raise CgroupsUnavailable(f"This process may not make cgroups ({problem}).", DELEGATE) from problem
    return found


def tidy(found: Parents) -> None:
    """Remove the groups of services that have ended."""
    for parent in {found.memory, found.pids}:
        for folder in parent.glob(f"{PREFIX}*"):
            owner = folder.name.removeprefix(PREFIX).split("-")[0]
            if not Path("/proc", owner).exists():
                with contextlib.suppress(OSError):  # its processes are still ending
                    folder.rmdir()


def _own_groups(text: str) -> dict[str, str]:
    """Controller -> path of this process's group; the key "" is version 2's."""
    groups = {}
    for line in text.splitlines():
        _, controllers, path = line.split(":", 2)
        groups.update(dict.fromkeys(controllers.split(","), path))
    return groups


def _mounts(text: str) -> dict[str, tuple[Path, str]]:
    """Controller -> where its groups are mounted, and which group is at the top of the mount."""
    found: dict[str, tuple[Path, str]] = {}
    for line in text.splitlines():
        before, _, after = line.partition(" - ")
        top, place = before.split()[3:5]
        kind, _, options = after.split()[:3]
        if kind == "cgroup2":
            found.setdefault("", (Path(place), top))
        elif kind == "cgroup":
            for option in options.split(","):
                found.setdefault(option, (Path(place), top))
    return found


def _folder(controller: str, own: dict[str, str], mounts: dict[str, tuple[Path, str]]) -> Path | None:
    if controller not in own or controller not in mounts:
        return None
    place, top = mounts[controller]
    path = own[controller]
    inside = os.path.relpath(path, top) if path.startswith(top) else "."
    folder = place / inside
    return folder if folder.is_dir() else None


def _version_1(own: dict[str, str], mounts: dict[str, tuple[Path, str]]) -> Parents | None:
    memory, pids = (_folder(controller, own, mounts) for controller in CONTROLLERS)
    return Parents(memory, pids, 1) if memory and pids else None


def _version_2(own: dict[str, str], mounts: dict[str, tuple[Path, str]]) -> Parents | None:
    """Our own group, or the one above it where ours is one that the service manager put below what it delegated.

    A group with processes can't hand controllers on to groups below it (the root can)."""
    mine = _folder("", own, mounts)
    if mine is None:
        return None
    candidates = [mine]
    if mine.parent.suffix in (".service", ".scope"):
        candidates.append(mine.parent)
    for folder in candidates:
        if _hands_on(folder):
            return Parents(folder, folder, 2)
    return None


def _hands_on(folder: Path) -> bool:
    control = folder / "cgroup.subtree_control"
    try:
        if not set(CONTROLLERS) <= set((folder / "cgroup.controllers").read_text().split()):
            return False
        if not set(CONTROLLERS) <= set(control.read_text().split()):
            control.write_text(" ".join(f"+{controller}" for controller in CONTROLLERS))
    except OSError:
        return False
    return True
