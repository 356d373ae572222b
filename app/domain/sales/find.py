"""Invoices as they stand, with their lines, read by their ids."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy.orm import Session

from app.domain.contacts.names import RENAMINGS
from app.domain.contacts.tables import Contact
from app.domain.sales.tables import Invoice, InvoiceLine
from app.kernel.errors import Missing
from app.storage.batch import Batch
from app.storage.tenancy import columns_of, hold, joined


@dataclass(frozen=True, slots=True)
class LineRecord:
    """A line as stored: `quantity` has 6 decimals, `unit_price` 4, percents 3, amounts are minor.

    Positions count from 1.
    """

    id: str
    position: int
    item_id: str | None
    description: str
    quantity: int
    unit: str | None
    unit_price: int
    discount_percent: int
    tax_rate_id: str | None
    subtotal: int
    tax: int
    total: int


@dataclass(frozen=True, slots=True)
class InvoiceRecord:
    """An invoice as stored; amounts in minor units of `currency`, instants in microseconds.

    What it shows changes only when `version` does, or `renamings`: how often the organisation
    has renamed a contact.
    """

    id: str
    oid: int
    number: str | None
    status: str
    contact_id: str
    date: str
    due_date: str
    currency: str
    prices_include_tax: int
    discount_percent: int
    subtotal: int
    total_tax: int
    total: int
    amount_paid: int
    amount_due: int
    reference: str | None
    notes: str | None
    sent_at: int | None
    viewed_at: int | None
    version: int
    created_at: int
    updated_at: int
    contact_name: str
    renamings: int
    lines: tuple[LineRecord, ...]


_INVOICE: Final = (
    Invoice.id,
    Invoice.oid,
    Invoice.number,
    Invoice.status,
    Invoice.contact_id,
    Invoice.date,
    Invoice.due_date,
    Invoice.currency,
    Invoice.prices_include_tax,
    Invoice.discount_percent,
    Invoice.subtotal,
    Invoice.total_tax,
    Invoice.total,
    Invoice.amount_paid,
    Invoice.amount_due,
    Invoice.reference,
    Invoice.notes,
    Invoice.sent_at,
    Invoice.viewed_at,
    Invoice.version,
    Invoice.created_at,
    Invoice.updated_at,
)
_CONTACT: Final = (Contact.name, RENAMINGS)
_LINE: Final = (
    InvoiceLine.id,
    InvoiceLine.position,
    InvoiceLine.item_id,
    InvoiceLine.description,
    InvoiceLine.quantity,
    InvoiceLine.unit,
    InvoiceLine.unit_price,
    InvoiceLine.discount_percent,
    InvoiceLine.tax_rate_id,
    InvoiceLine.subtotal,
    InvoiceLine.tax,
    InvoiceLine.total,
)

# One statement, so that an invoice and its lines are of one moment even outside a transaction.
_BY_ID: Final = Batch(
    columns_of(Invoice, *_INVOICE)
    .join(Contact, joined(Contact, to=Invoice, on=Contact.id == Invoice.contact_id))
    .outerjoin(
        InvoiceLine, joined(InvoiceLine, to=Invoice, on=InvoiceLine.invoice_id == Invoice.id)
    )
    .add_columns(*_CONTACT, *_LINE),
    by=Invoice.id,
)


def invoices_by_id(
    session: Session, *, organisation: str, ids: Sequence[str]
) -> dict[str, InvoiceRecord]:
    """Those of the invoices named that the organisation has, by id."""
    width = len(_INVOICE) + len(_CONTACT)
    heads: dict[str, tuple[Any, ...]] = {}
    lines: dict[str, list[LineRecord]] = {}
    for row in _BY_ID.rows(session, organisation=organisation, ids=ids):
        invoice_id = row[0]
        heads[invoice_id] = row[:width]
        of_invoice = lines.setdefault(invoice_id, [])
        if row[width] is not None:
            of_invoice.append(LineRecord(*row[width:]))
    return {invoice_id: _record(head, lines[invoice_id]) for invoice_id, head in heads.items()}


def hold_invoice(session: Session, *, organisation: str, id: str) -> None:
    """Hold an invoice that is about to be changed or removed."""
    hold(session, Invoice, organisation=organisation, id=id)


def invoice_of(session: Session, invoice_id: str, *, organisation: str) -> InvoiceRecord:
    """One invoice. Raises Missing where the organisation has none with this id."""
    found = invoices_by_id(session, organisation=organisation, ids=(invoice_id,))
    if invoice_id not in found:
        raise Missing("There is no such invoice.")
    return found[invoice_id]


def _record(head: tuple[Any, ...], lines: list[LineRecord]) -> InvoiceRecord:
    placed = tuple(sorted(lines, key=lambda line: line.position))
    values: list[Any] = [*head, placed]
    return InvoiceRecord(*values)
