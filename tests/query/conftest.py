"""A shelf of papers on each database."""

from collections.abc import Iterator

import pytest
from sqlalchemy import create_engine, insert

from app.domain.identity.tables import Organisation
from app.kernel.text import folded
from app.storage.db import engine_options
from app.storage.db import prepare as with_manners
from app.storage.transaction import transaction
from tests.query.papers import OTHER, OWN, PARTIES, TIMEZONE, Shelf, papers, parties


@pytest.fixture
def shelf(database_url: str) -> Iterator[Shelf]:
    """An empty shelf, on SQLite and on PostgreSQL in turn."""
    engine = with_manners(create_engine(database_url, **engine_options(database_url)))
    papers.metadata.create_all(engine)
    with transaction(engine) as session:
        for organisation in (OWN, OTHER):
            facts = {"country": "AU", "currency": "AUD", "timezone": TIMEZONE, "created_at": 0}
            session.execute(
                insert(Organisation).values(id=organisation, name=organisation, **facts)
            )
            for party, name in PARTIES.items():
                folded_name = None if name is None else folded(name)
                names = {"name": name, "folded_name": folded_name}
                session.execute(insert(parties).values(org_id=organisation, id=party, **names))
    yield Shelf(engine)
    engine.dispose()
