"""Drafts: made, changed and deleted as a whole, with everything wrong told at once."""

import datetime
from dataclasses import replace
from decimal import Decimal

import pytest
import time_machine
from sqlalchemy import func, select

from app.domain.audit.tables import AuditEvent
from app.domain.ledger.tax_rates import add_tax_rate
from app.domain.sales.change import NotDraft, change_draft
from app.domain.sales.draft import draft_invoice
from app.domain.sales.find import invoice_of, invoices_by_id
from app.domain.sales.given import LINES_MAX, DueBeforeDate, InvoiceGiven, LineGiven
from app.domain.sales.price import OutsideValidity
from app.domain.sales.remove import remove_draft
from app.domain.sales.tables import Invoice, InvoiceLine
from app.kernel.errors import Invalid, Missing
from app.kernel.faults import MandatoryAbsent
from app.storage.tenancy import rows_of
from app.storage.transaction import Conflict


def faults_of(error):
    return {fault.pointer: fault.code for fault in error.value.faults}


def change(books, invoice, **given):
    return books.house.do(
        lambda session: change_draft(
            session, invoice, organisation=books.organisation, given=InvoiceGiven(**given)
        )
    )


def counted(books, table):
    query = rows_of(table, organisation=books.organisation).subquery()
    return books.house.look(lambda session: session.scalar(select(func.count()).select_from(query)))


def test_a_draft_has_no_number_and_all_of_it_is_due(books):
    invoice = books.draft(books.line("1320"), prices_include_tax=True)

    assert (invoice.number, invoice.status, invoice.version) == (None, "draft", 1)
    assert (invoice.subtotal, invoice.total_tax, invoice.total) == (120_000, 12_000, 132_000)
    assert (invoice.amount_paid, invoice.amount_due) == (0, 132_000)
    assert (invoice.contact_name, invoice.currency) == ("Acme Pty Ltd", "AUD")


def test_oids_count_per_organisation(books, other_books):
    assert [books.draft().oid, books.draft().oid] == [1, 2]
    assert other_books.draft().oid == 1


@time_machine.travel("2026-03-31T22:30:00Z", tick=False)
def test_dates_default_to_the_day_it_is_there(books):
    invoice = books.draft()
    dated = books.draft(date=datetime.date(2026, 1, 1))

    assert (invoice.date, invoice.due_date) == ("2026-04-01", "2026-04-01")
    assert (dated.date, dated.due_date) == ("2026-01-01", "2026-01-01")


def test_an_invoice_may_be_due_on_its_own_date_and_not_before(books):
    day = datetime.date(2026, 5, 1)
    books.draft(date=day, due_date=day)

    with pytest.raises(DueBeforeDate) as error:
        books.draft(date=day, due_date=day - datetime.timedelta(1))

    assert error.value.number == 3011
    assert faults_of(error) == {"/due_date": "due_before_date"}


def test_everything_wrong_is_told_at_once_and_nothing_is_written(books):
    given = InvoiceGiven(
        due_date=datetime.date(2020, 1, 1),
        currency="XXQ",
        discount_percent=Decimal("100.001"),
        lines=(
            LineGiven(description="  ", unit_price=Decimal("1.23456")),
            LineGiven(id="lin_1", description="x", quantity=Decimal("1e10")),
            books.line(tax_rate_id="tax_nowhere", item_id="itm_nowhere"),
        ),
    )

    with pytest.raises(MandatoryAbsent) as error:
        books.house.do(draft_invoice, organisation=books.organisation, given=given)

    assert faults_of(error) == {
        "/contact_id": "mandatory_absent",
        "/discount_percent": "bad_value",
        "/currency": "bad_value",
        "/due_date": "due_before_date",
        "/lines/0/description": "mandatory_absent",
        "/lines/0/unit_price": "bad_value",
        "/lines/1/id": "unknown_id",
        "/lines/1/quantity": "bad_value",
        "/lines/2/item_id": "unknown_reference",
        "/lines/2/tax_rate_id": "unknown_reference",
    }
    assert counted(books, Invoice) == counted(books, InvoiceLine) == 0


def test_form_is_told_before_rules(books):
    with pytest.raises(Invalid) as error:
        books.draft(
            books.line(tax_rate_id="tax_nowhere"),
            date=datetime.date(2026, 5, 1),
            due_date=datetime.date(2026, 4, 1),
        )

    assert [fault.code for fault in error.value.faults] == ["unknown_reference", "due_before_date"]
    assert error.value.number == 3


def test_amounts_beyond_any_column_are_refused(books):
    line = books.line(quantity=Decimal("1000000000"), unit_price=Decimal("1000000000000"))

    with pytest.raises(Invalid) as error:
        books.draft(line)

    assert faults_of(error) == {"/lines/0": "bad_value", "/lines": "bad_value"}


def test_too_many_lines_are_refused(books):
    with pytest.raises(Invalid) as error:
        books.draft(*[books.line()] * (LINES_MAX + 1))

    assert faults_of(error) == {"/lines": "too_many"}


def test_a_tax_rate_is_used_only_while_it_holds(books):
    rate = books.house.do(
        add_tax_rate,
        organisation=books.organisation,
        name="Old VAT",
        rate=Decimal("19.6"),
        valid_to=datetime.date(2013, 12, 31),
    )
    line = books.line(tax_rate_id=rate.id)
    books.draft(line, date=datetime.date(2013, 12, 31))

    with pytest.raises(OutsideValidity) as error:
        books.draft(line, date=datetime.date(2014, 1, 1))

    assert error.value.number == 3001


