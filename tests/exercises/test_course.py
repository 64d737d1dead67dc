"""A course as files: read with every fault named, loaded without overwriting anybody, exported and loaded again."""

from pathlib import Path
from typing import Any

import pytest

from learnflow.core.clock import now
from learnflow.core.database import Database
from learnflow.exercises import queries
from learnflow.exercises.archive import remove
from learnflow.exercises.course.export import export_course
from learnflow.exercises.course.format import Course
from learnflow.exercises.course.load import bring_up_to_date, load_course
from learnflow.exercises.course.read import read_course, read_exercise
from learnflow.exercises.models import HintReveal
from learnflow.exercises.save import Source, write_first, write_next
from learnflow.exercises.schemas import ExerciseIn
from learnflow.grading.definitions import check_definition
from tests.exercises.test_cases import EVERYTHING
from tests.support.exercises import events_about_exercises, exercise
from tests.support.people import join

SHIPPED = Path(__file__).parents[2] / "curriculum"

FILES = {
    "course.yaml": "title: A course\nmodules: [01-basics]\n",
    "01-basics/module.yaml": "title: Basics\nnumber: 1\ntopics: [variables]\nexercises: [add, double]\n",
    "01-basics/add/exercise.yaml": """\
title: Add
topic: variables
difficulty: beginner
hints: [Look at the plus sign.]
cases:
  - {name: small, kind: call, input: {function: add, args: [2, 3]}, expected: 5}
  - {name: typed, kind: stdio, input: {stdin: "2\\n"}, expected: {stdout: ""}, hidden: true}
""",
    "01-basics/add/description.md": "Write `add`. See [the other](../double/description.md) and [docs](https://docs.python.org).\n",
    "01-basics/add/starter.py": "def add(a, b):\n    ...\n",
    "01-basics/add/solution.py": "def add(a, b):\n    return a + b\n",
    "01-basics/add/wrong/subtracts.py": """\
# caught-by: small
# misconception: Minus is plus.
def add(a, b):
    return a - b
""",
    "01-basics/double/exercise.yaml": """\
title: Double
topic: variables
difficulty: advanced
expected_output: "4\\n"
""",
    "01-basics/double/description.md": "Print the double of 2.\n",
    "01-basics/double/starter.py": "",
    "01-basics/double/solution.py": "print(2 * 2)\n",
}


def course_at(folder: Path, **changes: str | None) -> Path:
    """The course of two exercises, with some files' content replaced (or, with None, missing)."""
    for path, text in (FILES | changes).items():
        file = folder / path
        file.unlink(missing_ok=True)
        if text is not None:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
    return folder


def read(folder: Path) -> Course:
    return read_course(folder, check_definition=check_definition)


async def load(database: Database, folder: Path, **options: bool) -> dict[str, str]:
    async with database.write() as session:
        loaded = await load_course(session, read(folder), **options)
    return {each.slug: each.outcome for each in loaded}


async def edit_on_the_web(database: Database, slug: str, **changes: Any) -> None:
    async with database.write() as session:
        exercise_id = await queries.id_of_slug(session, slug)
        assert exercise_id is not None
        before = await queries.current(session, exercise_id)
        assert await write_next(session, before, ExerciseIn.model_validate(exercise(**changes)), Source())


async def version_of_slug(database: Database, slug: str) -> int:
    async with database.read() as session:
        exercise_id = await queries.id_of_slug(session, slug)
        assert exercise_id is not None
        return (await queries.current(session, exercise_id)).version


def test_a_course_is_read_from_its_folders(tmp_path: Path) -> None:
    course = read(course_at(tmp_path))
    assert not course.faults
    add, double = course.exercises
    assert (add.slug, add.content.module, add.content.difficulty_level) == ("add", "Basics", "beginner")
    assert [case["name"] for case in add.content.stored_cases()] == ["small", "typed"]
    assert add.wrong[0].caught_by == "small"
    assert double.content.expected_output == "4\n"


