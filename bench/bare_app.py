"""What a request costs without LearnFlow around it: Starlette routes that run the same statements and answer the same.

They use LearnFlow's own Database and queries, so that only what FastAPI and LearnFlow add differs.
Started by bench/api.py: `python -m bench.bare_app PORT USER_ID SESSION_ID`, database from LEARNFLOW_DATABASE_URL.
"""

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

import uvicorn
from pydantic_core import to_json
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from learnflow.accounts.queries import signed_in
from learnflow.core.config import Settings
from learnflow.core.database import Database
from learnflow.exercises.queries import Wanted, summaries
from learnflow.progress.standing import ProgressStanding

ME = ("id", "user_id", "email", "name", "role", "grade_level", "bio", "avatar_url", "is_active", "created_at")


def app(settings: Settings, user_id: UUID, session_id: int) -> Starlette:
    database = Database(settings.database_url, pool_size=settings.database_pool_size)
    standing = ProgressStanding()

    async def me(_request: Request) -> Response:
        async with database.read() as session:
            row = await signed_in(session, user_id=user_id, session_id=session_id)
        assert row is not None
        return _json({name: getattr(row.Student, name) for name in ME})

    async def exercises(_request: Request) -> Response:
        async with database.read() as session:
            rows = await summaries(session, Wanted(), 101, student_id=None, standing=standing)
        return _json({"items": [row._asdict() for row in rows[:100]], "next": "100"})

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        yield
        await database.close()

    return Starlette(routes=[Route("/me", me), Route("/exercises", exercises)], lifespan=lifespan)


def _json(content: object) -> Response:
    return Response(to_json(content), media_type="application/json")


if __name__ == "__main__":
    port, user_id, session_id = sys.argv[1:]
    uvicorn.run(
        app(Settings(), UUID(user_id), int(session_id)),
        port=int(port),
        log_config=None,
        access_log=False,
        server_header=False,
    )
