"""How a forker's process is started: in bubblewrap or, for tier `reduced`, without. What it has besides its process."""

import asyncio
import contextlib
import os
import socket
import subprocess
from pathlib import Path
from typing import Any

from learnflow.judge.sandbox import bubblewrap, cgroups
from learnflow.judge.sandbox.child import ForkerLost
from learnflow.judge.sandbox.modules import Module
from learnflow.judge.sandbox.reduced import NoPlace, Place
from learnflow.judge.sandbox.syscalls import compiled_filter

LOOKS_FOR_ITS_END, SECONDS_BETWEEN_LOOKS = 50, 0.01


class Launch:
    """Of one process. With a `place` it runs without bubblewrap. Raises ForkerLost when there is no room for it."""

    def __init__(self, place: Place | None, modules: tuple[Module, ...] = ()) -> None:
        self._place = place
        self._modules = modules
        self.environment: dict[str, str] = {}
        self.options: dict[str, Any] = {
            "become_nobody": bubblewrap.runs_as_root(),
            "readable": bubblewrap.readable_paths() + ((bubblewrap.MODULES,) if modules else ()),
            "our_files": bubblewrap.OUR_FILES,
        }
        if place is None:
            self.room = None
            self.options["syscalls"] = compiled_filter().hex()
            return
        try:
            self.room = place.room()
        except (NoPlace, OSError) as problem:
            raise ForkerLost(str(problem)) from problem
        self.environment = place.environment(self.room)
        self.options = place.options(self.room)

    @property
    def preload(self) -> dict[str, Any]:
        """Modules beside the standard library, by where the forker finds them."""
        return {"path": bubblewrap.MODULES, "names": [module.name for module in self._modules]}

    def start(self) -> tuple[socket.socket, int, subprocess.Popen[bytes], int]:
        """The control socket, a file of what it says on stderr, the process, a pidfd of it. Raises ForkerLost."""
        with contextlib.ExitStack() as undo:
            try:
                control, inside = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
                undo.callback(control.close)
                with inside:
                    control.setblocking(False)
                    control.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)  # the forker's pid, as seen from here
                    messages = os.memfd_create("forker-messages")
                    undo.callback(os.close, messages)
                    process = subprocess.Popen(  # noqa: S603  # our own command line
                        self._command(inside.fileno()),
                        stdin=subprocess.DEVNULL,
                        stdout=subprocess.DEVNULL,
                        stderr=messages,
                        pass_fds=[inside.fileno()],
                        env=self.environment,
                        start_new_session=True,  # Ctrl-C in the service's terminal is the service's to handle
                    )
                undo.callback(process.wait)
                undo.callback(process.kill)
                process_end = os.pidfd_open(process.pid)
            except OSError as problem:
                if self.room is not None:
                    self.room.leave()
                raise ForkerLost(f"it could not be started: {problem}") from problem
            undo.pop_all()
        return control, messages, process, process_end

    def _command(self, control: int) -> list[str]:
        return bubblewrap.command(control, *self._modules) if self._place is None else self._place.command(control)

    async def give_back(self, group: cgroups.Group | None) -> None:
        """Once the process has ended and its last child, which may outlive it by a moment."""
        for _ in range(LOOKS_FOR_ITS_END):
            if group is None or group.remove():
                break
            await asyncio.sleep(SECONDS_BETWEEN_LOOKS)
        if self.room is not None:
            self.room.leave()


def offer_oom_score(control: socket.socket, pid: int) -> None:
    """For a forker to see that the kernel, short of memory, picks its children; it has no /proc to do so itself."""
    with contextlib.suppress(OSError):  # a machine that forbids it is served all the same
        descriptor = os.open(f"/proc/{pid}/oom_score_adj", os.O_RDWR | os.O_CLOEXEC)
        try:
            socket.send_fds(control, [b"O"], [descriptor])
        finally:
            os.close(descriptor)


def address_space(pid: int) -> int:
    """Bytes of address space of a process, from the kernel."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[0])
    return pages * os.sysconf("SC_PAGE_SIZE")
