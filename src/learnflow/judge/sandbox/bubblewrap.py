"""The command line that starts a forker inside bubblewrap, and which files of this machine the sandbox can see.

The sandbox's root is an empty tmpfs, read-only once filled, with: the interpreter that runs this service (the real one,
neither a shim nor the virtual environment's link), its standard library without site-packages, the shared libraries
of the system, time zones, /dev/null and /dev/urandom, and `learnflow/judge/inside`. No /proc, no /sys, no /tmp, no /etc
but the linker's cache, and nothing else of ours. Modules beside the standard library, where a forker has any, are in
MODULES.
"""

import functools
import os
import platform
import shutil
import sys
import sysconfig
from dataclasses import dataclass
from pathlib import Path

from learnflow.judge.sandbox.modules import Module

HOME = "/home/student"  # an empty directory, over which every job mounts a tmpfs of its own
OUR_FILES = "/judge"  # on the forker's import path; holds learnflow/judge/inside and nothing else
MODULES = "/modules"  # on the import path of forkers that have modules beside the standard library
DEVICES = ("/dev/null", "/dev/urandom")
NOBODY = 65534  # user and group inside

# Real users of the forkers when the service is root: one per forker, so that what is counted per user (processes)
# is counted per forker. systemd's list of user ids calls 60578-61183 unused; Debian gives none of them out.
FIRST_USER = 60600
USERS = 500

ENVIRONMENT = {
    "HOME": HOME,
    "LC_ALL": "C.UTF-8",
    "MALLOC_ARENA_MAX": "1",  # an arena per thread would reserve 64 MB of the job's address space each
    "PATH": "/usr/bin:/bin",
    "PYTHONHASHSEED": "0",  # the order of sets is the same in every forker, so verdicts are too
    "TZ": "UTC",
}

# Numeric libraries would start a thread for each core, which a job must not have and no clone of a forker would.
ONE_THREAD = {f"{name}_NUM_THREADS": "1" for name in ("OPENBLAS", "OMP", "MKL", "BLIS", "NUMEXPR")}

# -I would ignore PYTHONHASHSEED: no site-packages, no user site, no script directory, no .pyc files, UTF-8 everywhere.
INTERPRETER_OPTIONS = ("-S", "-s", "-P", "-B", "-X", "utf8")


@dataclass(frozen=True)
class Interpreter:
    """The Python that students' programs run on: the one that runs this service, with links resolved."""

    executable: str
    stdlib: str
    library: str | None  # libpython, where the executable is linked with one

    @property
    def name(self) -> str:
        return f"{platform.python_implementation()} {platform.python_version()}"


@functools.cache
def real_interpreter() -> Interpreter:
    """The interpreter behind the virtual environment and behind pyenv's shims."""
    executable = os.path.realpath(sys.executable)
    return Interpreter(
        executable=executable,
        stdlib=os.path.realpath(Path(os.__file__).parent),
        library=_shared_library(Path(executable).parents[1] / "lib"),
    )


def _shared_library(beside: Path) -> str | None:
    """Where it was built to be, or beside the interpreter: uv's can have been moved since."""
    name = sysconfig.get_config_var("INSTSONAME") or ""
    for folder in (sysconfig.get_config_var("LIBDIR") or "/", beside):
        path = os.path.realpath(os.path.join(folder, name))  # noqa: PTH118  # pathlib raises where we may not look
        if ".so" in name and os.path.isfile(path):  # noqa: PTH113  # as above
            return path
    return None


def runs_as_root() -> bool:
    """Root's bubblewrap makes the mounts with root's rights, so that an interpreter below /root can be bound too; the
    forker then moves into a user namespace of its own, as a user that exists for nothing else."""
    return os.geteuid() == 0


@functools.cache
def readable_paths() -> tuple[str, ...]:
    """What a job may read and map executable: each exists here and is bound read-only at the same path."""
    interpreter = real_interpreter()
    candidates = [
        interpreter.executable,
        interpreter.stdlib,
        interpreter.library,
        *_library_directories(),
        "/etc/ld.so.cache",
        "/usr/share/zoneinfo",
    ]
    return tuple(path for path in dict.fromkeys(candidates) if path and Path(path).exists())


