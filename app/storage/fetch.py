"""The short way to rows: SQL compiled once from Core, run on the driver's own connection.

A Session costs some 100 µs a read, the driver 5 µs (docs/decisions/0002). Only statements whose
columns are text, whole numbers or bytes may go this way, for no result is converted.
"""

import sqlite3
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final
from weakref import WeakKeyDictionary

import psycopg
from sqlalchemy import Engine
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import Session
from sqlalchemy.sql import ClauseElement

from app.kernel.budget import Budget, OutOfTime
from app.storage.db import STATEMENT_TIMEOUT_MS, open_sqlite

# SQLite looks at the clock each time its machine has taken so many steps: some 20 µs apart.
STEPS_BETWEEN_LOOKS: Final = 1_000
_WATCH: Final = (
    "SELECT set_config('statement_timeout', %s, true), set_config('plan_cache_mode', %s, true)"
)

_kept = threading.local()


class Prepared:
    """A Core statement with named parameters, compiled once per dialect."""

    __slots__ = ("_by_dialect", "_columns", "statement")

    def __init__(self, statement: ClauseElement, *, columns: Sequence[str] | None = None) -> None:
        """`columns` names the columns of an INSERT, each a parameter of the same name.

        A constant NULL is written `null()`, for None stands for a parameter to come.
        """
        self.statement = statement
        self._columns = columns
        self._by_dialect: dict[str, Ready] = {}

    def for_dialect(self, dialect: Dialect) -> "Ready":
        """The SQL text with its constants, compiled for the dialect once."""
        ready = self._by_dialect.get(dialect.name)
        if ready is None:
            compiled: Any = self.statement.compile(dialect=dialect, column_keys=self._columns)
            ready = self._by_dialect[dialect.name] = Ready(
                compiled.string,
                tuple(compiled.positiontup) if compiled.positional else None,
                {name: value for name, value in compiled.params.items() if value is not None},
            )
        return ready


@dataclass(frozen=True, slots=True)
class Ready:
    """SQL text, the order of its parameters where they go by place, and its own constants."""

    text: str
    order: tuple[str, ...] | None
    constants: Mapping[str, Any]

    def values(self, parameters: Mapping[str, Any]) -> Mapping[str, Any] | Sequence[Any]:
        known = {**self.constants, **parameters} if self.constants else parameters
        return known if self.order is None else [known[name] for name in self.order]


def fetch(
    session: Session, prepared: Prepared, parameters: Mapping[str, Any]
) -> list[tuple[Any, ...]]:
    """All rows of a prepared SELECT (or of a change with RETURNING), as plain tuples.

    In a session that writes it runs inside that transaction; in one that only reads, on SQLite,
    it runs on a connection kept by this thread, with a snapshot of its own.
    """
    ready = prepared.for_dialect(_engine(session).dialect)
    return fetch_text(session, ready.text, ready.values(parameters))


def fetch_text(
    session: Session,
    text: str,
    values: Mapping[str, Any] | Sequence[Any],
    budget: Budget | None = None,
) -> list[tuple[Any, ...]]:
    """As `fetch`, for SQL text in the dialect of the session's own database.

    With a budget it is stopped when the time is up, and raises OutOfTime; the session can be
    used further. Only a session that reads has one.
    """
    rows: list[tuple[Any, ...]]
    if budget is None:
        rows = _cursor(session, text, values).fetchall()
        return rows
    with watched(session, budget):
        rows = _cursor(session, text, values).fetchall()
    return rows


def change(session: Session, prepared: Prepared, parameters: Mapping[str, Any]) -> int:
    """Run a prepared change inside the session's transaction; how many rows it touched."""
    assert session.info["writes"], "a reading session never writes"
    ready = prepared.for_dialect(_engine(session).dialect)
    return int(_cursor(session, ready.text, ready.values(parameters)).rowcount)


@contextmanager
def watched(session: Session, budget: Budget) -> Iterator[None]:
    """Stop whatever the session runs in this block when the time is up: raises OutOfTime."""
    assert not session.info["writes"], "what was written must not be stopped half way"
    if budget.left_s <= 0:
        raise OutOfTime
    engine = _engine(session)
    watch = _watched_sqlite if engine.dialect.name == "sqlite" else _watched_postgresql
    with watch(session, engine, budget):
        yield


@contextmanager
def _watched_sqlite(_session: Session, engine: Engine, budget: Budget) -> Iterator[None]:
    connection = _kept_connection(engine)
    connection.set_progress_handler(lambda: budget.left_s <= 0, STEPS_BETWEEN_LOOKS)
    try:
        yield
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode != sqlite3.SQLITE_INTERRUPT:
            raise
        raise OutOfTime from error
    finally:
        connection.set_progress_handler(None, 0)


@contextmanager
def _watched_postgresql(session: Session, _engine: Engine, budget: Budget) -> Iterator[None]:
    # Set for the transaction, then back to what the connection came with. What runs in between
    # is planned for its own values: a plan for any values would not know how few rows it wants.
    left_ms = max(1, round(budget.left_s * 1_000))
    _cursor(session, _WATCH, (str(left_ms), "force_custom_plan"))
    try:
        yield
    except psycopg.errors.QueryCanceled as error:
        # The transaction has failed, and a session that reads has nothing to lose by it.
        session.rollback()
        raise OutOfTime from error
    _cursor(session, _WATCH, (str(STATEMENT_TIMEOUT_MS), "auto"))


def _cursor(session: Session, text: str, values: Mapping[str, Any] | Sequence[Any]) -> Any:
    engine = _engine(session)
    if engine.dialect.name == "sqlite" and not session.info["writes"]:
        return _kept_connection(engine).execute(text, values)
    # What the unit of work still holds must be there before SQL of our own looks.
    session.flush()
    driver: Any = session.connection().connection.driver_connection
    return driver.execute(text, values)


def _engine(session: Session) -> Engine:
    bound = session.bind
    assert isinstance(bound, Engine)
    return bound


def _kept_connection(engine: Engine) -> sqlite3.Connection:
    connections: WeakKeyDictionary[Any, sqlite3.Connection] | None
    connections = getattr(_kept, "connections", None)
    if connections is None:
        connections = _kept.connections = WeakKeyDictionary()
    connection = connections.get(engine.pool)
    if connection is None:
        connection = sqlite3.connect(str(engine.url.database), check_same_thread=False)
        open_sqlite(connection)
        # A reading session never writes, not even by an INSERT that returns rows.
        connection.execute("PRAGMA query_only = ON")
        connections[engine.pool] = connection
    return connection
