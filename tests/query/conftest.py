"""A shelf of papers on each database."""

from collections.abc import Iterator

import pytest
from sqlalchemy import create_engine

from app.storage.db import engine_options
from app.storage.db import prepare as with_manners
from tests.query.papers import Shelf, papers


@pytest.fixture
def shelf(database_url: str) -> Iterator[Shelf]:
    """An empty shelf, on SQLite and on PostgreSQL in turn."""
    engine = with_manners(create_engine(database_url, **engine_options(database_url)))
    papers.create(engine)
    yield Shelf(engine)
    engine.dispose()
