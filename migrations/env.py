"""Alembic's entry: the database of the settings, and every room's tables."""

import asyncio
from typing import Literal

from alembic import context
from sqlalchemy import Connection

from learnflow.core.config import Settings
from learnflow.core.database import Base, Database, UtcDateTime
from learnflow.entry import tables  # noqa: F401  registers every room's tables with Base.metadata


def render_item(kind: str, item: object, _context: object) -> str | Literal[False]:
    """Write our column types as the plain ones they are: a migration must not change when our code does."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, UtcDateTime) else False


def run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_item=render_item,
        compare_type=True,
        compare_server_default=True,
        render_as_batch=connection.dialect.name == "sqlite",
    )
    with context.begin_transaction():
        if connection.dialect.name == "postgresql":
            # A migration that cannot get its lock soon must fail, not stop everybody who queues behind it.
            connection.exec_driver_sql("SET lock_timeout = '10s'")
        context.run_migrations()


async def run_online() -> None:
    url = context.config.get_main_option("sqlalchemy.url") or Settings().database_url
    database = Database(url)
    try:
        async with database.write_connection() as connection:
            await connection.run_sync(run)
    finally:
        await database.close()


asyncio.run(run_online())
