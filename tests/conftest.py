"""What every test may ask for: a fresh migrated database on both kinds of server, and the application over it."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import anyio.to_thread
import httpx
import pytest
from fastapi import FastAPI

from learnflow.core.config import Settings
from learnflow.core.database import Database
from learnflow.core.ids import new_uuid
from learnflow.entry.app import create_app
from learnflow.entry.migrate import migrate
from tests.support import databases, postgres

_stop_postgres: list[Callable[[], None]] = []


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput") and not config.option.collectonly:
        _stop_postgres.append(postgres.start())


def pytest_unconfigure(config: pytest.Config) -> None:
    while _stop_postgres:
        _stop_postgres.pop()()


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return databases.sqlite_template(tmp_path_factory.mktemp("template"))


@pytest.fixture(scope="session")
async def postgres_template() -> AsyncIterator[str]:
    name = f"template_{new_uuid().hex}"
    await databases.create_postgres(name)
    await anyio.to_thread.run_sync(migrate, databases.postgres_url(name))
    yield name
    await databases.drop_postgres(name)


@pytest.fixture(params=["sqlite", "postgresql"])
def server_kind(request: pytest.FixtureRequest) -> str:
    """Everything that touches the database is tested on both servers."""
    kind: str = request.param
    return kind


@pytest.fixture
async def database_url(
    server_kind: str, sqlite_template: Path, postgres_template: str, tmp_path: Path
) -> AsyncIterator[str]:
    fresh = (
        databases.fresh_sqlite(sqlite_template, tmp_path)
        if server_kind == "sqlite"
        else databases.fresh_postgres(postgres_template)
    )
    async with fresh as url:
        yield url


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    database = Database(database_url, pool_size=5)
    yield database
    await database.close()


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """Development settings over the test's own database, without graders; change with `model_copy(update=…)`."""
    return Settings(
        _env_file=None,
        database_url=database_url,
        data_dir=tmp_path,
        graders=0,
        database_pool_size=5,
        log_level="WARNING",
    )


@pytest.fixture
async def app(settings: Settings) -> AsyncIterator[FastAPI]:
    """The whole application, started; nothing judges in it (see `judging_app`)."""
    app = create_app(settings)
    async with app.router.lifespan_context(app):
        yield app


@pytest.fixture
async def judging_app(settings: Settings) -> AsyncIterator[FastAPI]:
    """The whole application with one real grader."""
    app = create_app(settings.model_copy(update={"graders": 1}))
    async with app.router.lifespan_context(app):
        yield app


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(app) as client:
        yield client


def client_of(app: FastAPI) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://learnflow.test")
