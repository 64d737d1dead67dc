"""Who may see or do what. The one place where roles are compared: elsewhere these functions are asked.

Another's resource is answered as if it did not exist (404); what a role may not do at all is answered with 403.
"""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from learnflow.core.errors import Forbidden, NotFound


class Role(StrEnum):
    guest = "guest"
    student = "student"
    teacher = "teacher"
    admin = "admin"


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks: `id`, `user_id` and `session_id` are None for a guest. The role is the database's, not the token's."""

    role: Role
    id: int | None = None
    user_id: UUID | None = None
    session_id: int | None = None


GUEST = Caller(Role.guest)
_STAFF = frozenset({Role.teacher, Role.admin})


def is_staff(caller: Caller) -> bool:
    return caller.role in _STAFF


def require_staff(caller: Caller) -> None:
    """Teachers and admins only: exercises, evaluations, figures about others."""
    if not is_staff(caller):
        raise Forbidden("This is for teachers and administrators.")


def require_admin(caller: Caller) -> None:
    if caller.role is not Role.admin:
        raise Forbidden("This is for administrators.")


def may_see_student(caller: Caller, student_id: int) -> bool:
    """A student sees only what is theirs; teachers and admins see every student."""
    return is_staff(caller) or (caller.id is not None and caller.id == student_id)


def require_may_see_student(caller: Caller, student_id: int) -> None:
    if not may_see_student(caller, student_id):
        raise NotFound(f"There is no student {student_id}.")
