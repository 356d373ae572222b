"""Organisations in one database: statements see one of them, and no key crosses between them."""

import pytest
from sqlalchemy import insert, select
from sqlalchemy import update as update_any
from sqlalchemy.exc import IntegrityError

from app.domain.contacts.tables import Contact
from app.domain.ledger.tables import TaxRate
from app.domain.sales.tables import Invoice, InvoiceLine
from app.storage.tenancy import change, columns_of, joined, remove, rows_of
from app.storage.transaction import transaction
from tests.storage.conftest import OTHER, OWN, STAMPS

ALL_RATES = select(TaxRate.org_id, TaxRate.name).order_by(TaxRate.org_id, TaxRate.id)


def invoice(organisation, *, contact, id="inv_1"):
    amounts = ("subtotal", "total_tax", "total", "amount_paid", "amount_due")
    wholes = ("prices_include_tax", "discount_percent", "compared_total", "compared_due")
    return insert(Invoice).values(
        org_id=organisation,
        id=id,
        oid=1,
        status="draft",
        contact_id=contact,
        date="2026-01-01",
        due_date="2026-01-31",
        currency="AUD",
        **STAMPS,
        **dict.fromkeys((*amounts, *wholes), 0),
    )


def line(organisation, *, invoice="inv_1", tax_rate=None):
    wholes = ("quantity", "unit_price", "discount_percent", "subtotal", "tax", "total")
    return insert(InvoiceLine).values(
        org_id=organisation,
        id="line_1",
        invoice_id=invoice,
        position=1,
        description="Work",
        tax_rate_id=tax_rate,
        **dict.fromkeys(wholes, 0),
    )


def run(engine, *statements):
    with transaction(engine) as session:
        for statement in statements:
            session.execute(statement)


def test_whole_rows_come_from_one_organisation(books):
    with transaction(books, writes=False) as session:
        own = session.scalars(rows_of(TaxRate, organisation=OWN)).all()
        nobody = session.scalars(rows_of(TaxRate, organisation="org_nobody")).all()

    assert [(row.org_id, row.id) for row in own] == [(OWN, f"tax_{oid}") for oid in (1, 2, 3)]
    assert nobody == []


def test_columns_come_from_the_organisation_that_is_given_when_they_are_read(books):
    statement = columns_of(TaxRate, TaxRate.name).order_by(TaxRate.id)

    with transaction(books, writes=False) as session:
        for organisation in (OWN, OTHER):
            found = session.scalars(statement, {"organisation": organisation}).all()
            assert found == [f"{oid} of {organisation}" for oid in (1, 2, 3)]


def test_columns_without_an_organisation_are_not_read_at_all(books):
    statement = columns_of(TaxRate, TaxRate.name)

    with transaction(books, writes=False) as session:
        assert session.scalars(statement, {"organisation": None}).all() == []


def test_a_join_meets_only_rows_of_the_same_organisation(books):
    run(books, invoice(OWN, contact="con_same"), invoice(OTHER, contact="con_same"))
    statement = columns_of(Invoice, Invoice.org_id, Contact.name).join(
        Contact, joined(Contact, to=Invoice, on=Contact.id == Invoice.contact_id)
    )

    with transaction(books, writes=False) as session:
        found = session.execute(statement, {"organisation": OWN}).all()

    assert found == [(OWN, f"con_same of {OWN}")]


def test_a_change_touches_one_organisation(books):
    with transaction(books) as session:
        assert session.execute(change(TaxRate, organisation=OWN).values(name="new")).rowcount == 3

    with transaction(books, writes=False) as session:
        found = session.execute(ALL_RATES).all()
    assert found == [(OTHER, f"{oid} of {OTHER}") for oid in (1, 2, 3)] + [(OWN, "new")] * 3


def test_a_removal_touches_one_organisation(books):
    with transaction(books) as session:
        assert session.execute(remove(TaxRate, organisation=OWN)).rowcount == 3

    with transaction(books, writes=False) as session:
        found = session.execute(ALL_RATES).all()
    assert found == [(OTHER, f"{oid} of {OTHER}") for oid in (1, 2, 3)]


def test_the_database_refuses_an_invoice_to_a_contact_of_another_organisation(books):
    with pytest.raises(IntegrityError):
        run(books, invoice(OWN, contact=f"con_of_{OTHER}"))

    run(books, invoice(OWN, contact=f"con_of_{OWN}"))


def test_the_database_refuses_to_move_an_invoice_to_a_contact_of_another_organisation(books):
    run(books, invoice(OWN, contact="con_same"))

    with pytest.raises(IntegrityError):
        run(books, update_any(Invoice).values(contact_id=f"con_of_{OTHER}"))
    with pytest.raises(IntegrityError):
        run(books, update_any(Contact).where(Contact.id == "con_same").values(org_id=OTHER))


def test_the_database_refuses_a_line_with_a_tax_rate_of_another_organisation(books):
    run(
        books,
        invoice(OWN, contact="con_same"),
        remove(TaxRate, organisation=OWN).where(TaxRate.id == "tax_1"),
    )

    with pytest.raises(IntegrityError):
        run(books, line(OWN, tax_rate="tax_1"))

    run(books, line(OWN, tax_rate="tax_2"))


def test_the_database_refuses_a_line_on_an_invoice_of_another_organisation(books):
    run(books, invoice(OTHER, contact="con_same"))

    with pytest.raises(IntegrityError):
        run(books, line(OWN))

    run(books, line(OTHER))


def test_the_database_refuses_rows_of_no_organisation(books):
    with pytest.raises(IntegrityError):
        run(books, invoice("org_nobody", contact="con_same"))


def test_the_database_refuses_to_remove_what_is_pointed_at(books):
    run(books, invoice(OWN, contact="con_same"), line(OWN, tax_rate="tax_1"))

    with pytest.raises(IntegrityError):
        run(books, remove(Contact, organisation=OWN))
    with pytest.raises(IntegrityError):
        run(books, remove(TaxRate, organisation=OWN))


def test_an_invoice_takes_its_own_lines_along_and_no_others(books):
    for organisation in (OWN, OTHER):
        run(books, invoice(organisation, contact="con_same"), line(organisation))

    run(books, remove(Invoice, organisation=OWN))

    with transaction(books, writes=False) as session:
        assert session.scalars(select(InvoiceLine.org_id)).all() == [OTHER]
