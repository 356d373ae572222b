"""Books that were kept before are indexed, folded and searchable once they are migrated."""

from decimal import Decimal
from pathlib import Path

from flask_migrate import downgrade, upgrade
from sqlalchemy import text

from app.domain.contacts.add import add_contact
from app.domain.contacts.given import ContactGiven
from app.domain.sales.draft import draft_invoice
from app.domain.sales.given import InvoiceGiven, LineGiven
from tests.factories.house import House


def test_what_stood_before_is_folded_and_searched(database_url: str, tmp_path: Path) -> None:
    house = House(database_url, tmp_path / "instance")
    organisation = house.organisation(owner=house.person())
    contact = house.do(
        add_contact, organisation=organisation, given=ContactGiven(company_name="ACMÉ Pty")
    )
    given = InvoiceGiven(
        contact_id=contact.id,
        reference="Job-7",
        notes="Thanks",
        lines=(LineGiven(description="Blue paint", unit_price=Decimal("1")),),
    )
    house.do(draft_invoice, organisation=organisation, given=given)
    before = _kept(house)
    with house.app.app_context():
        downgrade(revision="0002")
        upgrade()

    assert _kept(house) == before
    assert "acmé pty" in before[0]
    house.close()


def _kept(house: House) -> tuple[list[object], ...]:
    queries = (
        "SELECT folded_name FROM contacts",
        "SELECT folded_reference FROM invoices",
        "SELECT text FROM search_entries ORDER BY text",
    )
    with house.engine.connect() as connection:
        return tuple(list(connection.execute(text(query)).scalars()) for query in queries)