def test_the_shipped_course_is_well_formed() -> None:
    course = read(SHIPPED)
    assert not course.faults
    assert len(course.exercises) >= 16


ADD = "01-basics/add/exercise.yaml"
FAULTS = [
    ({"course.yaml": None}, "course.yaml: This file is missing."),
    ({"course.yaml": "title: x\nmodules: []\n"}, "course.yaml: modules: "),
    ({"course.yaml": "title: x\nmodules: [../up]\n"}, "course.yaml: modules[0]: "),
    ({"course.yaml": "title: [x\n"}, "course.yaml: line 2, column 1: "),
    ({"01-basics/module.yaml": None}, "01-basics/module.yaml: This file is missing."),
    (
        {"course.yaml": "title: x\nmodules: [01-basics, more]\n", "more/module.yaml": "title: Basics\n"},
        "more/module.yaml: title: The module 01-basics has this title too",
    ),
    ({"course.yaml": "title: \x01\n"}, "course.yaml: not YAML: "),
    ({ADD: FILES[ADD].replace("expected: 5", "expected: {1: 2}")}, f"{ADD}: cases[0].expected: The keys of an object"),
    ({ADD: FILES[ADD].replace("expected: 5", "expected: !!binary aGk=")}, f"{ADD}: cases[0].expected: A bytes is not"),
    ({ADD: FILES[ADD].replace("expected: 5", "expected: !!python/none x")}, f"{ADD}: line 6, column "),
    ({"course.yaml": "- 1\n"}, "course.yaml: write fields and their values"),
    (
        {"course.yaml": "title: x\ntitle: y\nmodules: [01-basics]\n"},
        "course.yaml: line 2, column 1: 'title' stands here twice",
    ),
    ({"course.yaml": "title: &a x\nmodules: [*a]\n"}, "references (*name) are not allowed"),
    (
        {"01-basics/module.yaml": "title: Basics\nexercises: [add, gone]\n"},
        "01-basics/gone/exercise.yaml: This file is missing.",
    ),
    (
        {"01-basics/module.yaml": "title: Basics\nexercises: [add, add]\n"},
        "01-basics/module.yaml: exercises: add is listed twice",
    ),
    (
        {"01-basics/module.yaml": "title: Basics\ntopics: [loops]\nexercises: [add]\n"},
        f"{ADD}: topic: The module has no topic 'variables'",
    ),
    ({ADD: FILES[ADD].replace("add, args", "add it, args")}, f"{ADD}: cases[0].input.function: "),
    ({ADD: FILES[ADD].replace("expected: 5", "expected: 2026-01-01x5\n    mutate: 1")}, f"{ADD}: "),
    ({ADD: FILES[ADD].replace("expected: 5", "expected: .nan")}, f"{ADD}: cases[0].expected: JSON has no nan"),
    (
        {ADD: FILES[ADD].replace("expected: 5", 'expected: {"$py": "1 +"}')},
        f"{ADD}: cases[0].expected: Not a Python literal",
    ),
    ({ADD: FILES[ADD].replace("name: typed", "name: small")}, f"{ADD}: cases[1].name: "),
    ({ADD: FILES[ADD] + "colour: red\n"}, f"{ADD}: colour: "),
    ({ADD: FILES[ADD] + "limits: {wall_seconds: 99}\n"}, f"{ADD}: limits.wall_seconds: "),
    ({ADD: FILES[ADD].replace("beginner", "hard")}, f"{ADD}: difficulty: "),
    ({"01-basics/add/solution.py": ""}, "01-basics/add/solution.py: "),
    ({"01-basics/add/solution.py": None}, "01-basics/add/solution.py: This file is missing."),
    ({"01-basics/add/starter.py": "x" * 70_000}, "01-basics/add/starter.py: "),
    ({"01-basics/add/starter.py": "x" * 2_000_000}, "01-basics/add/starter.py: Larger than 1024 KiB."),
    ({"01-basics/add/wrong/subtracts.py": "print()\n"}, "01-basics/add/wrong/subtracts.py: Begin with the line"),
    (
        {"01-basics/add/description.md": "See [this](nowhere.md).\n"},
        "01-basics/add/description.md: The link to nowhere.md",
    ),
    (
        {"01-basics/add/description.md": "See [this](../../../..).\n"},
        "01-basics/add/description.md: The link to ../../../..",
    ),
    (
        {"01-basics/double/exercise.yaml": "title: D\ntopic: variables\ndifficulty: advanced\n"},
        "01-basics/double/exercise.yaml: Give at least one",
    ),
]


