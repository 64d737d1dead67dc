"""The warm forker: a Python process inside bubblewrap that makes one sandboxed child per job.

Where no namespace can be made it runs without bubblewrap, and reduced.py says which walls stand instead.

Theory of operation
===================
Trusted: this file, the kernel, bubblewrap, the service at the other end of the control socket.
Not trusted: every byte of a job, everything a child does after it has begun to read one. A child's output, exit status
and report are claims of the student's program. The verdict is decided outside, against an expected value that never
comes in here.

1. The service starts bubblewrap, which starts this file in a fresh user, PID, mount, IPC, UTS and (empty) network
   namespace, on a read-only root that holds the interpreter, its standard library and this folder; no /proc, no
   environment but bubblewrap.ENVIRONMENT. Under root, bubblewrap makes the mounts as root and this process then moves
   into a user namespace of its own as a user that owns nothing (`become_nobody`), before it serves.
2. It imports what students usually import, the harness, and the modules beside the standard library that its exercises
   may use, so that a child starts with all of it in memory.
3. It rehearses a run itself, so that what children do is resolved and specialised once, here. Nothing is done at a
   fork but what libpython does in C: the hooks of `random`, `logging` and `threading` would cost every child a tenth
   of its time for what a process without threads does not need; `random` is seeded per job.
   For each request it clones a child with fresh PID, mount, IPC and UTS namespaces and answers with a pidfd. The
   request carries three descriptors that belong to the child: job socket, stdout, stderr. The forker closes them and
   reads none of them: no student's byte ever enters this process, so nothing of one job can be seen by the next.
4. The child, before it reads its job (this is the spare that is kept ready): own session; a tmpfs of 16 MB and 2,000
   inodes as home; all capabilities dropped; no_new_privs; not dumpable; Landlock; every other descriptor closed. It
   rehearses a run, so that the pages which every run writes to are its own before anybody waits for it. A child
   asked for in a hurry is wanted at once and leaves the rehearsal out.
5. The child receives a memfd with its job, then: stdin from a memfd, resource limits, `random` seeded, for tests of
   kind unit a second process for the student's module (pair.py says what that one has and has not), system call filter.
   Then it writes STARTED into the memfd, closes it and runs the harness. From here on nothing can be trusted.
6. When a child has ended the forker reports its wait status, CPU time and peak memory, as the kernel counted them.
7. End of file on the control socket, or the death of bubblewrap or of the service, ends this process and with it every
   child: they live in its PID namespace.

Messages on the control socket (SOCK_SEQPACKET), each one tag and its payload:
    service -> forker   first: options as JSON; M: the user namespace is mapped; F + 3 descriptors: make a child,
                        H + 3 descriptors: make one in a hurry; O + 1 descriptor: the forker's own oom_score_adj, for
                        which there is no /proc in here
    forker -> service   N: in a new user namespace, map it; R + JSON: ready; C + MADE + pidfd: the child is there;
                        X + EXIT: a child ended; E + text: something failed, the forker ends
Children are numbered from 1 in the order in which they were asked for.

All that a child goes through before its harness stands in this one file: it is run as a script with nothing of ours on
the import path, and whoever checks the walls should not have to look for a part of them elsewhere.
"""

import contextlib
import ctypes
import fcntl
import functools
import gc
import importlib
import json
import os
import resource
import select
import signal
import site
import socket
import struct
import sys
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any, NamedTuple, NoReturn

HOME = "/home/student"
HOME_OPTIONS = b"size=16m,nr_inodes=2000,mode=700"
NOBODY = 65534
MADE = struct.Struct("<i")  # number of the child
EXIT = struct.Struct("<iidq")  # number of the child, wait status, CPU milliseconds, peak memory in KiB
NOT_STARTED, STARTED = b"\x00", b"\x01"  # first byte of the job's memfd
FAILED_SETUP = 125

SPARE, IN_A_HURRY = b"F", b"H"  # requests for a child
OOM_SCORE = b"O"
REHEARSED: dict[str, Any] = {
    "source": "import random\n\n\ndef add(a, b):\n    return [f'{n!r}' for n in (a, b, max(map(str, (a, b))))]\n",
    "function": "add", "args": [1, 2.5], "kwargs": {}, "init": None, "stdin": "1\n",
}  # fmt: skip
DEAR = ("ssl", "_uuid")
REHEARSALS = 10  # CPython specialises a function's code after eight calls

CONTROL, JOB = 500, 3  # descriptors: the first is the forker's, out of the way of a child's

CLONE3 = 435  # the same on every architecture
NEW_USER, NEW_MOUNTS, NEW_IPC, NEW_UTS, NEW_PIDS = 0x10000000, 0x20000, 0x8000000, 0x4000000, 0x20000000
PIDFD, SET_TID, CLEAR_TID = 0x1000, 0x1000000, 0x200000
SET_DUMPABLE, SET_SECCOMP, SET_NO_NEW_PRIVS, GET_TID_ADDRESS = 4, 22, 38, 40
NOSUID_NODEV_NOEXEC = 2 | 4 | 8

