"""The shapes of a course's files, and what of an exercise they hold."""

import hashlib
import json
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from learnflow.core.text import Text
from learnflow.exercises.cases import TestCases
from learnflow.exercises.queries import Published
from learnflow.exercises.schemas import (
    MAX_HINTS,
    Difficulty,
    ExerciseIn,
    Hint,
    Label,
    Language,
    LimitOverrides,
    Line,
    Modules,
    Prompts,
    Slug,
    SolutionPolicy,
)

COURSE_FILE, MODULE_FILE, EXERCISE_FILE = "course.yaml", "module.yaml", "exercise.yaml"
TEXT_FILES = {"description": "description.md", "starter_code": "starter.py", "solution_code": "solution.py"}
"""Which file holds which field."""


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class CourseFile(_File):
    title: Line
    language: Language = "python"
    modules: Annotated[list[Slug], Field(min_length=1, max_length=100)]


class ModuleFile(_File):
    title: Label
    number: Annotated[int, Field(ge=0, le=1000)] | None = None
    description: Annotated[Text, Field(max_length=10_000)] = ""
    topics: Annotated[list[Label], Field(max_length=100)] = []
    exercises: Annotated[list[Slug], Field(max_length=1000)] = []


class ExerciseFile(_File):
    title: Line
    topic: Label
    difficulty: Difficulty
    hints: Annotated[list[Hint], Field(max_length=MAX_HINTS)] = []
    cases: TestCases = []
    expected_output: Text | None = None
    limits: LimitOverrides | None = None
    modules: Modules = []
    prompts: Prompts = False
    solution_policy: SolutionPolicy = "after_solving"


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong in a course: the file (relative to the course), the field in it if there is one, what to do."""

    path: str
    field: str | None
    message: str

    def __str__(self) -> str:
        where = f"{self.path}: {self.field}" if self.field else self.path
        return f"{where}: {self.message}"


@dataclass(frozen=True, slots=True, kw_only=True)
class WrongAnswer:
    path: str
    code: str
    caught_by: str
    misconception: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseExercise:
    """One exercise's folder, read. `content` has its slug and module filled in."""

    folder: PurePosixPath
    content: ExerciseIn
    wrong: list[WrongAnswer]

    @property
    def slug(self) -> str:
        return self.folder.name


@dataclass(slots=True, kw_only=True)
class Course:
    """What could be read; with `faults`, only that."""

    title: str
    exercises: list[CourseExercise] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


def essence(content: ExerciseIn | Published) -> dict[str, Any]:
    """All that files and database both hold of an exercise, equal exactly when the exercise is the same."""
    if isinstance(content, Published):
        test_cases, limits = content.test_cases, content.limits
    else:
        test_cases, limits = content.stored_cases(), content.stored_limits()
    return {
        "slug": content.slug,
        "title": content.title,
        "topic": content.topic,
        "module": content.module,
        "difficulty_level": content.difficulty_level,
        "language": content.language,
        "description": content.description,
        "starter_code": content.starter_code,
        "solution_code": content.solution_code,
        "expected_output": content.expected_output,
        "test_cases": test_cases,
        "hints": content.hints,
        "limits": limits,
        "modules": content.modules,
        "prompts": content.prompts,
        "solution_policy": content.solution_policy,
    }


def digest(content: ExerciseIn | Published) -> str:
    """SHA-256 of the essence, in hexadecimal: what `exercises.course_digest` remembers of the files last loaded."""
    text = json.dumps(essence(content), sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
