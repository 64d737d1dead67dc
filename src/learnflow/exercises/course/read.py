"""Reads a course from its folder; what is wrong in it is collected, each with the file and the field."""

import re
from pathlib import Path, PurePosixPath
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from learnflow.core.errors import InvalidInput
from learnflow.exercises.course import yaml_files
from learnflow.exercises.course.format import (
    COURSE_FILE,
    EXERCISE_FILE,
    MODULE_FILE,
    TEXT_FILES,
    Course,
    CourseExercise,
    CourseFile,
    ExerciseFile,
    Fault,
    ModuleFile,
    WrongAnswer,
)
from learnflow.exercises.schemas import ExerciseIn
from learnflow.exercises.verification import CheckDefinition

LARGEST_FILE = 1024 * 1024
_LINK = re.compile(r"\]\(\s*<?([^)\s>]+)")
_COMMENT = re.compile(r"#\s*(caught-by|misconception):\s*(.+)")
File = TypeVar("File", bound=BaseModel)


class _Unreadable(Exception):
    """A file's faults, when nothing can be made of it."""

    def __init__(self, *faults: Fault) -> None:
        super().__init__()
        self.faults = faults


def read_course(root: Path, *, check_definition: CheckDefinition) -> Course:
    """The course in a folder. Whatever is wrong is in its `faults`; nothing is judged."""
    try:
        course_file = _yaml(root, PurePosixPath(COURSE_FILE), CourseFile)
    except _Unreadable as error:
        return Course(title="", faults=list(error.faults))
    course = Course(title=course_file.title)
    seen: dict[str, PurePosixPath] = {}
    titles: dict[str, str] = {}
    for name in course_file.modules:
        path = PurePosixPath(name) / MODULE_FILE
        try:
            module = _yaml(root, path, ModuleFile)
        except _Unreadable as error:
            course.faults += error.faults
            continue
        if module.title in titles:
            message = f"The module {titles[module.title]} has this title too; give each its own."
            course.faults.append(Fault(str(path), "title", message))
        titles[module.title] = name
        for slug in module.exercises:
            folder = PurePosixPath(name) / slug
            if slug in seen:
                message = f"{slug} is listed twice ({seen[slug]}, {folder}); a slug is an exercise's own."
                course.faults.append(Fault(str(path), "exercises", message))
                continue
            seen[slug] = folder
            try:
                exercise = _exercise(root, folder, module, course_file, check_definition)
            except _Unreadable as error:
                course.faults += error.faults
            else:
                course.exercises.append(exercise)
                course.faults += _dangling_links(root, exercise)
    return course


def read_exercise(root: Path, *, check_definition: CheckDefinition) -> CourseExercise:
    """One exercise's folder, outside of a course. Raises ValueError telling all that is wrong."""
    module = ModuleFile(title="No module")
    course = CourseFile(title="No course", modules=["none"])
    folder = root.resolve()
    try:
        return _exercise(folder.parent, PurePosixPath(folder.name), module, course, check_definition)
    except _Unreadable as error:
        raise ValueError("\n".join(map(str, error.faults))) from error


def _exercise(
    root: Path, folder: PurePosixPath, module: ModuleFile, course: CourseFile, check_definition: CheckDefinition
) -> CourseExercise:
    path = folder / EXERCISE_FILE
    file = _yaml(root, path, ExerciseFile)
    faults: list[Fault] = []
    texts: dict[str, str] = {}
    for field, name in TEXT_FILES.items():
        try:
            texts[field] = _text(root, folder / name)
        except _Unreadable as error:
            faults += error.faults
    if module.topics and file.topic not in module.topics:
        message = f"The module has no topic {file.topic!r}; it has {', '.join(module.topics)}."
        faults.append(Fault(str(path), "topic", message))
    if faults:
        raise _Unreadable(*faults)
    fields = {
        "title": file.title,
        "slug": folder.name,
        "difficulty_level": file.difficulty,
        "topic": file.topic,
        "module": module.title,
        "language": course.language,
        "expected_output": file.expected_output,
        "test_cases": file.cases,
        "hints": file.hints,
        "limits": file.limits,
        "modules": file.modules,
        "prompts": file.prompts,
        "solution_policy": file.solution_policy,
        **texts,
    }
    try:
        content = ExerciseIn.model_validate(fields)
        draft = content.draft()
        check_definition(draft.test_cases, draft.limits, draft.modules)
    except ValidationError as error:
        raise _Unreadable(*_faults_of(error, path)) from error
    except InvalidInput as error:
        problems = [Fault(str(path), _in_file(item.field), item.message) for item in error.errors]
        raise _Unreadable(*problems) from error
    return CourseExercise(folder=folder, content=content, wrong=_wrong_answers(root, folder))


