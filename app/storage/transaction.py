"""One request, one transaction, committed at the edge: nothing below the edge commits."""

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final, TypeVar

import psycopg
import structlog
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session

from app.kernel.errors import CountinghouseError

Made = TypeVar("Made")
Closing = Callable[[Session, list[Any]], None]
_CLOSING: Final = "closing"
PRIMARY_CODE: Final = 0xFF
SQLITE_PASSING: Final = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})
# Lost connection, rollback (deadlock, serialization), resources, lock and statement timeouts,
# shutdown (PostgreSQL, appendix A).
POSTGRESQL_PASSING: Final = ("08", "40", "53", "55P03", "57")

_idle = threading.local()
_log = structlog.get_logger(__name__)


class Conflict(CountinghouseError):
    """Someone else changed the same thing at the same moment."""

    kind, code, number = "conflict", "conflict", 30


class Unavailable(CountinghouseError):
    """The database could not serve this in time; trying again is right."""

    kind, code, number = "unavailable", "unavailable", 0


class _Session(Session):
    """A session that forgets with a rollback what was to be done before the commit."""

    def rollback(self) -> None:
        """Roll back, and do nothing more of what was asked for."""
        self.info.pop(_CLOSING, None)
        super().rollback()


def open_session(engine: Engine, *, writes: bool) -> Session:
    """A session that touches no connection until it is used.

    With `writes` on SQLite its transaction begins IMMEDIATE; without, nothing may be written.
    """
    bound = engine.execution_options(writes=True) if writes else engine
    return _Session(bound, expire_on_commit=False, autoflush=writes, info={"writes": writes})


@contextmanager
def transaction(engine: Engine, *, writes: bool = True) -> Iterator[Session]:
    """Lend a session; commit when the block ends, roll back when it raises."""
    session = open_session(engine, writes=True) if writes else _take_reading_session(engine)
    try:
        yield session
        if writes:
            _close(session)
            session.commit()
    finally:
        if writes:
            session.close()
        else:
            _give_back(session)


def before_commit(session: Session, work: Closing, matter: object) -> None:
    """Have work done once the deed is done, in the same transaction, just before it commits.

    It is done once, with every matter that it was asked for, in their order. It is the place for
    locks that many writers share: whoever takes them last, and only for the commit, waits for
    nobody while holding them. A rollback forgets it.
    """
    assert session.info["writes"], "a reading session never commits"
    session.info.setdefault(_CLOSING, {}).setdefault(work, []).append(matter)


def _close(session: Session) -> None:
    for work, matters in session.info.pop(_CLOSING, {}).items():
        work(session, matters)


def _take_reading_session(engine: Engine) -> Session:
    # Making and closing a Session costs as much as a bare Flask route, and most reads never
    # touch it, for their statements run on the driver's connection. So each thread keeps one.
    kept: Session | None = getattr(_idle, "session", None)
    if kept is None or kept.bind is not engine:
        return open_session(engine, writes=False)
    _idle.session = None
    return kept


def _give_back(session: Session) -> None:
    if session.in_transaction():
        session.close()
    _idle.session = session


def perform(engine: Engine, deed: Callable[[Session], Made], *, writes: bool = True) -> Made:
    """Do one deed in one transaction. Returning commits; raising rolls back.

    An error that carries an `aftermath` has it run in a transaction of its own once the first
    is rolled back: a second connection in the middle of it would deadlock on SQLite.

    Raises whatever the deed raises; Conflict for a lost race, Unavailable where the database is
    busy or away for a moment. What is wrong with the database itself comes up as it is.
    """
    try:
        return _mapped(engine, deed, writes=writes)
    except CountinghouseError as error:
        if error.aftermath is not None:
            _mapped(engine, error.aftermath, writes=True)
        raise


def _mapped(engine: Engine, deed: Callable[[Session], Made], *, writes: bool) -> Made:
    # Prepared statements run on the driver itself, so its own errors come up as well.
    driver: Any = engine.dialect.loaded_dbapi
    try:
        with transaction(engine, writes=writes) as session:
            return deed(session)
    except (IntegrityError, driver.IntegrityError) as error:
        raise Conflict("Someone else changed this at the same moment; try again.") from error
    except (DBAPIError, driver.Error) as error:
        cause = error.orig if isinstance(error, DBAPIError) else error
        if not _passes(cause):
            raise
        _log.warning("storage.unavailable", cause=type(cause).__name__)
        raise Unavailable("The database is busy; try again in a moment.") from error
    except PoolTimeout as error:
        _log.warning("storage.unavailable", cause="pool exhausted")
        raise Unavailable("The database is busy; try again in a moment.") from error


def _passes(error: BaseException | None) -> bool:
    """Whether the same deed may well succeed a moment later."""
    if isinstance(error, sqlite3.Error):
        code: int = getattr(error, "sqlite_errorcode", 0) or 0
        return code & PRIMARY_CODE in SQLITE_PASSING
    if isinstance(error, psycopg.Error):
        state = error.sqlstate
        # Without a state the server was never reached, or went away in the middle.
        lost = state is None and isinstance(error, psycopg.OperationalError)
        return lost or (state is not None and state.startswith(POSTGRESQL_PASSING))
    return False
