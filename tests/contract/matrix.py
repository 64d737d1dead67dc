"""Who gets which answer on which route: one row per route, one status per kind of caller.

`student` owns what the path names (the session, the submission); `other` is a student who does not. `revoked` and
`expired` are the owner's tokens after the session was ended, and after 15 minutes.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.contract.world import World

CALLERS = ("guest", "student", "other", "teacher", "admin", "revoked", "expired")


@dataclass(frozen=True)
class Row:
    """How to call a route and what each caller must get. `path` and `body` are made from the test's own world."""

    statuses: tuple[int, int, int, int, int, int, int]
    path: Callable[[World], dict[str, Any]] = field(default=lambda world: {})
    body: Callable[[World], Any] = field(default=lambda world: None)
    headers: dict[str, str] = field(default_factory=dict)
    query: str = ""

    def expected(self, caller: str) -> int:
        return self.statuses[CALLERS.index(caller)]


def everyone(status: int) -> tuple[int, int, int, int, int, int, int]:
    """A route that reads no token: a bad one makes no difference."""
    return (status,) * 7


def readers(status: int) -> tuple[int, int, int, int, int, int, int]:
    """Guests too, but a bad token is told instead of being taken for a guest."""
    return (status, status, status, status, status, 401, 401)


def signed_in(status: int) -> tuple[int, int, int, int, int, int, int]:
    return (401, status, status, status, status, 401, 401)


def staff(status: int) -> tuple[int, int, int, int, int, int, int]:
    return (401, 403, 403, status, status, 401, 401)


def owner_and_staff(status: int) -> tuple[int, int, int, int, int, int, int]:
    """Another's resource is as if it did not exist."""
    return (401, status, 404, status, status, 401, 401)


def owner_alone(status: int) -> tuple[int, int, int, int, int, int, int]:
    return (401, status, 404, 404, 404, 401, 401)


def admins(status: int) -> tuple[int, int, int, int, int, int, int]:
    return (401, 403, 403, 403, status, 401, 401)


def exercise(world: World) -> dict[str, Any]:
    return {"exercise_id": world.exercise_id, "id": world.exercise_id}


def submission(world: World) -> dict[str, Any]:
    return {"id": world.submission_id, "submission_id": world.submission_id}


def owner(world: World) -> dict[str, Any]:
    return {"id": world.owner.id, "student_id": world.owner.id}


def handed_in(world: World) -> Any:
    return {"exercise_id": world.exercise_id, "code": "def add(a, b):\n    return a + b\n", "language": "python"}


MATRIX: dict[tuple[str, str], Row] = {
    ("GET", "/"): Row(everyone(200)),
    ("GET", "/health"): Row(everyone(200)),
    ("GET", "/health/ready"): Row(everyone(200)),
    ("GET", "/metrics"): Row(everyone(200)),
    ("GET", "/docs"): Row(everyone(200)),
    ("GET", "/redoc"): Row(everyone(200)),
    ("GET", "/openapi.json"): Row(everyone(200)),
    ("GET", "/docs-files/{name}"): Row(everyone(200), path=lambda world: {"name": "swagger-ui.css"}),
    ("POST", "/api/auth/register"): Row(
        everyone(201),
        body=lambda world: {"email": "new@school.example", "password": "a slow green tram", "name": "New"},
    ),
    ("POST", "/api/auth/login"): Row(
        everyone(200), body=lambda world: {"email": world.owner.email, "password": world.owner.password}
    ),
    ("POST", "/api/auth/refresh"): Row(
        everyone(200), body=lambda world: {"refresh_token": world.people["teacher"].refresh_token}
    ),
    ("POST", "/api/auth/logout"): Row(signed_in(204)),
    ("POST", "/api/auth/change-password"): Row(
        signed_in(204),
        body=lambda world: {"current_password": world.owner.password, "new_password": "a slow green tram"},
    ),
    ("GET", "/api/auth/me"): Row(signed_in(200)),
    ("PATCH", "/api/auth/me"): Row(signed_in(200), body=lambda world: {"bio": "I like trams."}),
    ("GET", "/api/auth/sessions"): Row(signed_in(200)),
    ("DELETE", "/api/auth/sessions/{session_id}"): Row(
        owner_alone(204), path=lambda world: {"session_id": world.owners_other_session}
    ),
    ("POST", "/api/exercises/"): Row(
        staff(201), body=lambda world: world.exercise_body("Another"), query="?force=true"
    ),
    ("GET", "/api/exercises/"): Row(readers(200)),
    ("GET", "/api/exercises/{exercise_id}"): Row(readers(200), path=exercise),
    ("PUT", "/api/exercises/{exercise_id}"): Row(
        staff(200),
        path=exercise,
        body=lambda world: world.exercise_body("Changed"),
        headers={"If-Match": '"1"'},
        query="?force=true",
    ),
    ("DELETE", "/api/exercises/{exercise_id}"): Row(staff(204), path=exercise),
    # Nobody but the owner has solved it, and its policy is after_solving.
    ("GET", "/api/exercises/{exercise_id}/solution"): Row((401, 200, 403, 200, 200, 401, 401), path=exercise),
    ("POST", "/api/exercises/{exercise_id}/hints/next"): Row(signed_in(200), path=exercise),
    ("POST", "/api/submissions/"): Row(signed_in(201), body=handed_in),
    # No grader runs in the server under test, so a run that may be made waits and is then told to come back.
    ("POST", "/api/submissions/run"): Row(signed_in(422), body=lambda world: {"code": ""}),
    ("POST", "/api/submissions/trace"): Row(signed_in(422), body=lambda world: {"code": ""}),
    ("GET", "/api/submissions/student/{id}"): Row(owner_and_staff(200), path=owner),
    ("GET", "/api/submissions/exercise/{id}"): Row(signed_in(200), path=exercise),
    ("GET", "/api/submissions/{id}"): Row(owner_and_staff(200), path=submission),
    ("PUT", "/api/submissions/{id}/evaluate"): Row(
        staff(200), path=submission, body=lambda world: {"score": 90, "feedback": "Well done."}
    ),
    ("GET", "/api/submissions/{id}/events"): Row(owner_and_staff(200), path=submission),
    ("GET", "/api/analytics/student/{student_id}/progress"): Row(owner_and_staff(200), path=owner),
    ("GET", "/api/analytics/student/{student_id}/stats"): Row(owner_and_staff(200), path=owner),
    ("GET", "/api/analytics/exercise/{exercise_id}/stats"): Row(staff(200), path=exercise),
    ("GET", "/api/analytics/leaderboard"): Row(signed_in(200)),
    ("GET", "/api/events/"): Row(admins(200)),
}
