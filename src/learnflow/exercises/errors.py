"""What the exercises room refuses."""

from collections.abc import Sequence

from learnflow.core.errors import Conflict, DomainError, FieldProblem, Forbidden, NotFound, Unavailable


class ExerciseNotFound(NotFound):
    code, title = "exercise_not_found", "No such exercise"

    def __init__(self, exercise_id: int) -> None:
        super().__init__(f"There is no exercise {exercise_id}.")


class ArchivedExercise(DomainError):
    """It exists for its past submissions only."""

    status, code, title = 410, "exercise_archived", "Archived exercise"

    def __init__(self, exercise_id: int) -> None:
        super().__init__(f"Exercise {exercise_id} is archived: nothing can be handed in for it or changed about it.")


class SlugTaken(Conflict):
    code, title = "slug_taken", "Slug taken"

    def __init__(self, slug: str) -> None:
        detail = f"Another exercise, perhaps an archived one, has the slug {slug!r}. Choose another, or give none."
        super().__init__(detail, errors=[FieldProblem(field="slug", message=detail)])


def _sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."


class VerificationFailed(DomainError):
    """The solution does not pass its own cases, or the starter passes them all."""

    status, code, title = 422, "verification_failed", "The exercise does not hold together"

    def __init__(self, problems: Sequence[FieldProblem]) -> None:
        told = " ".join(_sentence(problem.message) for problem in problems[:3])
        super().__init__(f"{told} Mend it, or save it as it is with ?force=true.", errors=problems)


class VerificationUnavailable(Unavailable):
    code, title = "verification_unavailable", "No grader answered"

    def __init__(self, because: str) -> None:
        super().__init__(
            f"{because} Nothing was saved. Try again, or save unverified with ?force=true.", retry_after=10
        )


class MissingIfMatch(DomainError):
    status, code, title = 428, "if_match_required", "If-Match required"

    def __init__(self) -> None:
        detail = "Send If-Match with the ETag of the version you have read, so that nobody's change is lost."
        super().__init__(detail, errors=[FieldProblem(field="if-match", message=detail)])


class StaleVersion(DomainError):
    status, code, title = 412, "stale_version", "Changed meanwhile"

    def __init__(self, exercise_id: int, version: int) -> None:
        super().__init__(
            f"Exercise {exercise_id} is at version {version} and your If-Match names another. "
            "Read it again, put your change into what you find, and send that with its ETag."
        )


class SolutionLocked(Forbidden):
    code, title = "solution_locked", "Solution locked"


class NoMoreHints(Conflict):
    code, title = "no_more_hints", "No more hints"

    def __init__(self, total: int) -> None:
        told = f"All {total} hints are revealed; GET the exercise to read them." if total else "It has no hints."
        super().__init__(told)
