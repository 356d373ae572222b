"""Delete a draft invoice, its lines with it."""

from sqlalchemy import CursorResult
from sqlalchemy.orm import Session

from app.domain.audit.actor import OPERATOR, Actor
from app.domain.audit.record import record
from app.domain.events.note import note_change
from app.domain.sales.change import NotDraft
from app.domain.sales.find import InvoiceRecord
from app.domain.sales.searched import RESOURCE
from app.domain.sales.tables import Invoice
from app.storage.search import forget_searchable
from app.storage.tenancy import remove
from app.storage.transaction import Conflict


def remove_draft(
    session: Session, invoice: InvoiceRecord, *, organisation: str, by: Actor = OPERATOR
) -> None:
    """Delete a draft that was found just now.

    Raises NotDraft, and Conflict where someone else changed it since.
    """
    if invoice.status != "draft":
        raise NotDraft(invoice, deed="deleted")
    result = session.execute(
        remove(Invoice, organisation=organisation).where(
            Invoice.id == invoice.id, Invoice.version == invoice.version
        )
    )
    assert isinstance(result, CursorResult)
    if result.rowcount != 1:
        raise Conflict("Someone else changed this invoice at the same moment; read it again.")
    forget_searchable(session, organisation=organisation, resource=RESOURCE, id=invoice.id)
    note_change(
        session,
        organisation=organisation,
        resource=RESOURCE,
        id=invoice.id,
        deed="deleted",
        version=invoice.version,
    )
    record(
        session,
        "invoice.deleted",
        by=by,
        organisation=organisation,
        invoice=invoice.id,
    )
