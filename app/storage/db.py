"""The declarative root of every table, the Flask-SQLAlchemy extension, and how databases open."""

from sqlite3 import Connection as SQLiteConnection
from typing import Any, Final

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Connection, Engine, MetaData, event
from sqlalchemy.orm import DeclarativeBase

BUSY_TIMEOUT_MS: Final = 15_000
CONNECT_TIMEOUT_S: Final = 5
LOCK_TIMEOUT_MS: Final = 10_000
STATEMENT_TIMEOUT_MS: Final = 60_000
POOL_CONNECTIONS_MAX: Final = 4
NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Row(DeclarativeBase):
    """The root of every table. Plain declarative, so that Flask-SQLAlchemy could be dropped."""

    metadata = MetaData(naming_convention=NAMES)


db = SQLAlchemy(metadata=Row.metadata)


def prepare(engine: Engine) -> Engine:
    """Give an engine the manners that both databases need; answer with the same engine."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", open_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


def engine_options(url: str) -> dict[str, Any]:
    """Options for `create_engine`: a small pool a process (performance.md §5).

    Errors never repeat a statement's values, for they end in logs.
    """
    options: dict[str, Any] = {"pool_size": POOL_CONNECTIONS_MAX, "hide_parameters": True}
    if url.startswith("sqlite"):
        return options | {"max_overflow": 0}
    waits = {
        "connect_timeout": CONNECT_TIMEOUT_S,
        # Compiling a statement to machine code takes longer than any of ours may run.
        "options": (
            f"-c lock_timeout={LOCK_TIMEOUT_MS} -c statement_timeout={STATEMENT_TIMEOUT_MS}"
            " -c jit=off"
        ),
    }
    return options | {"max_overflow": 2, "pool_pre_ping": True, "connect_args": waits}


def open_sqlite(connection: SQLiteConnection, _record: object = None) -> None:
    """Make one SQLite connection behave: WAL, foreign keys, and no transactions of its own."""
    # The driver must not begin transactions by itself: which kind to begin is decided by route.
    connection.isolation_level = None
    for pragma in (
        f"busy_timeout = {BUSY_TIMEOUT_MS}",
        "journal_mode = WAL",
        "synchronous = NORMAL",
        "foreign_keys = ON",
        "trusted_schema = OFF",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    # A read that turns into a write fails at once with "database is locked", whatever the
    # timeout; so a transaction that may write takes the writer's place from its start.
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
