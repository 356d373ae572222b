"""Books with a contact and a tax rate, and the acts that fill them."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from app.domain.contacts.add import add_contact
from app.domain.contacts.find import ContactRecord
from app.domain.contacts.given import ContactGiven
from app.domain.ledger.tax_rates import TaxRateRecord, add_tax_rate
from app.domain.sales.draft import draft_invoice
from app.domain.sales.find import InvoiceRecord
from app.domain.sales.given import InvoiceGiven, LineGiven
from tests.factories.house import House


@dataclass(frozen=True, slots=True)
class Books:
    """One organisation's books."""

    house: House
    organisation: str
    contact: ContactRecord
    rate: TaxRateRecord

    def line(self, price: str = "100", **facts: Any) -> LineGiven:
        values: dict[str, Any] = {
            "description": "Work",
            "unit_price": Decimal(price),
            "tax_rate_id": self.rate.id,
        }
        return LineGiven(**(values | facts))

    def draft(self, *lines: LineGiven, **facts: Any) -> InvoiceRecord:
        values: dict[str, Any] = {"contact_id": self.contact.id, "lines": lines or (self.line(),)}
        given = InvoiceGiven(**(values | facts))
        return self.house.do(draft_invoice, organisation=self.organisation, given=given)


def open_books(house: House) -> Books:
    organisation = house.organisation()
    return Books(
        house,
        organisation,
        house.do(
            add_contact, organisation=organisation, given=ContactGiven(company_name="Acme Pty Ltd")
        ),
        house.do(add_tax_rate, organisation=organisation, name="GST", rate=Decimal(10)),
    )


@pytest.fixture
def books(database_url: str, tmp_path: Path) -> Iterator[Books]:
    house = House(database_url, tmp_path / "instance")
    yield open_books(house)
    house.close()


@pytest.fixture
def other_books(books: Books) -> Books:
    """The books of another organisation in the same database."""
    return open_books(books.house)
