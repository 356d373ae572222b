"""Draft an invoice: it has no number and posts nothing until it is finalised."""

from sqlalchemy import insert
from sqlalchemy.orm import Session

from app.domain.audit.actor import OPERATOR, Actor
from app.domain.audit.record import record
from app.domain.events.note import note_change
from app.domain.identity.find import organisation_of
from app.domain.sales.find import InvoiceRecord, invoice_of
from app.domain.sales.given import Home, InvoiceFacts, InvoiceGiven, settle
from app.domain.sales.price import compared, price
from app.domain.sales.searched import RESOURCE, keep_words
from app.domain.sales.tables import Invoice, InvoiceLine
from app.domain.sales.totals import Totals
from app.kernel.clock import epoch_us, today
from app.kernel.errors import Missing
from app.kernel.faults import Faults
from app.kernel.ids import new_id
from app.kernel.text import folded
from app.storage.oids import next_oid


def draft_invoice(
    session: Session,
    *,
    organisation: str,
    given: InvoiceGiven,
    by: Actor = OPERATOR,
    faults: Faults | None = None,
) -> InvoiceRecord:
    """Create a draft invoice with its lines, and work out its totals.

    `faults` are those found in reading what was given; they are raised together with those
    found here. Raises Invalid (MandatoryAbsent, DueBeforeDate, OutsideValidity) with every
    fault, and Missing where there is no such organisation.
    """
    faults = faults or Faults()
    home = home_of(session, organisation)
    facts = settle(given, kept=None, home=home, faults=faults)
    worked = price(session, facts, organisation=organisation, faults=faults)
    faults.raise_any()
    assert worked is not None
    invoice_id = _write(session, facts, worked, organisation=organisation)
    write_lines(session, facts, worked, organisation=organisation, invoice_id=invoice_id)
    keep_words(session, facts, organisation=organisation, id=invoice_id, number=None)
    note_change(
        session,
        organisation=organisation,
        resource=RESOURCE,
        id=invoice_id,
        deed="created",
        version=1,
    )
    record(
        session,
        "invoice.created",
        by=by,
        organisation=organisation,
        invoice=invoice_id,
    )
    return invoice_of(session, invoice_id, organisation=organisation)


def _write(session: Session, facts: InvoiceFacts, worked: Totals, *, organisation: str) -> str:
    """Write the invoice's own row; answer with its new id."""
    invoice_id, now = new_id("inv"), epoch_us()
    session.execute(
        insert(Invoice).values(
            org_id=organisation,
            id=invoice_id,
            oid=next_oid(session, organisation=organisation, table="invoices"),
            status="draft",
            amount_paid=0,
            version=1,
            created_at=now,
            updated_at=now,
            **columns_for(facts, worked),
        )
    )
    return invoice_id


def home_of(session: Session, organisation: str) -> Home:
    """The organisation's currency and its day. Raises Missing where there is none such."""
    found = organisation_of(session, organisation)
    if found is None:
        raise Missing("There is no such organisation.")
    return Home(currency=found.currency, today=today(found.timezone))


def columns_for(facts: InvoiceFacts, worked: Totals) -> dict[str, object]:
    """The columns of a draft that hold its facts and its totals."""
    total = worked.document.total
    return {
        "contact_id": facts.contact_id,
        "date": facts.date,
        "due_date": facts.due_date,
        "currency": facts.currency,
        "prices_include_tax": facts.prices_include_tax,
        "discount_percent": facts.discount_percent,
        "reference": facts.reference,
        "folded_reference": None if facts.reference is None else folded(facts.reference),
        "notes": facts.notes,
        "subtotal": worked.document.subtotal,
        "total_tax": worked.document.tax,
        "total": total,
        # Nothing can be paid on a draft, so all of it is due.
        "amount_due": total,
        "compared_total": compared(total, currency=facts.currency),
        "compared_due": compared(total, currency=facts.currency),
    }


def write_lines(
    session: Session,
    facts: InvoiceFacts,
    worked: Totals,
    *,
    organisation: str,
    invoice_id: str,
) -> None:
    """Write all lines of an invoice that has none; lines without an id are given theirs."""
    if not facts.lines:
        return
    rows = [
        {
            "org_id": organisation,
            "id": line.id or new_id("lin"),
            "invoice_id": invoice_id,
            "position": index + 1,
            "item_id": line.item_id,
            "description": line.description,
            "quantity": line.quantity,
            "unit": line.unit,
            "unit_price": line.unit_price,
            "discount_percent": line.discount_percent,
            "tax_rate_id": line.tax_rate_id,
            "subtotal": amounts.subtotal,
            "tax": amounts.tax,
            "total": amounts.total,
        }
        for index, (line, amounts) in enumerate(zip(facts.lines, worked.lines, strict=True))
    ]
    session.execute(insert(InvoiceLine), rows)
