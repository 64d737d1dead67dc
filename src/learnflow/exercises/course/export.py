"""Writes the catalogue as a course's files; loading them again changes nothing."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from learnflow.exercises.course import yaml_files
from learnflow.exercises.course.format import COURSE_FILE, EXERCISE_FILE, MODULE_FILE, TEXT_FILES
from learnflow.exercises.queries import Published
from learnflow.exercises.save import slug_of


def export_course(exercises: Sequence[Published], folder: Path, *, title: str = "Exported course") -> list[Path]:
    """Write the exercises into `folder`, which must be empty or not there; the folders of the exercises.

    Modules stand in the order of their first exercise. Wrong answers are not in the database, so none are written.
    Raises FileExistsError.
    """
    if folder.exists() and any(folder.iterdir()):
        raise FileExistsError(f"{folder} is not empty. Export into a new folder.")
    modules: dict[str, list[Published]] = {}
    for exercise in exercises:
        modules.setdefault(exercise.module, []).append(exercise)
    written, names = [], []
    for number, (module, members) in enumerate(modules.items(), 1):
        name = f"{number:02d}-{slug_of(module)}"
        names.append(name)
        topics = list(dict.fromkeys(member.topic for member in members))
        listed = [member.slug for member in members]
        _write(folder / name / MODULE_FILE, {"title": module, "number": number, "topics": topics, "exercises": listed})
        for member in members:
            _write_exercise(member, folder / name / member.slug)
            written.append(folder / name / member.slug)
    _write(folder / COURSE_FILE, {"title": title, "language": "python", "modules": names})
    return written


def _write_exercise(exercise: Published, folder: Path) -> None:
    data: dict[str, Any] = {
        "title": exercise.title,
        "topic": exercise.topic,
        "difficulty": exercise.difficulty_level,
        "hints": exercise.hints,
        "limits": exercise.limits,
        "modules": exercise.modules,
        "prompts": exercise.prompts or None,
        "solution_policy": exercise.solution_policy if exercise.solution_policy != "after_solving" else None,
        "expected_output": exercise.expected_output,
        "cases": [_case(case) for case in exercise.test_cases],
    }
    _write(folder / EXERCISE_FILE, {name: value for name, value in data.items() if value not in (None, [], {})})
    for field, name in TEXT_FILES.items():
        (folder / name).write_text(getattr(exercise, field), encoding="utf-8", newline="")


def _case(case: dict[str, Any]) -> dict[str, Any]:
    """A case without what goes without saying."""
    default = "trimmed" if case["kind"] == "stdio" else "exact"
    unsaid = {"hidden": False, "weight": 1, "comparison": {"mode": default}}
    return {name: value for name, value in case.items() if name not in unsaid or value != unsaid[name]}


def _write(path: Path, data: dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(yaml_files.written(data), encoding="utf-8", newline="")
