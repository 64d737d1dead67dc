"""How the server is doing: index, liveness, readiness, metrics."""

import asyncio
from math import nan

from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, Gauge, generate_latest
from pydantic import BaseModel, Field
from sqlalchemy.exc import SQLAlchemyError

from learnflow import __version__
from learnflow.core.database import DatabaseDep
from learnflow.core.errors import DomainError, FieldProblem, Forbidden, NotSignedIn, documented
from learnflow.core.logging import get_logger
from learnflow.entry.operators import is_operator, require_metrics_access
from learnflow.entry.readiness import PATIENCE_SECONDS, checks, queue_state
from learnflow.events.queries import outbox_length
from learnflow.events.relay import Relay

log = get_logger(__name__)

QUEUE_LENGTH = Gauge("learnflow_queue_length", "Pieces of work waiting for a grader or being judged.")
QUEUE_OLDEST = Gauge("learnflow_queue_oldest_seconds", "Age of the oldest piece of work in the queue.")
OUTBOX_LENGTH = Gauge("learnflow_outbox_length", "Events waiting to be relayed.")
KEYS_HELD = Gauge("learnflow_relay_keys_held", "Keys whose next event a subscriber refuses.")


class NotReady(DomainError):
    """Something this process needs is missing."""

    status, code, title = 503, "not_ready", "Not ready"


class Index(BaseModel):
    """What is served here, and where to read on."""

    name: str = Field(examples=["LearnFlow"])
    version: str = Field(examples=[__version__])
    links: dict[str, str] = Field(examples=[{"docs": "/docs"}])


class Liveness(BaseModel):
    status: str = Field(examples=["ok"])


class Dependency(BaseModel):
    """`detail` is for operators: this machine, the metrics token, or an admin; null for others."""

    name: str = Field(examples=["database"])
    status: str = Field(description="`ready`; one that is not makes the whole answer a 503.", examples=["ready"])
    detail: str | None = Field(None, examples=["It answers."])


class Readiness(BaseModel):
    status: str = Field(examples=["ready"])
    checks: list[Dependency]


router = APIRouter(tags=["health"])


@router.get("/", status_code=200)
async def index() -> Index:
    """What is served here."""
    links = {"docs": "/docs", "redoc": "/redoc", "openapi": "/openapi.json", "health": "/health/ready"}
    return Index(name="LearnFlow", version=__version__, links=links)


@router.get("/health", status_code=200)
async def live() -> Liveness:
    """Whether the process answers at all; asks nothing else."""
    return Liveness(status="ok")


@router.get("/health/ready", status_code=200, responses=documented(NotReady))
async def ready(request: Request) -> Readiness:
    """Whether everything it needs is there; the 503 names in `errors` what is not."""
    found = await checks(request.app)
    tells = await is_operator(request)
    missing = [check for check in found if not check.ready]
    if missing:
        raise NotReady(
            f"Not ready: {', '.join(check.name for check in missing)}.",
            errors=[
                FieldProblem(field=check.name, message=check.detail if tells else "not ready") for check in missing
            ],
        )
    return Readiness(
        status="ready",
        checks=[Dependency(name=check.name, status="ready", detail=check.detail if tells else None) for check in found],
    )


@router.get(
    "/metrics",
    response_class=Response,
    status_code=200,
    responses={
        200: {"content": {"text/plain": {"schema": {"type": "string"}}}, "description": "Prometheus text format."},
        **documented(NotSignedIn, Forbidden),
    },
)
async def metrics(request: Request, database: DatabaseDep) -> Response:
    """Figures for Prometheus. For this machine, or with the metrics token as bearer.

    Answers without a database too; the figures that come from it are then NaN.
    """
    require_metrics_access(request)
    relay: Relay = request.app.state.relay
    KEYS_HELD.set(relay.keys_held)
    try:
        async with asyncio.timeout(PATIENCE_SECONDS), database.read() as session:
            queue, waiting = await queue_state(session), await outbox_length(session)
            figures = float(queue.length), queue.oldest_seconds, float(waiting)
    except (SQLAlchemyError, OSError, TimeoutError) as error:
        log.warning("metrics_without_database", error=type(error).__name__)
        figures = nan, nan, nan
    for gauge, value in zip((QUEUE_LENGTH, QUEUE_OLDEST, OUTBOX_LENGTH), figures, strict=True):
        gauge.set(value)
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)
