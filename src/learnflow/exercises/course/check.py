"""Proves a course: every solution passes, every starter fails, every wrong answer is caught by the case it names."""

from collections.abc import Callable

from learnflow.exercises.course.format import EXERCISE_FILE, TEXT_FILES, Course, CourseExercise, Fault, WrongAnswer
from learnflow.exercises.verification import CaseVerdict, Draft, JudgeCode, ModulesUnusable


async def prove(
    course: Course, judge: JudgeCode, *, on_exercise: Callable[[str], None] = lambda _slug: None
) -> list[Fault]:
    """What the judge finds wrong with the exercises that could be read, in the course's order."""
    faults = []
    for exercise in course.exercises:
        on_exercise(exercise.slug)
        faults += await prove_exercise(exercise, judge)
    return faults


async def prove_exercise(exercise: CourseExercise, judge: JudgeCode) -> list[Fault]:
    try:
        return await _proved(exercise, judge)
    except ModulesUnusable as error:
        return [Fault(str(exercise.folder / EXERCISE_FILE), "modules", str(error))]


async def _proved(exercise: CourseExercise, judge: JudgeCode) -> list[Fault]:
    draft = exercise.content.draft()
    solution = str(exercise.folder / TEXT_FILES["solution_code"])
    faults = []
    for verdict in await judge(draft.solution_code, draft.test_cases, draft.limits, draft.modules):
        if verdict.verdict != "passed":
            why = f" {verdict.explanation}" if verdict.explanation else ""
            message = f"The solution does not pass the case {verdict.name!r} ({verdict.verdict}).{why}"
            faults.append(Fault(solution, None, message))
    starter = await judge(draft.starter_code, draft.test_cases, draft.limits, draft.modules)
    if all(verdict.verdict == "passed" for verdict in starter):
        message = "The starter already passes every case, so there is nothing left to solve."
        faults.append(Fault(str(exercise.folder / TEXT_FILES["starter_code"]), None, message))
    faults += [Fault(str(exercise.folder / EXERCISE_FILE), None, _unjudged(it)) for it in starter if it.fault]
    for wrong in exercise.wrong:
        faults += await _uncaught(wrong, draft, judge, str(exercise.folder / EXERCISE_FILE))
    return faults


def _unjudged(verdict: CaseVerdict) -> str:
    return f"The case {verdict.name!r} can't be judged by. {verdict.explanation or ''}".rstrip()


async def _uncaught(wrong: WrongAnswer, draft: Draft, judge: JudgeCode, exercise_file: str) -> list[Fault]:
    cases = [case for case in draft.test_cases if case["name"] == wrong.caught_by]
    if not cases:
        return [Fault(wrong.path, "caught-by", f"There is no case {wrong.caught_by!r} in {exercise_file}.")]
    # a fault of the judge itself is raised by `judge`, so whatever did not pass was caught, unless the case is at fault
    [verdict] = await judge(wrong.code, cases, draft.limits, draft.modules)
    if verdict.fault:
        return [Fault(exercise_file, None, f"With {wrong.path}: {_unjudged(verdict)}")]
    if verdict.verdict == "passed":
        return [Fault(wrong.path, "caught-by", f"It passes the case {wrong.caught_by!r}, which should catch it.")]
    return []
