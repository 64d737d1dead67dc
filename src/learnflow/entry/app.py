"""Puts the rooms together into one application."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from learnflow import __version__
from learnflow.accounts.guesses import GuessLimit
from learnflow.accounts.passwords import PasswordWorker
from learnflow.accounts.router import router as accounts
from learnflow.analytics.router import router as analytics
from learnflow.core.addresses import parse_networks
from learnflow.core.config import Settings
from learnflow.core.database import Database
from learnflow.core.errors import Unavailable, documented
from learnflow.core.http import Edge
from learnflow.core.logging import configure_logging
from learnflow.core.problems import install_problem_handlers
from learnflow.entry.audit_log import router as events
from learnflow.entry.cors import allow_origins
from learnflow.entry.docs_pages import router as docs_pages
from learnflow.entry.health import router as health
from learnflow.entry.openapi import DESCRIPTION, TAGS, describe, operation_id
from learnflow.entry.start import SUBSCRIBERS, tell_start
from learnflow.events.relay import relay
from learnflow.exercises.router import router as exercises
from learnflow.grading.definitions import definition_check
from learnflow.grading.service import graders
from learnflow.grading.verify import verifier
from learnflow.progress.standing import ProgressStanding
from learnflow.submissions.live import Live
from learnflow.submissions.rate import HandInRate
from learnflow.submissions.router import router as submissions


def create_app(settings: Settings) -> FastAPI:
    """The application for these settings; its lifespan opens the database and starts graders and relay."""
    configure_logging(level=settings.log_level, as_json=settings.log_json)
    signing_key = settings.signing_key()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        database = Database(settings.database_url, pool_size=settings.database_pool_size)
        app.state.database = database
        app.state.password_worker = PasswordWorker()
        app.state.guesses = GuessLimit(settings.sign_in_failures)
        app.state.live = live = Live()
        app.state.hand_in_rate = HandInRate(settings.submission_rate)
        app.state.verify_exercise = verifier(database, live)
        judging = graders(
            database,
            live,
            size=settings.graders,
            lowest_tier=settings.lowest_tier,
            modules=settings.judge_modules,
            lease_seconds=settings.grader_lease_seconds,
        )
        try:
            async with relay(database, SUBSCRIBERS) as app.state.relay, judging as app.state.grading:
                await tell_start(app)
                yield
        finally:
            app.state.password_worker.close()
            await database.close()

    app = FastAPI(
        title="LearnFlow",
        summary="A self-hosted Python tutoring platform.",
        description=DESCRIPTION,
        version=__version__,
        license_info={"name": "MIT", "identifier": "MIT"},
        openapi_tags=TAGS,
        generate_unique_id_function=operation_id,
        lifespan=lifespan,
        redirect_slashes=False,
        docs_url=None,
        redoc_url=None,
    )
    describe(app)
    app.state.settings = settings
    app.state.signing_key = signing_key
    app.state.standing = ProgressStanding()
    app.state.check_definition = definition_check(settings.judge_modules)
    install_problem_handlers(app)
    for router in (health, docs_pages):
        app.include_router(router)
    for router in (accounts, exercises, submissions, analytics, events):
        app.include_router(router, responses=documented(Unavailable))  # each may find the database away
    app.add_middleware(Edge, trusted_proxies=parse_networks(settings.trusted_proxies))
    allow_origins(app, settings)
    return app
