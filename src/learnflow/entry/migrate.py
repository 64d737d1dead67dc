"""Bring the database's tables to this version."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from learnflow.core.database import Database
from learnflow.core.outage import is_away

MIGRATIONS = Path(__file__).parents[3] / "migrations"


def alembic_config(database_url: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("sqlalchemy.url", database_url.replace("%", "%%"))
    return config


async def missing_migrations(database_url: str) -> bool:
    """Whether `migrate` has something to do. False for a database that is away, and for one that is ahead of us: a
    server is to start and to wait for the first, and to go on beside its successor on the second."""
    database = Database(database_url, pool_size=1)
    try:
        async with database.connect() as connection:
            found = await connection.scalar(text("SELECT version_num FROM alembic_version"))
    except (SQLAlchemyError, OSError) as error:
        return not is_away(error)
    finally:
        await database.close()
    migrations = ScriptDirectory.from_config(alembic_config(database_url))
    known = {migration.revision for migration in migrations.walk_revisions()}
    return found is None or (found in known and found != migrations.get_current_head())


def migrate(database_url: str) -> None:
    """Apply every migration that is missing. Blocking, and not from inside an event loop."""
    command.upgrade(alembic_config(database_url), "head")
