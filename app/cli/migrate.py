"""Bring the database's tables up to date, within the process."""

from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import current_app
from flask_migrate import upgrade
from sqlalchemy import Engine


def head_revision() -> str | None:
    """The newest migration of this version."""
    config = current_app.extensions["migrate"].migrate.get_config()
    return ScriptDirectory.from_config(config).get_current_head()


def current_revision(engine: Engine) -> str | None:
    """The migration that the database is at; None where it has no tables."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def bring_up_to_date(engine: Engine) -> bool:
    """Run what migrations are missing. Answers whether an older database was migrated."""
    current = current_revision(engine)
    if current == head_revision():
        return False
    upgrade()
    return current is not None
