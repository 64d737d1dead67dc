"""A fresh, migrated database for every test, on either kind of server: copied from a template, not migrated anew."""

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import asyncpg

from learnflow.core.ids import new_uuid
from learnflow.entry.migrate import migrate
from tests.support import postgres


def sqlite_template(folder: Path) -> Path:
    """A migrated database file, closed, to copy."""
    path = folder / "template.db"
    migrate(f"sqlite+aiosqlite:///{path}")
    return path


@asynccontextmanager
async def fresh_sqlite(template: Path, folder: Path) -> AsyncIterator[str]:
    path = folder / "learnflow.db"
    shutil.copy(template, path)
    yield f"sqlite+aiosqlite:///{path}"


def postgres_url(name: str, *, driver: str = "postgresql+asyncpg") -> str:
    parts = urlsplit(os.environ[postgres.ADDRESS])
    return urlunsplit((driver, parts.netloc, f"/{name}", parts.query, ""))


async def create_postgres(name: str, *, template: str = "template1") -> None:
    connection = await asyncpg.connect(postgres_url("postgres", driver="postgresql"))
    try:
        await connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    finally:
        await connection.close()


async def drop_postgres(name: str) -> None:
    connection = await asyncpg.connect(postgres_url("postgres", driver="postgresql"))
    try:
        await connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    finally:
        await connection.close()


@asynccontextmanager
async def fresh_postgres(template: str) -> AsyncIterator[str]:
    name = f"t_{new_uuid().hex}"
    await create_postgres(name, template=template)
    try:
        yield postgres_url(name)
    finally:
        await drop_postgres(name)
