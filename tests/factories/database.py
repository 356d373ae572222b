"""One transaction on a test's database, without an application around it."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, create_engine
from sqlalchemy.orm import Session

from app.storage.db import engine_options, prepare
from app.storage.transaction import transaction


@contextmanager
def lent_engine(url: str) -> Iterator[Engine]:
    """An engine on a migrated database, closed afterwards."""
    engine = prepare(create_engine(url, **engine_options(url)))
    try:
        yield engine
    finally:
        engine.dispose()


@contextmanager
def lent_session(url: str) -> Iterator[Session]:
    """A session that may write; it commits when the block ends well."""
    with lent_engine(url) as engine, transaction(engine) as session:
        yield session
