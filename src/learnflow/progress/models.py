"""Tables of the progress room: one row per student and exercise, and totals so that no figure is ever counted anew."""

from datetime import date, datetime

from sqlalchemy import JSON, Date, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from learnflow.core.database import NEVER_REUSE_IDS, Base, IntegerId


class Progress(Base):
    """How far a student is with an exercise. No row: not started."""

    __tablename__ = "progress"
    __table_args__ = (
        UniqueConstraint("student_id", "exercise_id"),
        Index("ix_progress_exercise_id", "exercise_id"),
        NEVER_REUSE_IDS,
    )

    id: Mapped[IntegerId]
    student_id: Mapped[int] = mapped_column(ForeignKey("students.id", ondelete="CASCADE"))
    exercise_id: Mapped[int] = mapped_column(ForeignKey("exercises.id"))
    topic: Mapped[str] = mapped_column(String(100))  # the exercise's when the student began it: its points stay there
    status: Mapped[str] = mapped_column(String(20))  # in_progress or completed
    attempts: Mapped[int]
    best_score: Mapped[int]
    first_attempt_at: Mapped[datetime]
    last_attempt_at: Mapped[datetime]
    completed_at: Mapped[datetime | None]
    attempts_to_complete: Mapped[int | None]
    gains: Mapped[dict[str, int]] = mapped_column(JSON)  # UTC day → points by which the best score rose on it


class StudentTotals(Base):
    """One student's figures over all exercises."""

    __tablename__ = "student_totals"

    student_id: Mapped[int] = mapped_column(ForeignKey("students.id", ondelete="CASCADE"), primary_key=True)
    submissions: Mapped[int]  # graded ones; one the judge could not grade (`error`) is no attempt
    passed: Mapped[int]  # by the judge, whatever a teacher said afterwards
    exercises_tried: Mapped[int]
    exercises_completed: Mapped[int]
    points: Mapped[int]  # sum of best scores
    streak_days: Mapped[int]  # days in a row up to `last_active_on`; whether it still runs depends on today
    longest_streak_days: Mapped[int]
    last_active_on: Mapped[date | None] = mapped_column(Date)


class ExerciseTotals(Base):
    """One exercise's figures over all students."""

    __tablename__ = "exercise_totals"

    exercise_id: Mapped[int] = mapped_column(ForeignKey("exercises.id", ondelete="CASCADE"), primary_key=True)
    submissions: Mapped[int]
    passed: Mapped[int]
    students_tried: Mapped[int]
    students_completed: Mapped[int]
    best_score_sum: Mapped[int]
    attempts_to_complete_sum: Mapped[int]


class LeaderboardPoints(Base):
    """Points a student gained in one period on one topic: `period` is all, 2026-11 or 2026-W48; `topic` '' is all."""

    __tablename__ = "leaderboard_points"
    __table_args__ = (Index("ix_leaderboard_points_rank", "period", "topic", "points"),)

    period: Mapped[str] = mapped_column(String(10), primary_key=True)
    topic: Mapped[str] = mapped_column(String(100), primary_key=True)
    student_id: Mapped[int] = mapped_column(ForeignKey("students.id", ondelete="CASCADE"), primary_key=True)
    points: Mapped[int]
    completed: Mapped[int]
