"""Shapes of the figures."""

from datetime import date, datetime
from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, Field

Score = Field(ge=0, le=100, examples=[80])
Count = Field(ge=0, examples=[3])


class ExerciseProgress(BaseModel):
    """How far a student is with one exercise they have begun."""

    exercise_id: int = Field(examples=[7])
    title: str = Field(examples=["Sum of even numbers"])
    topic: str = Field(examples=["loops"])
    status: Literal["in_progress", "completed"]
    attempts: int = Count
    best_score: int = Score
    first_attempt_at: datetime
    last_attempt_at: datetime
    completed_at: datetime | None


class TopicCompletion(BaseModel):
    """Of the catalogue's exercises on one topic: how many there are, were tried, were completed."""

    topic: str = Field(examples=["loops"])
    exercises: int = Count
    tried: int = Count
    completed: int = Count


class StudentStats(BaseModel):
    """One student's figures; `points` is the sum of best scores, days are UTC."""

    student_id: int = Field(examples=[3])
    submissions: int = Field(ge=0, description="Graded attempts.", examples=[12])
    passed: int = Count
    exercises_tried: int = Count
    exercises_completed: int = Count
    points: int = Field(ge=0, examples=[340])
    streak_days: int = Field(
        ge=0, description="Days in a row with an attempt, up to today or yesterday; 0 when broken.", examples=[4]
    )
    longest_streak_days: int = Field(ge=0, examples=[9])
    last_active_on: date | None
    topics: list[TopicCompletion]


class ExerciseStats(BaseModel):
    """One exercise's figures over all students; rates and averages are null before there is anything to average."""

    exercise_id: int = Field(examples=[7])
    submissions: int = Field(ge=0, description="Graded attempts.", examples=[120])
    passed: int = Count
    pass_rate: float | None = Field(description="Passed attempts per attempt, 0 to 1.", examples=[0.42])
    students_tried: int = Count
    students_completed: int = Count
    completion_rate: float | None = Field(description="Students who completed it per student who tried, 0 to 1.")
    average_best_score: float | None = Field(examples=[81.5])
    average_attempts_to_complete: float | None = Field(examples=[2.3])


class Period(StrEnum):
    """All time, the current month, or the current ISO week, in UTC."""

    all = "all"
    month = "month"
    week = "week"


class LeaderboardEntry(BaseModel):
    """One student under the name they chose to be shown by. Equal points share a rank: 1, 2, 2, 4."""

    rank: int = Field(ge=1, examples=[2])
    pseudonym: str = Field(examples=["Quiet Otter"])
    points: int = Field(ge=0, description="By which best scores rose in the period.", examples=[340])
    completed: int = Field(ge=0, description="Exercises completed in the period.", examples=[3])
    is_me: bool


class Leaderboard(BaseModel):
    """The best of one period and topic, and where the caller stands, shown or not."""

    period: Period
    period_name: str = Field(description="`all`, a month or an ISO week.", examples=["2026-W48"])
    topic: str | None = Field(examples=["loops"])
    entries: list[LeaderboardEntry]
    me: LeaderboardEntry | None = Field(description="The caller's own entry, though it be far below.")
    me_missing: Literal["not_opted_in", "no_points"] | None = Field(
        description="Why `me` is null: the caller did not opt in with a pseudonym, or gained no points in the period."
    )
