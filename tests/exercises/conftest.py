"""The application with a verification whose outcome the test decides; the real one is in test_real_verification."""

from dataclasses import dataclass, field

import pytest
from fastapi import FastAPI

from learnflow.accounts.access import Caller, Role
from learnflow.exercises.verification import Draft, Verification
from tests.support.people import Person, join


@dataclass
class Verifier:
    """Answers with `outcome`, or raises it; keeps what it was asked."""

    outcome: Verification | Exception = field(default_factory=Verification)
    drafts: list[Draft] = field(default_factory=list)

    async def __call__(self, draft: Draft, _caller: Caller) -> Verification:
        self.drafts.append(draft)
        if isinstance(self.outcome, Exception):
            raise self.outcome
        return self.outcome


@pytest.fixture
def verifier(app: FastAPI) -> Verifier:
    verifier = Verifier()
    app.state.verify_exercise = verifier
    return verifier


@pytest.fixture
async def teacher(app: FastAPI, verifier: Verifier) -> Person:
    return await join(app, Role.teacher)


@pytest.fixture
async def student(app: FastAPI) -> Person:
    return await join(app)
