"""Brings a course's files into the catalogue. Loading the same files twice changes nothing."""

from dataclasses import dataclass
from typing import Literal

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from learnflow.exercises import queries
from learnflow.exercises.course.format import Course, CourseExercise, digest
from learnflow.exercises.models import Exercise
from learnflow.exercises.queries import Published
from learnflow.exercises.save import Source, write_first, write_next

Outcome = Literal["new", "changed", "unchanged", "conflict", "removed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """What became of one exercise; `message` says what to do about a conflict or a removal."""

    slug: str
    outcome: Outcome
    message: str | None = None


async def load_course(session: AsyncSession, course: Course, *, overwrite: bool = False) -> list[Loaded]:
    """Write new and changed exercises, in the session's transaction; the course must be without faults.

    An exercise that was changed or archived on the web since is left alone and reported, unless `overwrite`.
    """
    assert not course.faults
    stored = {published.slug: published for published in await queries.every_current(session, archived=True)}
    outcomes = []
    for exercise in course.exercises:
        before = stored.get(exercise.slug)
        outcomes.append(
            await _add(session, exercise)
            if before is None
            else await bring_up_to_date(session, before, exercise, overwrite=overwrite)
        )
    in_files = {exercise.slug for exercise in course.exercises}
    for slug, published in stored.items():
        if slug not in in_files and published.course_digest is not None and published.archived_at is None:
            message = "No longer in the files but still in the catalogue; DELETE it there if that is meant."
            outcomes.append(Loaded(slug=slug, outcome="removed", message=message))
    return outcomes


async def _add(session: AsyncSession, exercise: CourseExercise) -> Loaded:
    await write_first(session, exercise.content, _source(exercise))
    return Loaded(slug=exercise.slug, outcome="new")


async def bring_up_to_date(
    session: AsyncSession, before: Published, exercise: CourseExercise, *, overwrite: bool
) -> Loaded:
    """Write the files' exercise after the version `before`, unless that was changed on the web."""
    slug, wanted, present = exercise.slug, digest(exercise.content), digest(before)
    if before.archived_at is not None and not overwrite:
        return Loaded(slug=slug, outcome="conflict", message="Archived on the web; --overwrite brings it back.")
    if wanted == present and before.archived_at is None:
        if before.course_digest != wanted:  # written on the web, then put into the files: from now on they agree
            await session.execute(update(Exercise).where(Exercise.id == before.id).values(course_digest=wanted))
        return Loaded(slug=slug, outcome="unchanged")
    if before.origin == "web" and before.course_digest != present and not overwrite:
        how = "Made" if before.course_digest is None else "Changed"
        message = f"{how} on the web (version {before.version}); left as it is. --overwrite takes the files' version."
        return Loaded(slug=slug, outcome="conflict", message=message)
    if not await write_next(session, before, exercise.content, _source(exercise), restore=overwrite):
        return Loaded(slug=slug, outcome="conflict", message="Changed on the web at this very moment; load again.")
    return Loaded(slug=slug, outcome="changed")


def _source(exercise: CourseExercise) -> Source:
    return Source(origin="course", course_digest=digest(exercise.content))
