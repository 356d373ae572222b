"""Books that were kept before the feed of changes began are told in it, each row once."""

from pathlib import Path

from flask_migrate import downgrade, upgrade
from sqlalchemy import text

from app.domain.contacts.add import add_contact
from app.domain.contacts.given import ContactGiven
from app.domain.events.feed import ChangeTold, changes_after
from app.domain.events.heads import heads_of
from app.domain.sales.draft import draft_invoice
from app.domain.sales.given import InvoiceGiven
from tests.factories.house import House

RESOURCES = ("contacts", "tax-rates", "invoices")


def told_after(house: House, organisation: str, after: int) -> list[ChangeTold]:
    return house.look(
        changes_after, organisation=organisation, resources=RESOURCES, after=after, rows_max=10
    )


def test_what_stood_before_is_told_as_created(database_url: str, tmp_path: Path) -> None:
    house = House(database_url, tmp_path / "instance")
    owner = house.person()
    first, second = house.organisation(owner=owner), house.organisation("Other", owner=owner)
    ids = []
    for organisation in (first, second):
        contact = house.do(
            add_contact, organisation=organisation, given=ContactGiven(company_name="Acme")
        )
        given = InvoiceGiven(contact_id=contact.id, lines=())
        invoice = house.do(draft_invoice, organisation=organisation, given=given)
        ids.append([contact.id, invoice.id])
    with house.app.app_context():
        downgrade(revision="0002")
        with house.engine.connect() as connection:
            assert connection.execute(text("SELECT count(*) FROM contacts")).scalar() == 2

        upgrade()

    for organisation, expected in zip((first, second), ids, strict=True):
        told = house.look(
            changes_after, organisation=organisation, resources=RESOURCES, after=0, rows_max=10
        )
        assert [(one.sequence, one.id, one.deed) for one in told] == [
            (1, expected[0], "created"),
            (2, expected[1], "created"),
        ]
        heads = house.look(
            heads_of, organisation=organisation, resources=("contacts", "invoices", "*")
        )
        assert heads == (1, 2, 2)
    house.do(add_contact, organisation=first, given=ContactGiven(company_name="Next"))
    assert [
        one.sequence
        for one in house.look(
            changes_after, organisation=first, resources=RESOURCES, after=2, rows_max=10
        )
    ] == [3]
    house.close()
