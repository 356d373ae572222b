"""The short way to rows: SQL compiled once from Core, run on the driver's own connection.

A Session costs some 100 µs a read, the driver 5 µs (docs/decisions/0002). Only statements whose
columns are text, whole numbers or bytes may go this way, for no result is converted.
"""

import sqlite3
import threading
from collections.abc import Mapping, Sequence
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Engine
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import Session
from sqlalchemy.sql import ClauseElement

from app.storage.db import open_sqlite

_kept = threading.local()


class Prepared:
    """A Core statement with named parameters, compiled once per dialect."""

    __slots__ = ("_by_dialect", "statement")

    def __init__(self, statement: ClauseElement) -> None:
        self.statement = statement
        self._by_dialect: dict[str, tuple[str, tuple[str, ...] | None]] = {}

    def for_dialect(self, dialect: Dialect) -> tuple[str, tuple[str, ...] | None]:
        """The SQL text, and the order of its parameters where the driver takes them by place."""
        ready = self._by_dialect.get(dialect.name)
        if ready is None:
            compiled: Any = self.statement.compile(dialect=dialect)
            order = tuple(compiled.positiontup) if compiled.positional else None
            ready = self._by_dialect[dialect.name] = (compiled.string, order)
        return ready


def fetch(
    session: Session, prepared: Prepared, parameters: Mapping[str, Any]
) -> list[tuple[Any, ...]]:
    """All rows of a prepared SELECT (or of a change with RETURNING), as plain tuples.

    In a session that writes it runs inside that transaction; in one that only reads, on SQLite,
    it runs on a connection kept by this thread, with a snapshot of its own.
    """
    engine = _engine(session)
    text, order = prepared.for_dialect(engine.dialect)
    values = parameters if order is None else [parameters[name] for name in order]
    return fetch_text(session, text, values)


def fetch_text(
    session: Session, text: str, values: Mapping[str, Any] | Sequence[Any]
) -> list[tuple[Any, ...]]:
    """As `fetch`, for SQL text in the dialect of the session's own database."""
    engine = _engine(session)
    if engine.dialect.name == "sqlite" and not session.info["writes"]:
        return _kept_connection(engine).execute(text, values).fetchall()
    driver: Any = session.connection().connection.driver_connection
    rows: list[tuple[Any, ...]] = driver.execute(text, values).fetchall()
    return rows


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
        connections[engine.pool] = connection
    return connection