@pytest.mark.parametrize(("changes", "told"), FAULTS, ids=range(len(FAULTS)))
def test_a_fault_is_told_with_its_file_and_field(tmp_path: Path, changes: dict[str, str | None], told: str) -> None:
    faults = [str(fault) for fault in read(course_at(tmp_path, **changes)).faults]
    assert any(told in fault for fault in faults), faults


def test_bytes_that_are_no_text_are_a_fault(tmp_path: Path) -> None:
    (course_at(tmp_path) / "01-basics/add/solution.py").write_bytes(b"x = '\xff'\n")
    assert [str(fault) for fault in read(tmp_path).faults] == ["01-basics/add/solution.py: Not UTF-8 at byte 5."]


def test_a_folder_in_a_files_place_is_a_fault(tmp_path: Path) -> None:
    (course_at(tmp_path, **{"01-basics/add/solution.py": None}) / "01-basics/add/solution.py").mkdir()
    assert [str(fault) for fault in read(tmp_path).faults] == [
        "01-basics/add/solution.py: Can't be read: Is a directory."
    ]


def test_one_exercise_can_be_read_without_its_course(tmp_path: Path) -> None:
    course_at(tmp_path)
    exercise = read_exercise(tmp_path / "01-basics/add", check_definition=check_definition)
    assert (exercise.slug, len(exercise.wrong)) == ("add", 1)
    with pytest.raises(ValueError, match=r"01-basics/exercise\.yaml: This file is missing"):
        read_exercise(tmp_path / "01-basics", check_definition=check_definition)


async def test_loading_twice_changes_nothing(database: Database, tmp_path: Path) -> None:
    course_at(tmp_path)
    assert await load(database, tmp_path) == {"add": "new", "double": "new"}
    assert await load(database, tmp_path) == {"add": "unchanged", "double": "unchanged"}
    course_at(tmp_path, **{"01-basics/double/description.md": "Print four.\n"})
    assert await load(database, tmp_path) == {"add": "unchanged", "double": "changed"}
    assert await load(database, tmp_path) == {"add": "unchanged", "double": "unchanged"}
    assert await version_of_slug(database, "double") == 2
    async with database.read() as session:
        origins = [published.origin for published in await queries.every_current(session)]
    assert origins == ["course", "course"]


async def test_an_exercise_edited_on_the_web_is_left_alone_unless_overwritten(
    database: Database, tmp_path: Path
) -> None:
    course_at(tmp_path)
    await load(database, tmp_path)
    await edit_on_the_web(database, "add", title="Edited")
    for _ in range(2):
        assert await load(database, tmp_path) == {"add": "conflict", "double": "unchanged"}
    assert await version_of_slug(database, "add") == 2
    assert await load(database, tmp_path, overwrite=True) == {"add": "changed", "double": "unchanged"}
    assert await load(database, tmp_path) == {"add": "unchanged", "double": "unchanged"}
    assert await version_of_slug(database, "add") == 3


async def test_an_edit_during_the_load_is_left_alone(database: Database, tmp_path: Path) -> None:
    course_at(tmp_path)
    await load(database, tmp_path)
    async with database.read() as session:
        [before, _] = await queries.every_current(session)
    await edit_on_the_web(database, "add", title="Edited")
    course_at(tmp_path, **{"01-basics/add/description.md": "Changed in the files.\n"})
    async with database.write() as session:
        loaded = await bring_up_to_date(session, before, read(tmp_path).exercises[0], overwrite=False)
    assert loaded.outcome == "conflict"
    assert await version_of_slug(database, "add") == 2


