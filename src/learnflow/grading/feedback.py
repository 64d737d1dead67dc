"""The one sentence that a student reads first."""

from collections.abc import Sequence

from learnflow.judge import CaseResult, Verdict

NOT_JUDGED = (
    "Your code could not be judged. That is not your fault and does not count as an attempt: "
    "hand it in again later, or ask your teacher."
)


def sentence(results: Sequence[CaseResult]) -> str:
    """How many cases passed and which failed first and why; of a hidden case nothing but its name."""
    unreadable = next((result for result in results if result.verdict is Verdict.syntax_error), None)
    if unreadable is not None:
        return f"Python can't read this code, so no case passed. {unreadable.explanation or ''}".strip()
    failing = next((result for result in results if result.verdict is not Verdict.passed), None)
    if failing is None:
        return "The case passed." if len(results) == 1 else f"All {len(results)} cases passed."
    passed = sum(result.verdict is Verdict.passed for result in results)
    words = f"{passed} of {len(results)} cases passed; first failing: {failing.name}."
    if failing.hidden or failing.explanation is None:
        return words
    return f"{words} {failing.explanation}"
