"""Tables of the submissions room: what was handed in, what was run, and the queue of both.

A queue row is the promise to judge; it is written in the transaction that writes the work, and deleted in the one that
records the outcome (ADR 2).
"""

from datetime import datetime
from typing import Any, cast

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Table, Text
from sqlalchemy.orm import Mapped, mapped_column

from learnflow.core.database import NEVER_REUSE_IDS, Base, IntegerId


class Submission(Base):
    """Code handed in for an exercise, judged against the version that was current then."""

    __tablename__ = "exercise_submissions"
    __table_args__ = (
        Index("ix_exercise_submissions_student_id_id", "student_id", "id"),
        Index("ix_exercise_submissions_exercise_id_id", "exercise_id", "id"),
        Index("ix_exercise_submissions_student_id_exercise_id_id", "student_id", "exercise_id", "id"),
        NEVER_REUSE_IDS,
    )

    id: Mapped[IntegerId]
    student_id: Mapped[int] = mapped_column(ForeignKey("students.id"))
    exercise_id: Mapped[int] = mapped_column(ForeignKey("exercises.id"))
    exercise_version: Mapped[int]
    language: Mapped[str] = mapped_column(String(20))
    code: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(String(20))  # queued, running, passed, failed, error
    score: Mapped[int | None]  # what the judge said, 0 to 100
    feedback: Mapped[str | None] = mapped_column(Text)
    attempt: Mapped[int] = mapped_column(default=0)  # the queue's attempt that was recorded
    judged_with: Mapped[dict[str, Any] | None] = mapped_column(JSON)  # tier, judge and interpreter version
    submitted_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    graded_at: Mapped[datetime | None]
    evaluated_score: Mapped[int | None]  # what a teacher said; shown instead of `score`, kept by a re-grade
    evaluated_feedback: Mapped[str | None] = mapped_column(Text)
    evaluated_by: Mapped[int | None] = mapped_column(ForeignKey("students.id", ondelete="SET NULL"))
    evaluated_at: Mapped[datetime | None]


class CaseOutcome(Base):
    """One test case's outcome in a submission. To be partitioned by month: no foreign key here or to here (ADR 4)."""

    __tablename__ = "code_execution_results"

    submission_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    recorded_at: Mapped[datetime] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    hidden: Mapped[bool]
    verdict: Mapped[str] = mapped_column(String(20))
    points: Mapped[int]
    weight: Mapped[int]
    detail: Mapped[dict[str, Any]] = mapped_column(JSON)  # expected, actual, diff, stdout, stderr, explanation, error
    wall_ms: Mapped[float]
    cpu_ms: Mapped[float]
    memory_kb: Mapped[int]


class Execution(Base):
    """A run that is no attempt: the Run button (`run`) or the check of an exercise on saving (`verify`).

    `request` and `outcome` are emptied an hour later; kind, error type and times are kept.
    """

    __tablename__ = "executions"
    __table_args__ = (
        Index("ix_executions_emptied_at_created_at", "emptied_at", "created_at"),
        Index("ix_executions_exercise_id", "exercise_id"),  # asked when an exercise is deleted
        NEVER_REUSE_IDS,
    )

    id: Mapped[IntegerId]
    student_id: Mapped[int] = mapped_column(ForeignKey("students.id", ondelete="CASCADE"))
    exercise_id: Mapped[int | None] = mapped_column(ForeignKey("exercises.id"))
    kind: Mapped[str] = mapped_column(String(10))
    status: Mapped[str] = mapped_column(String(20))  # queued, running, done, error
    request: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    outcome: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    error_type: Mapped[str | None] = mapped_column(String(100))
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    emptied_at: Mapped[datetime | None]


class QueuedWork(Base):
    """One piece of work that waits for a grader or is held by one: exactly one of the two ids is set.

    Free when `leased_until` is null or past. `attempt` counts claims and fences: only its holder may finish. Within a
    priority the order is that of `turn`, then of arrival (ADR 7).
    """

    __tablename__ = "judging_queue"
    __table_args__ = (
        CheckConstraint("(submission_id IS NULL) <> (execution_id IS NULL)", name="one_kind_of_work"),
        Index("ix_judging_queue_priority_turn_id", "priority", "turn", "id"),
        Index("ix_judging_queue_student_id_priority_turn", "student_id", "priority", "turn"),
        NEVER_REUSE_IDS,
    )

    id: Mapped[IntegerId]
    priority: Mapped[int]  # 0 runs and verifications, 1 submissions, 2 re-grades
    turn: Mapped[int]
    student_id: Mapped[int]  # whose it is; no foreign key: the row goes with the work, and the work with the student
    submission_id: Mapped[int | None] = mapped_column(
        ForeignKey("exercise_submissions.id", ondelete="CASCADE"), unique=True
    )
    execution_id: Mapped[int | None] = mapped_column(ForeignKey("executions.id", ondelete="CASCADE"), unique=True)
    attempt: Mapped[int] = mapped_column(default=0)
    leased_by: Mapped[str | None] = mapped_column(String(100))
    leased_until: Mapped[datetime | None]
    enqueued_at: Mapped[datetime]


class IdempotencyKey(Base):
    """A client's own name for one hand-in, so that sending it twice makes one submission; kept for 24 hours."""

    __tablename__ = "idempotency_keys"
    __table_args__ = (Index("ix_idempotency_keys_created_at", "created_at"),)

    student_id: Mapped[int] = mapped_column(ForeignKey("students.id", ondelete="CASCADE"), primary_key=True)
    route: Mapped[str] = mapped_column(String(50), primary_key=True)
    key: Mapped[str] = mapped_column(String(255), primary_key=True)
    body_hash: Mapped[str] = mapped_column(String(64))
    submission_id: Mapped[int | None] = mapped_column(ForeignKey("exercise_submissions.id", ondelete="CASCADE"))
    created_at: Mapped[datetime]


# For the statements that every submission passes through: built once on the bare tables, they cost a third of what the
# same statement costs when it is built anew on the classes.
submissions = cast("Table", Submission.__table__)
case_outcomes = cast("Table", CaseOutcome.__table__)
judging_queue = cast("Table", QueuedWork.__table__)