async def test_an_edit_that_was_put_into_the_files_is_no_conflict(database: Database, tmp_path: Path) -> None:
    course_at(tmp_path / "first")
    await load(database, tmp_path / "first")
    await edit_on_the_web(database, "add", title="Edited")
    async with database.read() as session:
        export_course(await queries.every_current(session), tmp_path / "second")
    assert set((await load(database, tmp_path / "second")).values()) == {"unchanged"}
    assert await version_of_slug(database, "add") == 2
    description = tmp_path / "second/01-basics/add/description.md"
    description.write_text("Now from the files again.\n")
    assert (await load(database, tmp_path / "second"))["add"] == "changed"


async def test_an_exercise_made_on_the_web_keeps_its_slug_from_the_files(database: Database, tmp_path: Path) -> None:
    course_at(tmp_path)
    async with database.write() as session:
        await write_first(session, ExerciseIn.model_validate(exercise(slug="add")), Source())
    assert await load(database, tmp_path) == {"add": "conflict", "double": "new"}


async def test_what_is_gone_from_the_files_is_reported_and_kept(database: Database, tmp_path: Path) -> None:
    course_at(tmp_path)
    await load(database, tmp_path)
    course_at(tmp_path, **{"01-basics/module.yaml": "title: Basics\nexercises: [add]\n"})
    assert await load(database, tmp_path) == {"add": "unchanged", "double": "removed"}
    assert await version_of_slug(database, "double") == 1


async def test_an_exercise_archived_on_the_web_is_not_brought_back_in_silence(app: Any, tmp_path: Path) -> None:
    database: Database = app.state.database
    course_at(tmp_path)
    await load(database, tmp_path)
    student = await join(app)
    async with database.write() as session:
        exercise_id = await queries.id_of_slug(session, "add")
        assert exercise_id is not None
        session.add(HintReveal(student_id=student.id, exercise_id=exercise_id, rung=1, revealed_at=now()))
        await session.flush()
        await remove(session, exercise_id)
    assert (await load(database, tmp_path))["add"] == "conflict"
    assert (await load(database, tmp_path, overwrite=True))["add"] == "changed"
    async with database.read() as session:
        assert (await queries.current(session, exercise_id)).archived_at is None


async def test_what_is_exported_loads_as_nothing_new(database: Database, tmp_path: Path) -> None:
    odd = [
        exercise(title="Every kind", test_cases=EVERYTHING, solution_policy="never", limits={"wall_seconds": 1.5}),
        exercise(title="yes: no # maybe", topic="123", module="2026-01-01", hints=['a "quoted"\nhint', "- x", "null"]),
        exercise(title="Output", test_cases=[], expected_output=" \ttwo\n\nlines ", starter_code="", hints=[]),
        exercise(title="Line ends", description="a\r\nb\rc", starter_code="\ufeffx = 1\r\n", module="数"),
        exercise(title="Ünï", solution_code="x = '\x1b\u2028é😀'\n# no line end", description="*&%@`|>'\"{}[]\n"),
    ]
    async with database.write() as session:
        for body in odd:
            await write_first(session, ExerciseIn.model_validate(body), Source())
    async with database.read() as session:
        before = await queries.every_current(session)
        export_course(before, tmp_path / "out", title="yes")
    course = read(tmp_path / "out")
    assert not course.faults
    assert set((await load(database, tmp_path / "out")).values()) == {"unchanged"}
    with pytest.raises(FileExistsError):
        export_course(before, tmp_path / "out")


async def test_loading_is_told_as_events(database: Database, tmp_path: Path) -> None:
    await load(database, course_at(tmp_path))
    assert len(await events_about_exercises(database, "saved")) == 2
