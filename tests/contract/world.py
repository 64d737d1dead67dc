"""A small school for the tests of the contract: people of every role, an exercise with secrets, a graded submission."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx
from fastapi import FastAPI
from sqlalchemy import update
from tests.conftest import client_of
from tests.support.people import Person, access_token, bearer, join

from learnflow.accounts.access import Role
from learnflow.accounts.models import SignInSession, Student
from learnflow.accounts.sign_in import open_session
from learnflow.core.clock import now
from learnflow.core.database import Database
from learnflow.progress.record import record_outcome
from learnflow.submissions.models import CaseOutcome, QueuedWork, Submission

SECRETS = {
    "solution": "SECRET_SOLUTION_8821",
    "hidden input": "SECRET_INPUT_4410",
    "hidden expected value": "SECRET_EXPECTED_7303",
    "hidden actual value": "SECRET_ACTUAL_5579",
    "hint not revealed": "SECRET_HINT_9137",
}
"""What no student and no guest may read anywhere; each appears in exactly one place of the exercise or its outcome."""


def exercise_body(title: str) -> dict[str, Any]:
    return {
        "title": title,
        "description": "Add two things.",
        "difficulty_level": "beginner",
        "topic": "variables",
        "module": "Basics",
        "starter_code": "def add(a, b):\n    pass\n",
        "solution_code": f"def add(a, b):\n    return a + b  # {SECRETS['solution']}\n",
        "test_cases": [
            {"name": "adds", "kind": "call", "input": {"function": "add", "args": [1, 2]}, "expected": 3},
            {
                "name": "adds texts",
                "kind": "call",
                "input": {"function": "add", "args": [SECRETS["hidden input"], ""]},
                "expected": SECRETS["hidden expected value"],
                "hidden": True,
            },
        ],
        "hints": [SECRETS["hint not revealed"]],
        "language": "python",
    }


@dataclass
class World:
    app: FastAPI
    client: httpx.AsyncClient
    people: dict[str, Person]
    exercise_id: int
    submission_id: int
    owners_other_session: int

    exercise_body = staticmethod(exercise_body)

    @property
    def owner(self) -> Person:
        return self.people["student"]

    async def headers(self, caller: str) -> dict[str, str]:
        """The request headers of one kind of caller (tests/contract/matrix.py)."""
        if caller == "guest":
            return {}
        if caller in self.people:
            return self.people[caller].headers
        owner = self.owner
        if caller == "expired":
            long_ago = now() - timedelta(hours=1)
            return bearer(access_token(self.app, owner, owner.session_id, at=long_ago))
        database: Database = self.app.state.database
        async with database.write() as session:
            await session.execute(
                update(SignInSession).where(SignInSession.id == owner.session_id).values(revoked_at=now())
            )
        return owner.headers


async def school(app: FastAPI) -> World:
    """Everything over HTTP or through the rooms' own use cases, but the verdict, which no grader is needed for."""
    client = client_of(app)
    people = {
        "student": await join(app),
        "other": await join(app),
        "teacher": await join(app, Role.teacher),
        "admin": await join(app, Role.admin),
    }
    owner = people["student"]
    created = await client.post(
        "/api/exercises/?force=true", json=exercise_body("Add"), headers=people["teacher"].headers
    )
    assert created.status_code == 201, created.text
    exercise_id = created.json()["id"]
    body = {"exercise_id": exercise_id, "code": "x = 1", "language": "python"}
    handed_in = await client.post("/api/submissions/", json=body, headers=owner.headers)
    assert handed_in.status_code == 201, handed_in.text
    submission_id = handed_in.json()["id"]
    database: Database = app.state.database
    async with database.write() as session:
        student = await session.get_one(Student, owner.id)
        opened = await open_session(session, student, days=1)
        await _grade(session, submission_id, owner)
    return World(app, client, people, exercise_id, submission_id, opened.session_id)


async def _grade(session: Any, submission_id: int, owner: Person) -> None:
    submission = await session.get_one(Submission, submission_id)
    submission.status, submission.score, submission.graded_at, submission.attempt = "passed", 100, now(), 1
    submission.feedback = "All cases passed."
    for position, (name, hidden) in enumerate([("adds", False), ("adds texts", True)]):
        session.add(
            CaseOutcome(
                submission_id=submission_id,
                position=position,
                recorded_at=submission.graded_at,
                name=name,
                hidden=hidden,
                verdict="passed",
                points=1,
                weight=1,
                detail={
                    "expected": SECRETS["hidden expected value"] if hidden else "3",
                    "actual": SECRETS["hidden actual value"] if hidden else "3",
                    "diff": None,
                    "stdout": SECRETS["hidden input"] if hidden else "",
                    "stderr": "",
                    "explanation": SECRETS["hidden expected value"] if hidden else None,
                    "error": None,
                },
                wall_ms=1.0,
                cpu_ms=1.0,
                memory_kb=9000,
            )
        )
    queued = await session.get(QueuedWork, 1)
    if queued:
        await session.delete(queued)
    await record_outcome(
        session,
        student_id=owner.id,
        student_key=owner.user_id,
        exercise_id=submission.exercise_id,
        topic="variables",
        passed=True,
        score=100,
        submitted_at=submission.submitted_at,
    )
