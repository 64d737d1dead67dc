"""Every event there is: the only way in which something travels upwards, and what Kafka will carry.

Events carry ids and figures; no names, addresses, code or chat text, for a log can't erase. Field types may be added,
never removed or changed.
"""

from typing import ClassVar, Literal

from pydantic import BaseModel, ConfigDict

Topic = Literal["student-events", "exercise-submissions", "progress-updates", "chat-messages", "system-events"]


class Event(BaseModel):
    """What happened, told afterwards. `type` and `topic` are the CloudEvents type and the Kafka topic."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    type: ClassVar[str]
    topic: ClassVar[Topic]


class StudentRegistered(Event):
    type: ClassVar[str] = "learnflow.student.registered"
    topic: ClassVar[Topic] = "student-events"
    student_id: int
    role: str


class StudentSignedIn(Event):
    type: ClassVar[str] = "learnflow.student.signed_in"
    topic: ClassVar[Topic] = "student-events"
    student_id: int
    session_id: int


class SignInFailed(Event):
    """`student_id` is null when nobody has that e-mail address."""

    type: ClassVar[str] = "learnflow.student.sign_in_failed"
    topic: ClassVar[Topic] = "system-events"
    student_id: int | None


class StudentSignedOut(Event):
    """`because` is logout, revoked, password_changed, reused_refresh_token or password_reset."""

    type: ClassVar[str] = "learnflow.student.signed_out"
    topic: ClassVar[Topic] = "student-events"
    student_id: int
    session_id: int
    because: str


class PasswordChanged(Event):
    """`by` is student or operator."""

    type: ClassVar[str] = "learnflow.student.password_changed"
    topic: ClassVar[Topic] = "student-events"
    student_id: int
    by: str


class ProfileChanged(Event):
    type: ClassVar[str] = "learnflow.student.profile_changed"
    topic: ClassVar[Topic] = "student-events"
    student_id: int
    fields: list[str]


class RoleChanged(Event):
    type: ClassVar[str] = "learnflow.student.role_changed"
    topic: ClassVar[Topic] = "system-events"
    student_id: int
    role: str


class ExerciseSaved(Event):
    """A version was written; `origin` is web or course."""

    type: ClassVar[str] = "learnflow.exercise.saved"
    topic: ClassVar[Topic] = "system-events"
    exercise_id: int
    version: int
    origin: str


class ExerciseArchived(Event):
    """`deleted` tells that nothing referred to it and the row is gone."""

    type: ClassVar[str] = "learnflow.exercise.archived"
    topic: ClassVar[Topic] = "system-events"
    exercise_id: int
    deleted: bool


class HintRevealed(Event):
    type: ClassVar[str] = "learnflow.exercise.hint_revealed"
    topic: ClassVar[Topic] = "student-events"
    student_id: int
    exercise_id: int
    rung: int


class SubmissionHandedIn(Event):
    type: ClassVar[str] = "learnflow.submission.handed_in"
    topic: ClassVar[Topic] = "exercise-submissions"
    submission_id: int
    student_id: int
    exercise_id: int
    exercise_version: int


class SubmissionGraded(Event):
    """`status` is passed, failed or error; `score` is null for error."""

    type: ClassVar[str] = "learnflow.submission.graded"
    topic: ClassVar[Topic] = "exercise-submissions"
    submission_id: int
    student_id: int
    exercise_id: int
    status: str
    score: int | None
    attempt: int


class SubmissionEvaluated(Event):
    type: ClassVar[str] = "learnflow.submission.evaluated"
    topic: ClassVar[Topic] = "exercise-submissions"
    submission_id: int
    student_id: int
    exercise_id: int
    score: int
    evaluated_by: int


class ProgressChanged(Event):
    """Published when a student's status, best score or attempts for an exercise changed."""

    type: ClassVar[str] = "learnflow.progress.changed"
    topic: ClassVar[Topic] = "progress-updates"
    student_id: int
    exercise_id: int
    status: str
    attempts: int
    best_score: int


class ServerStarted(Event):
    type: ClassVar[str] = "learnflow.system.started"
    topic: ClassVar[Topic] = "system-events"
    version: str
    judge_tier: str


CATALOG: dict[str, type[Event]] = {kind.type: kind for kind in Event.__subclasses__()}
