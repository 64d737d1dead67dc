"""HTTP in and out of the accounts room."""

from fastapi import APIRouter

from learnflow.accounts.deps import CurrentStudent
from learnflow.accounts.schemas import StudentOut
from learnflow.core.errors import NotSignedIn, documented

router = APIRouter(prefix="/api/auth", tags=["auth"])


@router.get("/me", response_model=StudentOut, status_code=200, responses=documented(NotSignedIn))
async def me(student: CurrentStudent) -> object:
    """My own account."""
    return student
