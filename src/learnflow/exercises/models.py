"""Tables of the exercises room: the catalogue's rows, their versions, and the hints revealed."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from learnflow.core.database import NEVER_REUSE_IDS, Base, IntegerId


class Exercise(Base):
    """What the catalogue lists; the content is in the version named by `version`."""

    __tablename__ = "exercises"
    __table_args__ = (
        Index("ix_exercises_topic_id", "topic", "id"),
        Index("ix_exercises_module_id", "module", "id"),
        NEVER_REUSE_IDS,
    )

    id: Mapped[IntegerId]
    slug: Mapped[str] = mapped_column(String(100), unique=True)
    title: Mapped[str] = mapped_column(String(200))
    topic: Mapped[str] = mapped_column(String(100))
    module: Mapped[str] = mapped_column(String(100))
    difficulty_level: Mapped[str] = mapped_column(String(20))
    language: Mapped[str] = mapped_column(String(20))
    version: Mapped[int]
    course_digest: Mapped[str | None] = mapped_column(String(64))  # of the files last loaded; None: made on the web
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    archived_at: Mapped[datetime | None]


class ExerciseVersion(Base):
    """One version's whole content, never changed once written: submissions point at what they were judged against."""

    __tablename__ = "exercise_versions"
    __table_args__ = (UniqueConstraint("exercise_id", "version"), NEVER_REUSE_IDS)

    id: Mapped[IntegerId]
    exercise_id: Mapped[int] = mapped_column(ForeignKey("exercises.id", ondelete="CASCADE"))
    version: Mapped[int]
    description: Mapped[str] = mapped_column(Text)
    starter_code: Mapped[str] = mapped_column(Text)
    solution_code: Mapped[str] = mapped_column(Text)
    expected_output: Mapped[str | None] = mapped_column(Text)
    test_cases: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    hints: Mapped[list[str]] = mapped_column(JSON)
    limits: Mapped[dict[str, Any]] = mapped_column(JSON)
    modules: Mapped[list[str]] = mapped_column(JSON)  # beside the standard library, that programs may import
    prompts: Mapped[bool]  # whether what input("…") prints counts, where a case doesn't say
    solution_policy: Mapped[str] = mapped_column(String(20))  # after_solving, always or never
    origin: Mapped[str] = mapped_column(String(10))  # web or course
    author_id: Mapped[int | None] = mapped_column(ForeignKey("students.id", ondelete="SET NULL"))
    created_at: Mapped[datetime]


class HintReveal(Base):
    """One rung of one exercise's hint ladder, revealed to one student."""

    __tablename__ = "hint_reveals"
    __table_args__ = (Index("ix_hint_reveals_exercise_id", "exercise_id"),)  # asked when an exercise is deleted

    student_id: Mapped[int] = mapped_column(ForeignKey("students.id", ondelete="CASCADE"), primary_key=True)
    exercise_id: Mapped[int] = mapped_column(ForeignKey("exercises.id"), primary_key=True)
    rung: Mapped[int] = mapped_column(primary_key=True)  # from 1
    revealed_at: Mapped[datetime]
