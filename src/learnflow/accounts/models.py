"""Tables of the accounts room."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, Text, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from learnflow.core.database import NEVER_REUSE_IDS, Base, IntegerId


class Student(Base):
    """Anyone who can sign in: students, and teachers and admins too (`role`)."""

    __tablename__ = "students"
    __table_args__ = (NEVER_REUSE_IDS,)

    id: Mapped[IntegerId]
    user_id: Mapped[UUID] = mapped_column(Uuid, unique=True)
    email: Mapped[str] = mapped_column(String(320))
    email_key: Mapped[str] = mapped_column(String(320), unique=True)  # the address in lower case: what is unique
    name: Mapped[str] = mapped_column(String(200))
    role: Mapped[str] = mapped_column(String(20))
    password_hash: Mapped[str] = mapped_column(String(200))
    grade_level: Mapped[str | None] = mapped_column(String(50))
    bio: Mapped[str | None] = mapped_column(Text)
    avatar_url: Mapped[str | None] = mapped_column(String(500))
    pseudonym: Mapped[str | None] = mapped_column(String(50), unique=True)
    on_leaderboard: Mapped[bool] = mapped_column(default=False)
    is_active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class SignInSession(Base):
    """One place where a student is signed in; access tokens name it (`sid`) and end with it."""

    __tablename__ = "sign_in_sessions"
    __table_args__ = (Index("ix_sign_in_sessions_student_id_id", "student_id", "id"), NEVER_REUSE_IDS)

    id: Mapped[IntegerId]
    student_id: Mapped[int] = mapped_column(ForeignKey("students.id", ondelete="CASCADE"))
    created_at: Mapped[datetime]
    refreshed_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    revoked_because: Mapped[str | None] = mapped_column(String(50))
    user_agent: Mapped[str | None] = mapped_column(String(300))
    address: Mapped[str | None] = mapped_column(String(64))


class RefreshToken(Base):
    """A single-use refresh token, stored as its SHA-256 only."""

    __tablename__ = "refresh_tokens"
    __table_args__ = (Index("ix_refresh_tokens_session_id", "session_id"), NEVER_REUSE_IDS)

    id: Mapped[IntegerId]
    session_id: Mapped[int] = mapped_column(ForeignKey("sign_in_sessions.id", ondelete="CASCADE"))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    issued_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
