"""Handing in: the submission, the promise to judge it and the event that tells it, in one transaction.

An Idempotency-Key is taken before anything else, in the same transaction: of two requests that carry the same one, the
second waits for the first to commit (PostgreSQL at the unique key, SQLite at the write lock) and then finds its
submission; when the first fails, the key is free again.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from learnflow.accounts.access import Caller
from learnflow.core.clock import now
from learnflow.core.database import insert_or_ignore
from learnflow.core.errors import FieldProblem
from learnflow.events.catalog import SubmissionHandedIn
from learnflow.events.outbox import publish
from learnflow.exercises.errors import ArchivedExercise
from learnflow.submissions import queue
from learnflow.submissions.errors import CodeTooLarge, KeyUsedForAnother, QueueFull
from learnflow.submissions.models import IdempotencyKey, submissions
from learnflow.submissions.queries import target
from learnflow.submissions.schemas import LARGEST_CODE, HandIn
from learnflow.submissions.state import Status

ROUTE = "POST /api/submissions/"
KEY_LIFE = timedelta(hours=24)
SECONDS_UNTIL_ROOM = 10
"""What Retry-After says when the queue is full."""

_INSERT = insert(submissions).returning(submissions.c.id)


@dataclass(frozen=True, slots=True)
class Accepted:
    """`is_new` is false when the same key had brought the same submission before."""

    submission_id: int
    is_new: bool


async def hand_in(
    session: AsyncSession, student: Caller, work: HandIn, *, key: str | None, queue_limit: int
) -> Accepted:
    """Write a queued submission. The caller wakes the graders once the transaction has committed.

    Raises ExerciseNotFound, ArchivedExercise, QueueFull, and KeyUsedForAnother for a key that came with another body.
    """
    assert student.id is not None
    assert student.user_id is not None
    if key is not None:
        known = await _take_key(session, student.id, key, _hash_of(work))
        if known is not None:
            return Accepted(known, is_new=False)
    exercise = await target(session, work.exercise_id)
    if exercise.archived_at is not None:
        raise ArchivedExercise(work.exercise_id)
    require_room(exercise.waiting, queue_limit)
    submission_id = await _insert(session, student.id, exercise.version, work)
    await queue.enqueue_submission(session, submission_id, student_id=student.id)
    if key is not None:
        await session.execute(update(IdempotencyKey).where(*_key(student.id, key)).values(submission_id=submission_id))
    publish(
        session,
        SubmissionHandedIn(
            submission_id=submission_id,
            student_id=student.id,
            exercise_id=work.exercise_id,
            exercise_version=exercise.version,
        ),
        subject=f"submission/{submission_id}",
        key=student.user_id,
    )
    return Accepted(submission_id, is_new=True)


def require_size(code: str) -> None:
    """Raises CodeTooLarge past 64 KiB of UTF-8."""
    size = len(code.encode())
    if size > LARGEST_CODE:
        message = f"The code has {size} bytes; at most {LARGEST_CODE} (64 KiB) are taken. Hand in a shorter program."
        raise CodeTooLarge(message, errors=[FieldProblem(field="code", message=message)])


def require_room(waiting: int, queue_limit: int) -> None:
    """Raises QueueFull when as many wait as may."""
    if waiting >= queue_limit:
        raise QueueFull(
            "So many submissions wait to be judged that no more are taken just now. "
            f"Nothing is lost: try again in {SECONDS_UNTIL_ROOM} seconds.",
            retry_after=SECONDS_UNTIL_ROOM,
        )


async def _insert(session: AsyncSession, student_id: int, version: int, work: HandIn) -> int:
    row = {
        "student_id": student_id,
        "exercise_id": work.exercise_id,
        "exercise_version": version,
        "language": work.language,
        "code": work.code,
        "status": Status.queued.value,
        "attempt": 0,
        "submitted_at": now(),
    }
    submission_id: int = (await session.execute(_INSERT, row)).scalar_one()
    return submission_id


async def _take_key(session: AsyncSession, student_id: int, key: str, body_hash: str) -> int | None:
    """None when the key is ours now; else the submission that it brought before."""
    row = {"student_id": student_id, "route": ROUTE, "key": key, "body_hash": body_hash, "created_at": now()}
    statement = insert_or_ignore(session, IdempotencyKey, conflict=["student_id", "route", "key"])
    take = statement.values(row).returning(IdempotencyKey.created_at)
    while await session.scalar(take) is None:
        found = await session.execute(
            select(IdempotencyKey.body_hash, IdempotencyKey.submission_id, IdempotencyKey.created_at).where(
                *_key(student_id, key)
            )
        )
        known = found.one_or_none()
        if known is None:
            continue  # it was cleaned away between the two statements
        if known.created_at <= now() - KEY_LIFE:
            await session.execute(delete(IdempotencyKey).where(*_key(student_id, key)))
            continue
        if known.body_hash != body_hash:
            message = "This key came with another submission before. Use a new key for a new submission."
            raise KeyUsedForAnother(message, errors=[FieldProblem(field="Idempotency-Key", message=message)])
        submission_id: int = known.submission_id
        return submission_id
    return None


def _key(student_id: int, key: str) -> tuple[ColumnElement[bool], ...]:
    return (IdempotencyKey.student_id == student_id, IdempotencyKey.route == ROUTE, IdempotencyKey.key == key)


def _hash_of(work: HandIn) -> str:
    body = json.dumps(work.model_dump(), sort_keys=True)
    return hashlib.sha256(body.encode()).hexdigest()
