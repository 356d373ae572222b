"""How Alembic runs here: on the application's own engine, every table in one metadata."""

from alembic import context
from flask import current_app
from sqlalchemy import Connection

from app.storage.db import Row
from app.storage.modelled import is_modelled


def run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=Row.metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        compare_type=True,
        include_object=is_modelled,
    )
    with context.begin_transaction():
        context.run_migrations()


engine = current_app.extensions["migrate"].db.engine
with engine.execution_options(writes=True).connect() as connection:
    run(connection)
    connection.commit()
