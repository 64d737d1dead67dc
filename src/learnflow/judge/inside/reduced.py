"""The walls of a child where no namespace can be made: another user, Landlock, the system call filter, limits.

Theory of operation, where it differs from forker.py's
======================================================
1. The service is root and starts forker.py without bubblewrap, with a clean environment, on a copy of the standard
   library that every user may read. It loads all its code as root and then becomes a user that owns nothing and that no
   other forker has, can't get privileges again, is not dumpable and dies with the service.
2. A child is forked. It sees the machine's processes and file names, so what namespaces hide must be refused: Landlock
   lets it open what a program needs and nothing else, and write nowhere; the filter has no call that changes a file
   and lets it signal only itself: its process number is written into the filter before that is put up.
3. Home is a folder of the child's own, where its set-up lays out the files of the case before the last walls stand.
   From then on nothing can be written. The forker removes the folder when the child has ended.
4. The child dies with the forker; at the end of the control socket the forker waits for it.

Whoever runs in a child shares the user with its forker and the spare: nothing that the filter lets through may reach
another process of the same user.
"""

import os
import shutil
import signal
import struct
from typing import Any

from learnflow.judge.inside import forker, landlock
from learnflow.judge.inside.forker import JOB, SET_DUMPABLE, SET_NO_NEW_PRIVS, SyscallFilter

OWN_PID = 0x5EED0000  # stands in the filter for the process number of whoever puts it up; no process has it
SET_PDEATHSIG = 1
INSTRUCTION = struct.Struct("<HBBI")  # struct sock_filter: code, jump if true, jump if false, k
EQUALS = 0x15  # BPF_JMP | BPF_JEQ | BPF_K
NO_CAPABILITIES = (struct.pack("Ii", 0x20080522, 0), bytes(24))


class Reduced:
    """`syscalls`: the filter with OWN_PID in it. `readable`: what may be read besides a child's home. `homes`: a folder
    of the user's own. `service`: its process number."""

    def __init__(self, syscalls: bytes, readable: list[str], *, user: int, homes: str, service: int) -> None:
        self.readable = readable
        self.user = user
        self.homes = homes
        self.service = service
        self.instructions = list(INSTRUCTION.iter_unpack(syscalls))
        self.places = [n for n, (code, _, _, k) in enumerate(self.instructions) if (code, k) == (EQUALS, OWN_PID)]
        if not self.places:
            raise RuntimeError("the filter does not limit signals")
        self.forker = 0
        self.children: set[int] = set()

    def become_user(self) -> None:
        os.environ.pop("PYTHONHOME", None)
        os.setgroups([])
        os.setresgid(self.user, self.user, self.user)
        os.setresuid(self.user, self.user, self.user)
        self._die_with(self.service)
        forker.check(forker.libc.capset(*NO_CAPABILITIES), "capset")
        forker.prctl("PR_SET_NO_NEW_PRIVS", SET_NO_NEW_PRIVS, 1)
        forker.prctl("PR_SET_DUMPABLE", SET_DUMPABLE, 0)
        self.forker = os.getpid()

    @staticmethod
    def _die_with(parent: int) -> None:
        forker.prctl("PR_SET_PDEATHSIG", SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:  # it was dead before it was asked for
            os._exit(1)

    def fork(self) -> tuple[int, int]:
        """(0, -1) in the child, (pid, pidfd) in the forker. Not clone3(2), which containers answer with ENOSYS."""
        pid = os.fork()
        if pid == 0:
            return 0, -1
        self.children.add(pid)
        return pid, os.pidfd_open(pid)

    def close_off(self) -> None:
        """What can be closed off before the job is known."""
        os.setsid()
        self._die_with(self.forker)
        home = f"{self.homes}/{os.getpid()}"
        os.mkdir(home, 0o700)
        os.chdir(home)
        os.environ["HOME"] = home
        landlock.make_ruleset(self.readable, home, writable=False)
        os.dup2(landlock.RULESET, JOB + 1)
        os.closerange(JOB + 2, 1 << 20)

    @staticmethod
    def lay_out(job: dict[str, Any], harness: Any) -> None:
        """Write the case's files, then let nothing be written any more."""
        harness.HOME = os.getcwd()
        harness.write_files(job.pop("files", {}))
        landlock.call("landlock_restrict_self", landlock.RESTRICT, JOB + 1, 0)
        os.close(JOB + 1)

    def own_filter(self) -> SyscallFilter:
        """The filter for the process that asks, which may signal itself and nobody else."""
        program = self.instructions.copy()
        for place in self.places:
            program[place] = (*program[place][:3], os.getpid())
        return SyscallFilter.of(b"".join(INSTRUCTION.pack(*instruction) for instruction in program))

    def clear_home(self, pid: int) -> None:
        """After a child's end. Its own set-up alone has written there. It may have ended before it had a home."""
        self.children.discard(pid)
        shutil.rmtree(f"{self.homes}/{pid}", ignore_errors=True)

    def end(self) -> None:
        for pid in tuple(self.children):
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
            self.clear_home(pid)
