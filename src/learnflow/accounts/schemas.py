"""Shapes that go in and out of the accounts room."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field


class StudentOut(BaseModel):
    """A student's own account; `user_id` names them outside this database."""

    model_config = ConfigDict(from_attributes=True)

    id: int = Field(examples=[17])
    user_id: UUID
    email: str = Field(examples=["ada@school.example"])
    name: str = Field(examples=["Ada Lovelace"])
    role: str = Field(examples=["student"])
    grade_level: str | None = Field(examples=["10"])
    bio: str | None = Field(examples=["I like maps."])
    avatar_url: str | None = Field(examples=["https://school.example/ada.png"])
    pseudonym: str | None = Field(examples=["quiet-otter"])
    on_leaderboard: bool = Field(examples=[False])
    is_active: bool = Field(examples=[True])
    created_at: datetime
