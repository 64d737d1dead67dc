"""What runs beside the requests: who subscribes to events, and the event that tells of a start."""

from fastapi import FastAPI
from sqlalchemy.exc import SQLAlchemyError

from learnflow import __version__
from learnflow.core.context import act_as_system
from learnflow.core.database import Database
from learnflow.core.logging import get_logger
from learnflow.core.outage import log_failure
from learnflow.events.audit import record_in_audit_log
from learnflow.events.catalog import ServerStarted
from learnflow.events.outbox import publish
from learnflow.events.relay import Subscriber
from learnflow.grading.service import GradingService
from learnflow.progress import evaluation

SUBSCRIBERS = (
    Subscriber(record_in_audit_log),
    Subscriber(evaluation.on_submission_evaluated, evaluation.TYPES),
)

log = get_logger(__name__)


async def tell_start(app: FastAPI) -> None:
    """Publish ServerStarted. A server that starts before its database says so in its log, and answers 503 till then."""
    act_as_system()
    database: Database = app.state.database
    grading: GradingService = app.state.grading
    event = ServerStarted(version=__version__, judge_tier=grading.tier)
    try:
        async with database.write() as session:
            publish(session, event, subject="system")
    except (SQLAlchemyError, OSError) as error:
        log_failure(log, "started_without_database", error)