def _wrong_answers(root: Path, folder: PurePosixPath) -> list[WrongAnswer]:
    found, faults = [], []
    for file in sorted((root / folder / "wrong").glob("*.py")):
        path = folder / "wrong" / file.name
        code = _text(root, path)
        matches = (_COMMENT.match(line) for line in code.splitlines()[:10])
        said = {match[1]: match[2].strip() for match in matches if match}
        missing = [name for name in ("caught-by", "misconception") if name not in said]
        if missing:
            message = f"Begin with the line {' and '.join(f'“# {name}: …”' for name in missing)}."
            faults.append(Fault(str(path), None, message))
        else:
            answer = WrongAnswer(
                path=str(path), code=code, caught_by=said["caught-by"], misconception=said["misconception"]
            )
            found.append(answer)
    if faults:
        raise _Unreadable(*faults)
    return found


def _dangling_links(root: Path, exercise: CourseExercise) -> list[Fault]:
    """Links of the description to files that are not there. Web addresses are not visited."""
    path = exercise.folder / TEXT_FILES["description"]
    faults = []
    for target in _LINK.findall(exercise.content.description):
        if re.match(r"[a-zA-Z][a-zA-Z0-9+.-]*:|#|//", target):
            continue
        file = (root / exercise.folder / target.split("#")[0].split("?")[0]).resolve()
        if not file.is_relative_to(root.resolve()) or not file.exists():
            faults.append(Fault(str(path), None, f"The link to {target} leads nowhere in this course."))
    return faults


def _text(root: Path, path: PurePosixPath) -> str:
    file = root / path
    try:
        raw = file.read_bytes()
    except FileNotFoundError as error:
        raise _Unreadable(Fault(str(path), None, "This file is missing.")) from error
    except OSError as error:
        raise _Unreadable(Fault(str(path), None, f"Can't be read: {error.strerror}.")) from error
    if len(raw) > LARGEST_FILE:
        raise _Unreadable(Fault(str(path), None, f"Larger than {LARGEST_FILE // 1024} KiB."))
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _Unreadable(Fault(str(path), None, f"Not UTF-8 at byte {error.start}.")) from error
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _yaml(root: Path, path: PurePosixPath, shape: type[File]) -> File:
    try:
        return shape.model_validate(_mapping(yaml_files.parse(_text(root, path))))
    except ValidationError as error:
        raise _Unreadable(*_faults_of(error, path)) from error
    except ValueError as error:
        raise _Unreadable(Fault(str(path), None, str(error))) from error


def _mapping(data: Any) -> dict[str, Any]:
    if not isinstance(data, dict):
        raise ValueError("write fields and their values, such as “title: Add two numbers”")  # noqa: TRY004  # told as a fault of the file
    return data


def _faults_of(error: ValidationError, path: PurePosixPath) -> list[Fault]:
    faults = []
    for item in error.errors():
        field = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in item["loc"]).removeprefix(".")
        message = str(item["msg"]).removeprefix("Value error, ")
        name = TEXT_FILES.get(field)
        faults.append(Fault(str(path.parent / name), None, message) if name else _fault(path, field, message))
    return faults


def _fault(path: PurePosixPath, field: str, message: str) -> Fault:
    return Fault(str(path), _in_file(field) or None, message)


def _in_file(field: str) -> str:
    """A field of the API as the file calls it."""
    return re.sub(r"^test_cases", "cases", field).replace("difficulty_level", "difficulty")