def _library_directories() -> list[str]:
    """Where the dynamic linker looks. /lib and /lib64 are links into /usr on most machines and are made so inside."""
    multiarch = sysconfig.get_config_var("MULTIARCH")
    usr = [f"/usr/lib/{multiarch}", "/usr/lib64"] if multiarch and Path(f"/usr/lib/{multiarch}").is_dir() else []
    usr = usr or ["/usr/lib64", "/usr/lib"]
    return [path for path in (*usr, "/lib", "/lib64") if Path(path).is_dir() and not Path(path).is_symlink()]


@functools.cache
def _filesystem(modules: tuple[Module, ...]) -> tuple[str, ...]:
    inside = f"{OUR_FILES}/learnflow/judge/inside"
    arguments: list[str] = []
    of_modules = [f"{MODULES}/{name}" for module in modules for _, name in module.files]
    for folder in _folders_above((*readable_paths(), *DEVICES, inside, HOME, *of_modules)):
        arguments += ["--dir", folder]  # made by bubblewrap itself they would be closed to others than root
    for path in readable_paths():
        arguments += ["--ro-bind", path, path]
    for link in ("/lib", "/lib64", "/usr/lib64"):
        if Path(link).is_symlink():
            arguments += ["--symlink", str(Path(link).readlink()), link]
    for packages in _installed_packages():
        arguments += ["--size", "4096", "--tmpfs", packages, "--remount-ro", packages]
    arguments += ["--ro-bind", str(Path(__file__).parents[1] / "inside"), inside]
    for path, name in dict(file for module in modules for file in module.files).items():
        arguments += ["--ro-bind", path, f"{MODULES}/{name}"]
    for device in DEVICES:
        arguments += ["--dev-bind", device, device]
    return (*arguments, "--dir", HOME, "--remount-ro", "/", "--chdir", HOME)


def _folders_above(paths: tuple[str, ...]) -> list[str]:
    """Every folder that has to exist for these paths, outermost first; none that is bound as a whole."""
    above = {folder for path in paths for folder in Path(path).parents if folder != Path("/")}
    bound = [Path(path) for path in paths]
    return sorted(str(folder) for folder in above if not any(folder.is_relative_to(path) for path in bound))


def _installed_packages() -> list[str]:
    """Directories of installed packages inside what is bound; an empty one is put over each."""
    found = []
    for root in (real_interpreter().stdlib, "/usr/lib/python3"):
        if any(Path(root).is_relative_to(bound) for bound in readable_paths()):
            found += [str(Path(root, name)) for name in ("site-packages", "dist-packages") if Path(root, name).is_dir()]
    return found


def command(control_descriptor: int, *modules: Module) -> list[str]:
    """argv of a forker that serves on an inherited socket. Raises FileNotFoundError without bubblewrap."""
    program = shutil.which("bwrap")
    if program is None:
        raise FileNotFoundError("bubblewrap (bwrap) is not installed")
    namespaces = ["--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts", "--unshare-cgroup-try"]
    if runs_as_root():
        rights = ["--cap-drop", "ALL", "--cap-add", "CAP_SYS_ADMIN"]  # only to move into its own user namespace
    else:
        namespaces.append("--unshare-user")
        rights = ["--uid", str(NOBODY), "--gid", str(NOBODY), "--cap-add", "CAP_SYS_ADMIN"]  # in that namespace only
    variables = ENVIRONMENT | (ONE_THREAD if modules else {})
    environment = [part for name, value in variables.items() for part in ("--setenv", name, value)]
    return [
        program,
        *namespaces,
        *rights,
        "--die-with-parent",
        "--new-session",
        *("--hostname", "sandbox"),
        "--clearenv",
        *environment,
        *_filesystem(modules),
        "--",
        real_interpreter().executable,
        *INTERPRETER_OPTIONS,
        f"{OUR_FILES}/learnflow/judge/inside/forker.py",
        str(control_descriptor),
    ]
