"""Change a draft invoice: what is left out stays, null clears, the lines are replaced whole."""

from sqlalchemy import CursorResult
from sqlalchemy.orm import Session

from app.domain.audit.actor import OPERATOR, Actor
from app.domain.audit.record import record
from app.domain.events.note import note_change
from app.domain.sales.draft import columns_for, home_of, write_lines
from app.domain.sales.find import InvoiceRecord, invoice_of
from app.domain.sales.given import InvoiceFacts, InvoiceGiven, facts_of, settle
from app.domain.sales.price import price
from app.domain.sales.searched import RESOURCE, keep_words
from app.domain.sales.tables import Invoice, InvoiceLine
from app.domain.sales.totals import Totals
from app.kernel.clock import epoch_us
from app.kernel.errors import CountinghouseError
from app.kernel.faults import Faults
from app.storage.tenancy import change, remove
from app.storage.transaction import Conflict


class NotDraft(CountinghouseError):
    """Only a draft may be changed or deleted; what was finalised is corrected, never rewritten."""

    kind, code, number = "rule", "not_draft", 30

    def __init__(self, invoice: InvoiceRecord, *, deed: str) -> None:
        super().__init__(f"Only a draft can be {deed}, and this invoice is {invoice.status}.")


def change_draft(
    session: Session,
    invoice: InvoiceRecord,
    *,
    organisation: str,
    given: InvoiceGiven,
    by: Actor = OPERATOR,
    faults: Faults | None = None,
) -> InvoiceRecord:
    """Change a draft that was found just now; nothing is written where nothing changes.

    Raises Invalid with every fault, NotDraft, and Conflict where someone else changed it since.
    """
    faults = faults or Faults()
    if invoice.status != "draft":
        faults.raise_any()
        raise NotDraft(invoice, deed="changed")
    home = home_of(session, organisation)
    facts = settle(given, kept=invoice, home=home, faults=faults)
    before = facts_of(invoice)
    if facts == before:
        faults.raise_any()
        return invoice
    worked = price(session, facts, organisation=organisation, faults=faults)
    faults.raise_any()
    assert worked is not None
    _write(session, invoice, organisation=organisation, facts=facts, worked=worked)
    keep_words(session, facts, organisation=organisation, id=invoice.id, number=invoice.number)
    note_change(
        session,
        organisation=organisation,
        resource=RESOURCE,
        id=invoice.id,
        deed="updated",
        version=invoice.version + 1,
    )
    record(
        session,
        "invoice.updated",
        by=by,
        organisation=organisation,
        invoice=invoice.id,
        version=invoice.version + 1,
        changed=[name for name in facts.__slots__ if getattr(facts, name) != getattr(before, name)],
    )
    return invoice_of(session, invoice.id, organisation=organisation)


def _write(
    session: Session,
    invoice: InvoiceRecord,
    *,
    organisation: str,
    facts: InvoiceFacts,
    worked: Totals,
) -> None:
    result = session.execute(
        change(Invoice, organisation=organisation)
        .where(Invoice.id == invoice.id, Invoice.version == invoice.version)
        .values(
            version=invoice.version + 1,
            updated_at=max(epoch_us(), invoice.updated_at + 1),
            **columns_for(facts, worked),
        )
    )
    assert isinstance(result, CursorResult)
    if result.rowcount != 1:
        raise Conflict("Someone else changed this invoice at the same moment; read it again.")
    session.execute(
        remove(InvoiceLine, organisation=organisation).where(InvoiceLine.invoice_id == invoice.id)
    )
    write_lines(session, facts, worked, organisation=organisation, invoice_id=invoice.id)
