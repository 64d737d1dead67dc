"""The audit log's route with an admin's sign-in in front of it: the events room stands below accounts."""

from fastapi import APIRouter, Depends

from learnflow.accounts.deps import AdminOnly
from learnflow.core.errors import Forbidden, NotSignedIn, documented
from learnflow.events.router import router as audit_log


async def _admins_only(_caller: AdminOnly) -> None:
    """Refuses everybody else: 401 or 403."""


router = APIRouter()
router.include_router(audit_log, dependencies=[Depends(_admins_only)], responses=documented(NotSignedIn, Forbidden))
