"""SQL of the exercises room."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, Row, Select, func, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from learnflow.exercises.errors import ExerciseNotFound
from learnflow.exercises.models import Exercise, ExerciseVersion, HintReveal
from learnflow.exercises.standing import StandingSource, Status

AnySelect: TypeAlias = Select[*tuple[Any, ...]]
AnyRow: TypeAlias = Row[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """An exercise with the whole content of one of its versions, solution and hidden cases included."""

    id: int
    slug: str
    title: str
    topic: str
    module: str
    difficulty_level: str
    language: str
    version: int
    course_digest: str | None
    created_at: datetime
    updated_at: datetime
    archived_at: datetime | None
    description: str
    starter_code: str
    solution_code: str
    expected_output: str | None
    test_cases: list[dict[str, Any]]
    hints: list[str]
    limits: dict[str, Any]
    modules: list[str]
    prompts: bool
    solution_policy: str
    origin: str


_OF_THE_ROW = (
    Exercise.id,
    Exercise.slug,
    Exercise.title,
    Exercise.topic,
    Exercise.module,
    Exercise.difficulty_level,
    Exercise.language,
    Exercise.course_digest,
    Exercise.created_at,
    Exercise.updated_at,
    Exercise.archived_at,
)
_OF_THE_VERSION = (
    ExerciseVersion.version,
    ExerciseVersion.description,
    ExerciseVersion.starter_code,
    ExerciseVersion.solution_code,
    ExerciseVersion.expected_output,
    ExerciseVersion.test_cases,
    ExerciseVersion.hints,
    ExerciseVersion.limits,
    ExerciseVersion.modules,
    ExerciseVersion.prompts,
    ExerciseVersion.solution_policy,
    ExerciseVersion.origin,
)
_PUBLISHED = select(*_OF_THE_ROW, *_OF_THE_VERSION).join(ExerciseVersion, ExerciseVersion.exercise_id == Exercise.id)
_CURRENT = _PUBLISHED.where(ExerciseVersion.version == Exercise.version)

SUMMARY = (
    Exercise.id,
    Exercise.slug,
    Exercise.title,
    Exercise.topic,
    Exercise.module,
    Exercise.difficulty_level,
    Exercise.language,
    Exercise.version,
    Exercise.created_at,
    Exercise.updated_at,
)


async def current(session: AsyncSession, exercise_id: int) -> Published:
    """The exercise at its current version, archived ones too (`archived_at`). Raises ExerciseNotFound."""
    return await _one(session, _CURRENT.where(Exercise.id == exercise_id), exercise_id)


async def version_of(session: AsyncSession, exercise_id: int, version: int) -> Published:
    """The exercise with the content it had at `version`. Raises ExerciseNotFound."""
    statement = _PUBLISHED.where(Exercise.id == exercise_id, ExerciseVersion.version == version)
    return await _one(session, statement, exercise_id)


async def every_current(session: AsyncSession, *, archived: bool = False) -> list[Published]:
    """All exercises at their current versions, by id; archived ones only when asked for."""
    statement = _CURRENT.order_by(Exercise.id)
    if not archived:
        statement = statement.where(Exercise.archived_at.is_(None))
    return [_published(row) for row in await session.execute(statement)]


async def _one(session: AsyncSession, statement: AnySelect, exercise_id: int) -> Published:
    row = (await session.execute(statement)).one_or_none()
    if row is None:
        raise ExerciseNotFound(exercise_id)
    return _published(row)


def _published(row: AnyRow) -> Published:
    return Published(**row._asdict())


async def id_of_slug(session: AsyncSession, slug: str) -> int | None:
    found: int | None = await session.scalar(select(Exercise.id).where(Exercise.slug == slug))
    return found


async def slugs_like(session: AsyncSession, base: str) -> set[str]:
    """The taken slugs that begin with `base`, which holds no wildcard."""
    return set(await session.scalars(select(Exercise.slug).where(Exercise.slug.startswith(base))))


async def revealed_hints(session: AsyncSession, student_id: int, exercise_id: int) -> int:
    """How many rungs of the exercise's ladder the student has seen; rungs are revealed from 1 without a gap."""
    statement = select(func.max(HintReveal.rung)).where(
        HintReveal.student_id == student_id, HintReveal.exercise_id == exercise_id
    )
    return (await session.scalar(statement)) or 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a list is narrowed to; `after` is the last id of the page before."""

    topic: str | None = None
    module: str | None = None
    difficulty_level: str | None = None
    q: str | None = None
    status: Status | None = None
    archived: bool = False
    after: int = 0


async def summaries(
    session: AsyncSession, wanted: Wanted, limit: int, *, student_id: int | None, standing: StandingSource
) -> Sequence[AnyRow]:
    """At most `limit` rows of SUMMARY by id, one statement; for a student with their own `status` beside."""
    statement: AnySelect = select(*SUMMARY)
    if student_id is not None:
        mine = standing.statuses(student_id).subquery()
        status = func.coalesce(mine.c.status, literal("todo"))
        statement = statement.add_columns(status.label("status")).outerjoin(mine, mine.c.exercise_id == Exercise.id)
        if wanted.status is not None:
            statement = statement.where(status == wanted.status)
    if wanted.archived:
        statement = statement.add_columns(Exercise.archived_at).where(Exercise.archived_at.is_not(None))
    else:
        statement = statement.where(Exercise.archived_at.is_(None))
    for column, value in (
        (Exercise.topic, wanted.topic),
        (Exercise.module, wanted.module),
        (Exercise.difficulty_level, wanted.difficulty_level),
    ):
        if value is not None:
            statement = statement.where(column == value)
    if wanted.q:
        statement = statement.where(_mentions(wanted.q))
    if wanted.after:
        statement = statement.where(Exercise.id > wanted.after)
    return (await session.execute(statement.order_by(Exercise.id).limit(limit))).all()


def _mentions(q: str) -> ColumnElement[bool]:
    """Whether title, slug or topic holds this text, in upper or lower case."""
    # SQLite folds the case of ASCII letters only: others are looked for in each way they are usually written.
    spellings = {q} if q.isascii() else {q, q.lower(), q.upper(), q.capitalize()}
    columns = (Exercise.title, Exercise.slug, Exercise.topic)
    return or_(*(column.icontains(text, autoescape=True) for column in columns for text in sorted(spellings)))
