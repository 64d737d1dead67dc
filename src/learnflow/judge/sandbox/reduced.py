"""What forkers need that run without bubblewrap: files that another user may read, a user, a command line.

inside/reduced.py says how such a forker isolates. The copy of the standard library is there because the interpreter's
own may lie where other users may not look, and because installed packages, this service among them, may lie below it.
"""

import contextlib
import ctypes
import os
import secrets
import shutil
import socket
import stat
import sys
import sysconfig
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from learnflow.judge.sandbox import bubblewrap
from learnflow.judge.sandbox.syscalls import compiled_filter

PREFIX = "lf-sandbox-"  # programs see it as a part of their home's path
LANDLOCK_CREATE = 444  # system call, the same on every architecture
TRUNCATION_SINCE = 3  # version of Landlock that sees to it

_NOT_COPIED = shutil.ignore_patterns(
    *("site-packages", "dist-packages", "test", "tests", "idlelib", "ensurepip", "lib2to3", "tkinter", "turtledemo"),
    *("config-*", "*.opt-1.pyc", "*.opt-2.pyc", "*.pickle", "*.a"),
)


class NoPlace(Exception):
    """Nowhere to put the files, or no user left; the message says what is wrong."""


def landlock_version() -> int:
    """The kernel's version of Landlock; 0 without it."""
    version: int = ctypes.CDLL(None, use_errno=True).syscall(
        ctypes.c_long(LANDLOCK_CREATE), None, ctypes.c_ulong(0), ctypes.c_ulong(1)
    )
    return max(0, version)


@dataclass(frozen=True)
class Room:
    """Of one forker: its user, kept from other forkers of this machine by `_claim`, and the folder of its homes."""

    user: int
    homes: Path
    _claim: socket.socket

    def leave(self) -> None:
        shutil.rmtree(self.homes, ignore_errors=True)  # what is left goes with the place
        self._claim.close()


class Place:
    """A folder with a copy of the standard library and the homes of the forkers' children. remove() it in the end."""

    def __init__(self) -> None:
        """Takes a fraction of a second. Raises NoPlace or OSError."""
        self._folder = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-", dir=_reachable_folder()))
        try:
            self._folder.chmod(0o711)
            interpreter = bubblewrap.real_interpreter()
            below_prefix = Path(interpreter.stdlib).relative_to(os.path.realpath(sys.base_prefix))
            self.library = self._folder / "python" / below_prefix
            shutil.copytree(interpreter.stdlib, self.library, ignore=_NOT_COPIED, ignore_dangling_symlinks=True)
            for path in (self._folder / "python", *(self._folder / "python").rglob("*")):
                path.chmod(0o755 if path.is_dir() else 0o644)
        except ValueError as problem:
            self.remove()
            raise NoPlace(f"The interpreter's standard library lies outside of its prefix ({problem}).") from problem
        except BaseException:
            self.remove()
            raise

    def remove(self) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)  # what a child still holds, tidy() removes

    def room(self) -> Room:
        """For one more forker. Raises NoPlace or OSError."""
        user, claim = _claim_user()
        homes = self._folder / str(user)
        try:
            homes.mkdir(mode=0o700)
            os.chown(homes, user, user)
        except BaseException:
            claim.close()
            raise
        return Room(user, homes, claim)

    def decoy(self, text: str) -> Path:
        """A file that every user of this machine may read and change, for a program to try."""
        path = self._folder / "decoy"
        path.write_text(text)
        path.chmod(0o666)
        return path

    def command(self, control_descriptor: int) -> list[str]:
        forker = Path(__file__).parents[1] / "inside" / "forker.py"
        executable = bubblewrap.real_interpreter().executable
        return [executable, *bubblewrap.INTERPRETER_OPTIONS, str(forker), str(control_descriptor)]

    def environment(self, room: Room) -> dict[str, str]:
        return {**bubblewrap.ENVIRONMENT, "HOME": str(room.homes), "PYTHONHOME": str(self._folder / "python")}

    def options(self, room: Room) -> dict[str, Any]:
        """What differs in the forker's options."""
        truncates = landlock_version() >= TRUNCATION_SINCE
        return {
            "become_nobody": False,
            "readable": [str(self.library), *_libraries()],
            "our_files": str(Path(__file__).parents[3]),
            "syscalls": compiled_filter(reduced=True, truncates=truncates).hex(),
            "reduced": {"user": room.user, "homes": str(room.homes), "service": os.getpid()},
        }


def tidy() -> None:
    """Remove what services left that were killed."""
    if not Path("/proc/self").exists():  # who lives can't be told
        return
    for folder in _folders():
        for left in folder.glob(f"{PREFIX}*"):
            owner = left.name.removeprefix(PREFIX).split("-")[0]
            with contextlib.suppress(OSError):  # another process removes it too
                is_ours = owner.isdecimal() and left.lstat().st_uid == os.geteuid()
                if is_ours and not Path("/proc", owner).exists():
                    shutil.rmtree(left, ignore_errors=True)


def _folders() -> list[Path]:
    known = (tempfile.gettempdir(), "/tmp", "/var/tmp", "/run", "/var/cache")  # noqa: S108  # a folder of our own in it
    return [Path(folder) for folder in dict.fromkeys(known)]


def _reachable_folder() -> Path:
    """Where we can write, every user can get to, and shared libraries can be loaded from."""
    for folder in _folders():
        if not os.access(folder, os.W_OK) or os.statvfs(folder).f_flag & os.ST_NOEXEC:
            continue
        if all(path.stat().st_mode & stat.S_IXOTH for path in (folder, *folder.resolve().parents)):
            return folder
    tried = ", ".join(map(str, _folders()))
    raise NoPlace(f"No folder can be written to and reached by every user, and is not mounted noexec: {tried}.")


def _claim_user() -> tuple[int, socket.socket]:
    """A user that no other forker of this machine has, as long as the socket is open: its name can be bound once.

    Chance begins the search: in another container's view of the network the same names are free."""
    first = secrets.randbelow(bubblewrap.USERS)
    for number in range(bubblewrap.USERS):
        user = bubblewrap.FIRST_USER + (first + number) % bubblewrap.USERS
        claim = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        try:
            claim.bind(f"\0learnflow-judge-user-{user}")
        except OSError:
            claim.close()
        else:
            return user, claim
    raise NoPlace(f"All {bubblewrap.USERS} users of forkers are in use.")


def _libraries() -> list[str]:
    """What a program may read besides the standard library; of folders of shared libraries that hold Pythons too, all
    but those, since packages are installed there."""
    found: list[str] = []
    interpreter = bubblewrap.real_interpreter()
    loaded_as_root = (interpreter.executable, interpreter.library, interpreter.stdlib)
    multiarch = sysconfig.get_config_var("MULTIARCH")
    for path in map(Path, bubblewrap.readable_paths()):
        if str(path) in loaded_as_root:
            continue
        entries = list(path.iterdir()) if path.is_dir() and path.name != multiarch else []
        if any(entry.name.startswith("python") for entry in entries):
            found += [str(entry) for entry in entries if not entry.name.startswith("python") and entry.exists()]
        else:
            found.append(str(path))
    return found
