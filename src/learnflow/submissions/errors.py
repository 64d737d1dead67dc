"""What the submissions room refuses."""

from learnflow.core.errors import Conflict, InvalidInput, NotFound, TooLarge, Unavailable


class SubmissionNotFound(NotFound):
    code = "submission_not_found"

    def __init__(self, submission_id: int) -> None:
        super().__init__(f"There is no submission {submission_id}.")


class CodeTooLarge(TooLarge):
    code = "code_too_large"


class KeyUsedForAnother(InvalidInput):
    code = "idempotency_key_reused"


class NotGradedYet(Conflict):
    code = "not_graded_yet"

    def __init__(self, submission_id: int) -> None:
        super().__init__(
            f"Submission {submission_id} is not graded yet. Wait for its verdict, then evaluate it: "
            f"GET /api/submissions/{submission_id}/events tells when."
        )


class QueueFull(Unavailable):
    code = "queue_full"


class NoGraderInTime(Unavailable):
    code = "no_grader_in_time"

    def __init__(self) -> None:
        super().__init__("No grader had time for this just now. Try again in a few seconds.", retry_after=5)