libc = ctypes.PyDLL(None, use_errno=True)


def check(result: int, what: str) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")
    return result


def prctl(what: str, option: int, *arguments: Any) -> None:
    wide = [ctypes.c_ulong(a) if isinstance(a, int) else a for a in (*arguments, 0, 0, 0, 0)[:4]]
    check(libc.prctl(option, *wide), what)


class SyscallFilter(ctypes.Structure):
    """struct sock_fprog"""

    _fields_ = (("length", ctypes.c_ushort), ("program", ctypes.c_void_p))

    @classmethod
    def of(cls, program: bytes) -> "SyscallFilter":
        made = cls(len(program) // 8, None)
        made.kept = ctypes.create_string_buffer(program, len(program))
        made.program = ctypes.cast(made.kept, ctypes.c_void_p).value
        return made


class Step(NamedTuple):
    """A call into C, looked up and with its arguments converted once in the forker instead of in every child."""

    what: str
    function: Callable[..., int]
    arguments: tuple[Any, ...]

    @classmethod
    def of(cls, name: str, *arguments: Any) -> "Step":
        return cls(name, getattr(libc, name), tuple(ctypes.c_ulong(a) if isinstance(a, int) else a for a in arguments))


class Kit(NamedTuple):
    """What every child is born with."""

    steps: list[Step]
    syscalls: SyscallFilter
    seed: Callable[[int], None]
    harness: Any
    reduced: Any = None  # reduced.Reduced, where there are no namespaces


Clone = Callable[[], tuple[int, int]]
before_fork = ctypes.pythonapi.PyOS_BeforeFork
after_fork_in_child = ctypes.pythonapi.PyOS_AfterFork_Child
after_fork_in_forker = ctypes.pythonapi.PyOS_AfterFork_Parent


def become_nobody(control: socket.socket) -> None:
    """From root in bubblewrap's namespaces to an ordinary user in a user namespace of our own.

    The service maps NOBODY inside to this forker's user outside; root is not mapped, so nothing here can be root again.
    """
    check(libc.unshare(NEW_USER), "unshare(CLONE_NEWUSER)")
    control.send(b"N")
    if control.recv(16) != b"M":
        raise RuntimeError("the service did not map the user namespace")
    os.setgroups([])
    os.setresgid(NOBODY, NOBODY, NOBODY)
    os.setresuid(NOBODY, NOBODY, NOBODY)


def address_of_thread_id() -> int:
    """Where libc keeps the main thread's id; a clone must renew it as fork(3) does. 0 where the kernel can't tell."""
    address = ctypes.c_ulong(0)
    with contextlib.suppress(OSError):
        prctl("PR_GET_TID_ADDRESS", GET_TID_ADDRESS, ctypes.byref(address))
    return address.value


def clone(thread_id: int) -> tuple[int, int]:
    """fork(2) and unshare(2) in one system call: (0, -1) in the child, (pid, pidfd) in the forker."""
    pidfd = ctypes.c_int(-1)
    flags = NEW_MOUNTS | NEW_IPC | NEW_UTS | NEW_PIDS | PIDFD | ((SET_TID | CLEAR_TID) if thread_id else 0)
    arguments = struct.pack("8Q", flags, ctypes.addressof(pidfd), thread_id, 0, signal.SIGCHLD, 0, 0, 0)
    before_fork()
    pid: int = libc.syscall(ctypes.c_long(CLONE3), arguments, ctypes.c_ulong(len(arguments)))
    if pid == 0:
        after_fork_in_child()
        return 0, -1
    after_fork_in_forker()
    return check(pid, "clone3"), pidfd.value


def steps_to_close_off(landlock: Any) -> list[Step]:
    """Everything that can be closed off before the job is known: theory, step 4."""
    steps = [
        Step.of("mount", b"tmpfs", HOME.encode(), b"tmpfs", NOSUID_NODEV_NOEXEC, HOME_OPTIONS),
        Step.of("chdir", HOME.encode()),
        Step.of("capset", struct.pack("Ii", 0x20080522, 0), bytes(24)),
        Step.of("prctl", SET_NO_NEW_PRIVS, 1, 0, 0, 0),
        Step.of("prctl", SET_DUMPABLE, 0, 0, 0, 0),
    ]
    if landlock is not None:
        steps.append(Step.of("syscall", landlock.RESTRICT, landlock.RULESET, 0))
    return steps


def close_off(steps: list[Step]) -> None:
    os.setsid()
    for what, function, arguments in steps:
        check(function(*arguments), what)
    os.closerange(JOB + 1, 1 << 20)


def receive_job(job_socket: int = JOB) -> tuple[dict[str, Any], int]:
    """The job and its memfd. Ends the process quietly when the service closed the socket instead: no job for us."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM, 0, fileno=os.dup(job_socket)) as channel:
        _, descriptors, _, _ = socket.recv_fds(channel, 1, 1)
    if not descriptors:
        os._exit(0)
    memfd = descriptors[0]
    return json.loads(os.pread(memfd, os.fstat(memfd).st_size, len(NOT_STARTED))), memfd


def offer_stdin(text: str) -> None:
    """A file of the job's own even without text: what fcntl(2) sets on the forker's would be seen by the next job.

    Sealed, because it would be memory that no limit counts.
    """
    descriptor = os.memfd_create("stdin", os.MFD_ALLOW_SEALING)
    os.write(descriptor, text.encode("utf-8", "surrogatepass"))
    os.lseek(descriptor, 0, os.SEEK_SET)
    fcntl.fcntl(descriptor, fcntl.F_ADD_SEALS, fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_WRITE)
    os.dup2(descriptor, 0)
    os.close(descriptor)


def rehearse(harness: Any) -> None:
    """Do, while nobody waits, what every job does: each first write to a page shared with the forker copies it.

    It leaves nothing that a program could find: no class, no cycle, no module."""
    message = json.dumps({"job": REHEARSED, "seed": 1, "limits": {"file_bytes": 1, "cpu_seconds": 2}})
    ours, theirs = socket.socketpair()
    with ours, theirs:
        memfd = os.memfd_create("job")
        os.write(memfd, NOT_STARTED + message.encode())
        socket.send_fds(ours, [b"J"], [memfd])
        received, copy = receive_job(theirs.fileno())
    offer_stdin(received["job"]["stdin"])
    harness.rehearse(received["job"])
    os.pwrite(copy, STARTED, 0)
    os.close(copy)
    os.close(memfd)


def set_limits(limits: dict[str, int]) -> None:
    cpu = limits["cpu_seconds"]
    for kind, soft, hard in (
        (resource.RLIMIT_AS, limits["address_space"], limits["address_space"]),
        (resource.RLIMIT_CPU, cpu, cpu),  # SIGKILL at once: pid 1 of a namespace would not feel a SIGXCPU
        (resource.RLIMIT_FSIZE, limits["file_bytes"], limits["file_bytes"]),
        (resource.RLIMIT_NOFILE, limits["descriptors"], limits["descriptors"]),
        (resource.RLIMIT_NPROC, limits["threads"], limits["threads"]),
    ):
        resource.setrlimit(kind, (soft, hard))


def live(request: bytes, descriptors: list[int], kit: Kit) -> NoReturn:
    """The whole life of a child."""
    try:
        job_socket, out, err = descriptors
        os.dup2(out, 1)
        os.dup2(err, 2)
        os.dup2(job_socket, JOB)
        if kit.reduced is None:
            close_off(kit.steps)
        else:
            kit.reduced.close_off()
        if request == SPARE and not select.select([JOB], [], [], 0)[0]:  # nobody waits yet
            rehearse(kit.harness)
        message, memfd = receive_job()
        job = message["job"]
        offer_stdin(job.get("stdin", ""))
        kit.seed(message["seed"])
        set_limits(message["limits"])
        if kit.reduced is not None:
            kit.reduced.lay_out(job, kit.harness)

        def filter_calls() -> None:
            syscalls = kit.syscalls if kit.reduced is None else kit.reduced.own_filter()
            prctl("PR_SET_SECCOMP", SET_SECCOMP, 2, ctypes.byref(syscalls))

        kit.harness.before_filter(job, filter_calls)
        filter_calls()
        os.pwrite(memfd, STARTED, 0)
        os.close(memfd)
    except BaseException as problem:  # a child must end here, never return into the forker's loop  # noqa: BLE001
        os.write(2, f"{type(problem).__name__}: {problem}".encode())
        os._exit(FAILED_SETUP)
    try:
        kit.harness.run(job, JOB)
    finally:
        os._exit(1)  # the program closed the socket, or raised into the harness from a signal handler: no report


def tell_end(control: socket.socket, number: int, pid: int, reduced: Any) -> None:
    """Not part of serve(): its frame is visible to every later child, which must not learn how this one ended."""
    _, status, usage = os.wait4(pid, 0)
    if reduced is not None:
        reduced.clear_home(pid)
    control.send(b"X" + EXIT.pack(number, status, (usage.ru_utime + usage.ru_stime) * 1e3, usage.ru_maxrss))


def offered_to_the_killer(clone_child: Clone, descriptor: int) -> Clone:
    """So that the kernel, out of memory, picks a child: it is born while the forker offers itself."""
    own = os.pread(descriptor, 16, 0)

    def offer(score: bytes) -> None:
        with contextlib.suppress(OSError):  # a machine that forbids it is served all the same
            os.pwrite(descriptor, score, 0)

    def cloned() -> tuple[int, int]:
        offer(b"1000")
        pid, pidfd = clone_child()
        if pid:
            offer(own)
        return pid, pidfd

    return cloned


def serve(control: socket.socket, kit: Kit) -> None:
    clone_child: Clone = kit.reduced.fork if kit.reduced else functools.partial(clone, address_of_thread_id())
    children: dict[int, tuple[int, int]] = {}
    made = 0
    poll = select.poll()
    poll.register(CONTROL, select.POLLIN)
    while True:
        for ready, _ in poll.poll():
            if ready != CONTROL:
                number, pid = children.pop(ready)
                poll.unregister(ready)
                os.close(ready)
                tell_end(control, number, pid, kit.reduced)
                continue
            request, descriptors, _, _ = socket.recv_fds(control, 16, 3)
            if not request:
                return
            if request == OOM_SCORE:
                clone_child = offered_to_the_killer(clone_child, descriptors[0])
                continue
            pid, pidfd = clone_child()
            if pid == 0:
                live(request, descriptors, kit)
            for descriptor in descriptors:
                os.close(descriptor)
            made += 1
            children[pidfd] = (made, pid)
            poll.register(pidfd, select.POLLIN)
            socket.send_fds(control, [b"C" + MADE.pack(made)], [pidfd])


@contextlib.contextmanager
def lightly() -> Iterator[None]:
    """Import without what would make every child dearer: what some modules want to be done at each fork (theory,
    step 3), and libraries that asyncio and uuid can do without. Who imports those by name gets them."""
    register = os.register_at_fork
    os.register_at_fork = lambda **_: None
    for name in DEAR:
        sys.modules[name] = None  # type: ignore[assignment]  # how the import system writes "there is none"
    yield
    for name in DEAR:
        del sys.modules[name]
    os.register_at_fork = register


def load(our_files: str, *names: str) -> list[Any]:
    """Modules of this folder, and no trace of it on the import path or among the modules that students can import.

    Made anew, the packages above it do not load what else of ours may lie beside it."""
    for package in ("learnflow", "learnflow.judge"):
        made = sys.modules[package] = ModuleType(package)
        made.__path__ = [os.path.join(our_files, *package.split("."))]
    loaded = [importlib.import_module(f"learnflow.judge.inside.{name}") for name in names]
    for name in [name for name in sys.modules if name.split(".")[0] == "learnflow"]:
        del sys.modules[name]
    return loaded


def main() -> None:
    first = socket.socket(fileno=int(sys.argv[1]))
    os.dup2(first.fileno(), CONTROL, inheritable=False)
    first.close()
    control = socket.socket(fileno=CONTROL)
    try:
        options = json.loads(control.recv(1 << 17))
        if options["become_nobody"]:
            become_nobody(control)
        reduced = options.get("reduced")
        (landlock,) = load(options["our_files"], "landlock")
        home = os.path.dirname(HOME) if reduced is None else reduced["homes"]  # the parent must cover a job's tmpfs
        version = landlock.make_ruleset(options["readable"], home, writable=reduced is None)
        syscalls = SyscallFilter.of(bytes.fromhex(options["syscalls"]))
        with lightly():
            for name in options["preload"]:
                importlib.import_module(name)
            (harness,) = load(options["our_files"], "harness")
        harness.modules.load(**options["modules"])
        if reduced is not None:
            (walls,) = load(options["our_files"], "reduced")
            reduced = walls.Reduced(bytes.fromhex(options["syscalls"]), options["readable"], **reduced)
        site.setquit()  # -S leaves out exit(), quit() and help(), which students use
        site.sethelper()
        sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]  # what was printed survives being killed
        importlib.import_module("threading").stack_size(1 << 20)  # the usual 8 MB would soon fill a job's address space
        signal.signal(signal.SIGINT, signal.default_int_handler)
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_STACK, (8 << 20, 8 << 20))
        for _ in range(REHEARSALS):
            rehearse(harness)
        kit = Kit(steps_to_close_off(landlock if version else None), syscalls, harness.modules.seed, harness, reduced)
        if reduced is not None:
            reduced.become_user()
        gc.collect()
        gc.freeze()
        control.send(b"R" + json.dumps({"landlock": version}).encode())
        serve(control, kit)
        if reduced is not None:
            reduced.end()
    except BaseException as problem:  # told to the service, which starts another forker
        with contextlib.suppress(OSError):
            control.send(b"E" + f"{type(problem).__name__}: {problem}".encode()[:4000])
        raise


if __name__ == "__main__":
    main()
