"""Saving an exercise: checked, verified, and only then written, as its first version or as a new one.

Verifying waits for a grader, so it happens before the write transaction; what was true when it began (the version, the
slug) is checked again in the transaction that writes.
"""

import asyncio
import re
import unicodedata
from dataclasses import dataclass

from sqlalchemy import insert, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from learnflow.accounts.access import Caller
from learnflow.core.clock import now
from learnflow.core.database import Database, insert_or_ignore
from learnflow.core.errors import FieldProblem, Unavailable
from learnflow.events.catalog import ExerciseSaved
from learnflow.events.outbox import publish
from learnflow.exercises import queries
from learnflow.exercises.errors import (
    ArchivedExercise,
    MissingIfMatch,
    SlugTaken,
    StaleVersion,
    VerificationFailed,
    VerificationUnavailable,
)
from learnflow.exercises.models import Exercise, ExerciseVersion
from learnflow.exercises.queries import Published
from learnflow.exercises.schemas import ExerciseIn
from learnflow.exercises.verification import CheckDefinition, Draft, Verification, Verify

VERIFY_SECONDS = 20
"""Longer than a verification takes: two programs of at most 15 seconds share the forkers."""
LONGEST_SLUG = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where a version comes from: `web` with its author, or `course` with the digest of its files."""

    origin: str = "web"
    author_id: int | None = None
    course_digest: str | None = None


async def create(
    database: Database,
    content: ExerciseIn,
    caller: Caller,
    *,
    check_definition: CheckDefinition,
    verify: Verify | None,
) -> Published:
    """The new exercise. `verify` None saves it unverified.

    Raises InvalidInput, SlugTaken, VerificationFailed, VerificationUnavailable.
    """
    draft = content.draft()
    check_definition(draft.test_cases, draft.limits, draft.modules)
    if content.slug is not None:
        async with database.read() as session:
            if await queries.id_of_slug(session, content.slug) is not None:
                raise SlugTaken(content.slug)
    if verify is not None:
        await _verified(content, caller, verify)
    async with database.write() as session:
        exercise_id = await write_first(session, content, Source(author_id=caller.id))
        return await queries.current(session, exercise_id)


async def change(
    database: Database,
    exercise_id: int,
    content: ExerciseIn,
    caller: Caller,
    *,
    if_match: str | None,
    check_definition: CheckDefinition,
    verify: Verify | None,
) -> Published:
    """The exercise at its new version. A slug that is left out stays as it is.

    Raises MissingIfMatch, ExerciseNotFound, ArchivedExercise, StaleVersion and what `create` raises.
    """
    if if_match is None:
        raise MissingIfMatch
    async with database.read() as session:
        before = await queries.current(session, exercise_id)
        _require_changeable(before, if_match)
        if content.slug is not None and await queries.id_of_slug(session, content.slug) not in (None, exercise_id):
            raise SlugTaken(content.slug)
    draft = content.draft()
    check_definition(draft.test_cases, draft.limits, draft.modules)
    if verify is not None:
        await _verified(content, caller, verify)
    async with database.write() as session:
        if not await write_next(session, before, content, Source(author_id=caller.id)):
            _require_changeable(await queries.current(session, exercise_id), if_match)
            raise StaleVersion(exercise_id, before.version + 1)
        return await queries.current(session, exercise_id)


def _require_changeable(published: Published, if_match: str) -> None:
    if published.archived_at is not None:
        raise ArchivedExercise(published.id)
    tags = {tag.strip() for tag in if_match.split(",")}
    if "*" not in tags and etag(published) not in tags:
        raise StaleVersion(published.id, published.version)


def etag(published: Published) -> str:
    """The strong validator of RFC 9110: of the exercise's content, which its version names."""
    return f'"{published.version}"'


async def _verified(content: ExerciseIn, caller: Caller, verify: Verify) -> None:
    draft = content.draft()
    try:
        async with asyncio.timeout(VERIFY_SECONDS):
            outcome = await verify(draft, caller)
    except TimeoutError as error:
        raise VerificationUnavailable(f"No grader answered within {VERIFY_SECONDS} seconds.") from error
    except VerificationUnavailable:
        raise
    except Unavailable as error:
        raise VerificationUnavailable(error.detail) from error
    problems = problems_of(draft, outcome, has_cases=bool(content.test_cases))
    if problems:
        raise VerificationFailed(problems)