@pytest.mark.parametrize("reference", ["contact", "rate"])
def test_nothing_of_another_organisation_can_be_referred_to(books, other_books, reference):
    foreign = {
        "contact": {"contact_id": other_books.contact.id},
        "rate": {"lines": (books.line(tax_rate_id=other_books.rate.id),)},
    }[reference]

    with pytest.raises(Invalid) as error:
        books.draft(**foreign)

    assert [fault.code for fault in error.value.faults] == ["unknown_reference"]


def test_another_organisation_sees_nothing(books, other_books):
    invoice = books.draft()

    with pytest.raises(Missing):
        books.house.look(
            lambda session: invoice_of(session, invoice.id, organisation=other_books.organisation)
        )
    found = books.house.look(
        lambda session: invoices_by_id(
            session, organisation=other_books.organisation, ids=[invoice.id]
        )
    )
    assert found == {}


def test_what_is_left_out_stays_and_null_clears(books):
    invoice = books.draft(notes="thanks", reference="PO 7", discount_percent=Decimal(5))

    changed = change(books, invoice, reference=None, discount_percent=None)

    assert (changed.notes, changed.reference, changed.discount_percent) == ("thanks", None, 0)
    assert (changed.total, changed.version) == (11_000, 2)
    assert changed.lines[0].id == invoice.lines[0].id


def test_what_must_have_a_value_cannot_be_cleared(books):
    invoice = books.draft()

    with pytest.raises(MandatoryAbsent) as error:
        change(
            books,
            invoice,
            contact_id=None,
            lines=(LineGiven(id=invoice.lines[0].id, description=None, unit_price=None),),
        )
    with pytest.raises(MandatoryAbsent) as other:
        change(books, invoice, lines=None)

    assert set(faults_of(error)) == {
        "/contact_id",
        "/lines/0/description",
        "/lines/0/unit_price",
    }
    assert set(faults_of(other)) == {"/lines"}


def test_the_list_sent_becomes_the_whole_list(books):
    invoice = books.draft(books.line("1"), books.line("2"), books.line("3"))
    first, second, third = invoice.lines

    changed = change(
        books,
        invoice,
        lines=(
            LineGiven(id=third.id, quantity=Decimal(2)),
            books.line("9"),
            LineGiven(id=first.id),
        ),
    )

    assert [line.position for line in changed.lines] == [1, 2, 3]
    assert [changed.lines[0].id, changed.lines[2].id] == [third.id, first.id]
    assert changed.lines[0].unit_price == third.unit_price
    assert changed.lines[1].id not in {first.id, second.id, third.id}
    assert changed.subtotal == 600 + 900 + 100
    assert counted(books, InvoiceLine) == 3


def test_an_empty_list_takes_every_line_away(books):
    changed = change(books, books.draft(), lines=())

    assert (changed.lines, changed.total) == ((), 0)


@pytest.mark.parametrize("fault", ["unknown_id", "repeated_id", "of another invoice"])
def test_a_line_is_named_by_an_id_of_this_invoice_and_once(books, fault):
    invoice, another = books.draft(), books.draft()
    line = LineGiven(id=invoice.lines[0].id)
    lines = {
        "unknown_id": (LineGiven(id="lin_00000000000000000000000000"),),
        "repeated_id": (line, line),
        "of another invoice": (LineGiven(id=another.lines[0].id),),
    }[fault]

    with pytest.raises(Invalid) as error:
        change(books, invoice, lines=lines)

    assert error.value.number == 3
    assert {"unknown_id", "repeated_id"} & set(faults_of(error).values())
    assert counted(books, InvoiceLine) == 2


def test_a_change_that_changes_nothing_writes_nothing(books):
    invoice = books.draft()

    assert change(books, invoice, lines=(LineGiven(id=invoice.lines[0].id),)) == invoice


def test_of_two_changes_to_the_same_version_one_is_refused(books):
    invoice = books.draft()
    change(books, invoice, notes="first")

    with pytest.raises(Conflict):
        change(books, invoice, notes="second")
    with pytest.raises(Conflict):
        books.house.do(remove_draft, invoice=invoice, organisation=books.organisation)


def test_a_deleted_draft_is_gone_with_its_lines(books):
    invoice = books.draft()

    books.house.do(remove_draft, invoice=invoice, organisation=books.organisation)

    assert counted(books, Invoice) == counted(books, InvoiceLine) == 0


def test_only_a_draft_is_changed_or_deleted(books):
    opened = replace(books.draft(), status="open")

    with pytest.raises(NotDraft) as error:
        change(books, opened, notes="late")
    with pytest.raises(NotDraft):
        books.house.do(remove_draft, invoice=opened, organisation=books.organisation)

    assert error.value.number == 30


def test_every_deed_leaves_an_audit_row(books):
    invoice = books.draft()
    changed = change(books, invoice, notes="x")
    books.house.do(remove_draft, invoice=changed, organisation=books.organisation)

    actions = books.house.look(
        lambda session: session.scalars(
            select(AuditEvent.action)
            .where(AuditEvent.org_id == books.organisation, AuditEvent.action.like("invoice.%"))
            .order_by(AuditEvent.at, AuditEvent.id)
        ).all()
    )
    assert actions == ["invoice.created", "invoice.updated", "invoice.deleted"]


def test_a_currency_has_its_own_decimals(books):
    yen = books.draft(books.line("1000"), currency="JPY")
    dinar = books.draft(books.line("1.2345"), currency="KWD")

    assert (yen.total, dinar.subtotal) == (1_100, 1_235)
