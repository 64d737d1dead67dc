"""Who holds a lease: a name for each grading process, from which another on the same machine sees that it has died.

Only a shortcut: a server that was killed and started again need not wait for its own leases to end. Should the guess be
wrong (a process in another container with the same host name), the work is judged twice and recorded once.
"""

import os
import socket

from learnflow.core.ids import new_uuid

_HOST = socket.gethostname()[:40]
_PROCESS = new_uuid().hex[-12:]
"""Tells this process from earlier ones that had its process id: in a container that is often 1."""


def new_holder() -> str:
    """A name for one set of graders in this process: host, process id, process, set."""
    return f"{_HOST}:{os.getpid()}:{_PROCESS}:{new_uuid().hex[-12:]}"


def has_died(holder: str) -> bool:
    """Whether the process that took this name is known to be gone."""
    match holder.rsplit(":", 3):
        case [host, pid, process, _] if host == _HOST and process != _PROCESS and pid.isdecimal():
            return int(pid) == os.getpid() or not _exists(int(pid))
    return False


def _exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True  # somebody else's process has that id now: the lease will end by itself
    return True