def problems_of(draft: Draft, outcome: Verification, *, has_cases: bool = True) -> list[FieldProblem]:
    """What a verification found, each with the field to look at. Raises VerificationUnavailable for our own faults."""
    if outcome.modules_fault is not None:
        return [FieldProblem(field="modules", message=outcome.modules_fault)]
    places = {case["name"]: f"test_cases[{index}]" for index, case in enumerate(draft.test_cases)}
    problems: list[FieldProblem] = []
    for failure in outcome.failures:
        if failure.verdict == "internal_error" and not failure.fault:
            raise VerificationUnavailable(f"The judge itself failed on the case {failure.name!r}.")
        why = f" {failure.explanation}" if failure.explanation else ""
        message = f"The solution does not pass the case {failure.name!r} ({failure.verdict}).{why}"
        if failure.fault:
            message = f"The case {failure.name!r} can't be judged by.{why}"
        field = places.get(failure.name, "test_cases") if has_cases else "expected_output"
        problem = FieldProblem(field=field, message=message)
        if problem not in problems:  # the solution and the starter may both have met it
            problems.append(problem)
    if outcome.starter_passes:
        message = "The starter already passes every case, so there is nothing left to solve."
        problems.append(FieldProblem(field="starter_code", message=message))
    return problems


async def write_first(session: AsyncSession, content: ExerciseIn, source: Source) -> int:
    """Write a new exercise; its id. Raises SlugTaken."""
    while True:
        slug = content.slug or await _free_slug(session, content.title)
        moment = now()
        statement = insert_or_ignore(session, Exercise, conflict=["slug"]).values(
            slug=slug, version=1, created_at=moment, updated_at=moment, **_row_values(content, source)
        )
        exercise_id: int | None = await session.scalar(statement.returning(Exercise.id))
        if exercise_id is not None:
            break
        if content.slug is not None:
            raise SlugTaken(content.slug)
        # somebody took the free slug meanwhile: the next look sees it
    await _write_content(session, exercise_id, 1, content, source)
    return exercise_id


async def write_next(
    session: AsyncSession, before: Published, content: ExerciseIn, source: Source, *, restore: bool = False
) -> bool:
    """Write the version after `before`; False when that is no longer the current one. Raises SlugTaken.

    An archived exercise is left alone, unless `restore` brings it back.
    """
    version = before.version + 1
    values = _row_values(content, source) | {"version": version, "updated_at": now()}
    if content.slug is not None:
        values["slug"] = content.slug
    if source.origin == "web":
        del values["course_digest"]  # of the files last loaded: that is how a load knows of the edit
    statement = update(Exercise).where(Exercise.id == before.id, Exercise.version == before.version)
    statement = statement.values(archived_at=None) if restore else statement.where(Exercise.archived_at.is_(None))
    try:
        async with session.begin_nested():
            written = (await session.execute(statement.values(**values).returning(Exercise.id))).one_or_none()
    except IntegrityError as error:
        raise SlugTaken(content.slug or before.slug) from error
    if written is None:
        return False
    await _write_content(session, before.id, version, content, source)
    return True


def _row_values(content: ExerciseIn, source: Source) -> dict[str, object]:
    return {
        "title": content.title,
        "topic": content.topic,
        "module": content.module,
        "difficulty_level": content.difficulty_level,
        "language": content.language,
        "course_digest": source.course_digest,
    }


async def _write_content(
    session: AsyncSession, exercise_id: int, version: int, content: ExerciseIn, source: Source
) -> None:
    await session.execute(
        insert(ExerciseVersion).values(
            exercise_id=exercise_id,
            version=version,
            description=content.description,
            starter_code=content.starter_code,
            solution_code=content.solution_code,
            expected_output=content.expected_output,
            test_cases=content.stored_cases(),
            hints=content.hints,
            limits=content.stored_limits(),
            modules=content.modules,
            prompts=content.prompts,
            solution_policy=content.solution_policy,
            origin=source.origin,
            author_id=source.author_id,
            created_at=now(),
        )
    )
    saved = ExerciseSaved(exercise_id=exercise_id, version=version, origin=source.origin)
    publish(session, saved, subject=f"exercise/{exercise_id}")


async def _free_slug(session: AsyncSession, title: str) -> str:
    base = slug_of(title)
    taken = await queries.slugs_like(session, base)
    if base not in taken:
        return base
    number = 2
    while f"{base}-{number}" in taken:
        number += 1
    return f"{base}-{number}"


def slug_of(title: str) -> str:
    """A title's words in ASCII, joined by hyphens; room is left for a number behind it."""
    plain = unicodedata.normalize("NFKD", title.casefold()).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain)[: LONGEST_SLUG - 12].strip("-") or "exercise"
