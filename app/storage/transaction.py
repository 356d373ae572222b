"""One request, one transaction, committed at the edge: nothing below the edge commits."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.orm import Session

from app.kernel.errors import CountinghouseError

Made = TypeVar("Made")
_idle = threading.local()


class Conflict(CountinghouseError):
    """Someone else changed the same thing at the same moment."""

    kind, code, number = "conflict", "conflict", 30


class Unavailable(CountinghouseError):
    """The database could not serve this in time; trying again is right."""

    kind, code, number = "unavailable", "unavailable", 0


def open_session(engine: Engine, *, writes: bool) -> Session:
    """A session that touches no connection until it is used.

    With `writes` on SQLite its transaction begins IMMEDIATE; without, nothing may be written.
    """
    bound = engine.execution_options(writes=True) if writes else engine
    return Session(bound, expire_on_commit=False, autoflush=writes, info={"writes": writes})


@contextmanager
def transaction(engine: Engine, *, writes: bool = True) -> Iterator[Session]:
    """Lend a session; commit when the block ends, roll back when it raises."""
    session = open_session(engine, writes=True) if writes else _take_reading_session(engine)
    try:
        yield session
        if writes:
            session.commit()
    finally:
        if writes:
            session.close()
        else:
            _give_back(session)


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

    Raises whatever the deed raises; Conflict for a lost race, Unavailable for a busy database.
    """
    # Prepared statements run on the driver itself, so its own errors come up as well.
    driver: Any = engine.dialect.loaded_dbapi
    try:
        with transaction(engine, writes=writes) as session:
            return deed(session)
    except CountinghouseError as error:
        if error.aftermath is not None:
            with transaction(engine) as session:
                error.aftermath(session)
        raise
    except (IntegrityError, driver.IntegrityError) as error:
        raise Conflict("Someone else changed this at the same moment; try again.") from error
    except (OperationalError, driver.OperationalError) as error:
        raise Unavailable("The database is busy; try again in a moment.") from error
    except DBAPIError as error:
        if error.connection_invalidated:
            raise Unavailable("The database went away; try again in a moment.") from error
        raise
