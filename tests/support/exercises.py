"""Exercises for tests: as a teacher sends them, and really in the database without the detour over HTTP."""

from copy import deepcopy
from typing import Any

from sqlalchemy import select

from learnflow.core.database import Database
from learnflow.events.models import OutboxRow, SystemEvent
from learnflow.exercises import queries
from learnflow.exercises.queries import Published
from learnflow.exercises.save import Source, write_first
from learnflow.exercises.schemas import ExerciseIn

SOLUTION = "def add(a, b):\n    return a + b  # the reference solution\n"
HIDDEN_NUMBER = 7340917
HINTS = ["What are the two numbers called?", "Numbers can be added with a plus sign.", "Give the sum back with return."]

_ADD: dict[str, Any] = {
    "title": "Add two numbers",
    "description": "Write `add(a, b)`.",
    "difficulty_level": "beginner",
    "topic": "variables",
    "module": "Basics",
    "starter_code": "def add(a, b):\n    ...\n",
    "solution_code": SOLUTION,
    "test_cases": [
        {"name": "two and three", "kind": "call", "input": {"function": "add", "args": [2, 3]}, "expected": 5},
        {
            "name": "a large number",
            "kind": "call",
            "input": {"function": "add", "args": [HIDDEN_NUMBER, 1]},
            "expected": HIDDEN_NUMBER + 1,
            "hidden": True,
        },
    ],
    "hints": HINTS,
}


def exercise(**changes: Any) -> dict[str, Any]:
    """The body of POST /api/exercises/: `add(a, b)` with a visible and a hidden case and three hints."""
    return deepcopy(_ADD) | changes


async def published_exercise(database: Database, **changes: Any) -> Published:
    """`exercise(**changes)` in the catalogue, unverified."""
    content = ExerciseIn.model_validate(exercise(**changes))
    async with database.write() as session:
        exercise_id = await write_first(session, content, Source())
        return await queries.current(session, exercise_id)


async def events_about_exercises(database: Database, kind: str) -> list[dict[str, Any]]:
    """The data of the events `learnflow.exercise.<kind>`, published or still waiting to be."""
    return await events_of_type(database, f"learnflow.exercise.{kind}")


async def events_of_type(database: Database, name: str) -> list[dict[str, Any]]:
    """The data of the events of this type, published or still waiting to be."""
    async with database.read() as session:
        # In this order: what is published between the two is seen twice rather than never.
        waiting = await session.scalars(select(OutboxRow).where(OutboxRow.type == name))
        events = {row.event_id: row.data for row in waiting}
        published = await session.scalars(select(SystemEvent).where(SystemEvent.type == name))
        events |= {row.event_id: row.data for row in published}
    return [events[event_id] for event_id in sorted(events)]
