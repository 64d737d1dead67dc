"""What a test case expects: a value, an exception, or what a program leaves behind."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from learnflow.judge.inside.encoder import Wire


@dataclass(frozen=True, slots=True)
class ExpectedValue:
    """The value that a call returns, an expression has, or (with "mutates") an argument has afterwards."""

    value: Wire


@dataclass(frozen=True, slots=True)
class ExpectedError:
    """The exception that a call or expression raises.

    Its class by name, for which a subclass will do unless `exact_type`; a pattern to be found in its text (`match`), or
    its whole text (`message`).
    """

    type: str
    match: str | None = None
    message: str | None = None
    exact_type: bool = False


@dataclass(frozen=True, slots=True)
class ExpectedOutput:
    """What a program leaves behind; None is not looked at. `exit_code` None means 0 unless the case says otherwise."""

    stdout: str | None
    files: Mapping[str, str]
    exit_code: int | None


@dataclass(frozen=True, slots=True)
class ExpectedTests:
    """The tests that a test file holds, all of which are to pass."""

    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ExpectedProperty:
    """What a teacher's function says of every input: a `reference` what is right, a `check` whether an answer is."""

    by: Literal["reference", "check"]
    code: str


Expected = ExpectedValue | ExpectedError | ExpectedOutput | ExpectedTests | ExpectedProperty
