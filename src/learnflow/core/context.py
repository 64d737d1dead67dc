"""Where the work at hand comes from: who asked, from which address, under which request id.

Set by the edge (HTTP middleware, sign-in dependency, command line), read by the log and by the audit trail, so that no
use case has to hand it on.
"""

from contextvars import ContextVar
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Origin:
    """`actor_id` is a student's id, None for a guest or the system itself; `address` is the caller's IP address."""

    actor_id: int | None = None
    actor_role: str | None = None
    address: str | None = None
    request_id: str | None = None


SYSTEM = Origin(actor_role="system")
_origin: ContextVar[Origin] = ContextVar("origin", default=SYSTEM)


def current_origin() -> Origin:
    return _origin.get()


def begin_request(*, address: str | None, request_id: str) -> None:
    _origin.set(Origin(address=address, request_id=request_id))


def act_as(*, actor_id: int, actor_role: str) -> None:
    """Name the signed-in caller of the work at hand."""
    _origin.set(replace(_origin.get(), actor_id=actor_id, actor_role=actor_role))


def act_as_system() -> None:
    """The work from here on is nobody's request: a background task's, a start's."""
    _origin.set(SYSTEM)
