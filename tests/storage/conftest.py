"""An engine on each of the two databases, and two organisations to keep apart."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, insert
from sqlalchemy.orm import Session

from app.domain.contacts.tables import Contact
from app.domain.identity.tables import Organisation
from app.domain.ledger.tables import TaxRate
from app.storage.transaction import transaction
from tests.factories.database import lent_engine

OWN, OTHER = "org_own", "org_other"
STAMPS = {"version": 1, "created_at": 0, "updated_at": 0}


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    with lent_engine(database_url) as engine:
        yield engine


@pytest.fixture
def books(engine: Engine) -> Engine:
    """A database with two organisations, whose rows have the same ids and numbers.

    Each has a contact `con_same` and one of its own, and three tax rates `tax_1` to `tax_3`.
    """
    with transaction(engine) as session:
        for organisation in (OWN, OTHER):
            facts = {"country": "AU", "currency": "AUD", "timezone": "UTC", "created_at": 0}
            session.execute(
                insert(Organisation).values(id=organisation, name=organisation, **facts)
            )
            add_contact(session, organisation, id="con_same", oid=1)
            add_contact(session, organisation, id=f"con_of_{organisation}", oid=2)
            for oid in (1, 2, 3):
                add_tax_rate(session, organisation, oid=oid)
    return engine


def add_contact(session: Session, organisation: str, *, id: str, oid: int) -> None:
    facts = {"type": "company", "status": "customer", "name": f"{id} of {organisation}"}
    session.execute(insert(Contact).values(org_id=organisation, id=id, oid=oid, **facts, **STAMPS))


def add_tax_rate(session: Session, organisation: str, *, oid: int) -> None:
    facts = {"name": f"{oid} of {organisation}", "rate": oid * 1000}
    session.execute(
        insert(TaxRate).values(org_id=organisation, id=f"tax_{oid}", oid=oid, **facts, **STAMPS)
    )
