"""What lists of invoices know of the rows around an invoice: its contact, and its lines."""

from typing import Any, Final

from app.domain.contacts.given import STATUSES, TYPES
from app.domain.contacts.tables import Contact
from app.domain.sales.tables import Invoice, InvoiceLine
from app.query.fields import Field, Within
from app.query.values import CodeType, IdType, TextType
from app.storage.tenancy import columns_of

READ_CONTACTS: Final = "contacts:read"
_NAMED: Final = ("eq", "not", "in", "notin")
_LINES: Final = Within(rows=columns_of(InvoiceLine, InvoiceLine.invoice_id), key=Invoice.id)


def _of_contact(column: Any) -> Any:
    """A column of the contact that an invoice is for."""
    own = columns_of(Contact, column).where(Contact.id == Invoice.contact_id)
    return own.correlate(Invoice).scalar_subquery()


def _from_contact(column: Any, folded: Any = None) -> Within:
    """The contacts that have some value there, and through them their invoices."""
    rows = columns_of(Contact, Contact.id)
    return Within(rows=rows, key=Invoice.contact_id, column=column, normalised=folded)


PATHS: Final = (
    # Shown with every invoice, so no further scope is needed for it.
    Field(
        "contact.name",
        TextType(),
        _of_contact(Contact.name),
        is_nullable=False,
        normalised=_of_contact(Contact.folded_name),
        origin=_from_contact(Contact.name, Contact.folded_name),
    ),
    Field(
        "contact.email",
        TextType(),
        _of_contact(Contact.email),
        scope=READ_CONTACTS,
        normalised=_of_contact(Contact.folded_email),
        origin=_from_contact(Contact.email, Contact.folded_email),
    ),
    Field(
        "contact.type",
        CodeType(TYPES),
        _of_contact(Contact.type),
        is_nullable=False,
        scope=READ_CONTACTS,
        origin=_from_contact(Contact.type),
    ),
    Field(
        "contact.status",
        CodeType(STATUSES),
        _of_contact(Contact.status),
        is_nullable=False,
        scope=READ_CONTACTS,
        origin=_from_contact(Contact.status),
    ),
    Field("lines.item_id", IdType("itm"), InvoiceLine.item_id, within=_LINES, operators=_NAMED),
    Field(
        "lines.tax_rate_id",
        IdType("tax"),
        InvoiceLine.tax_rate_id,
        within=_LINES,
        operators=_NAMED,
    ),
)
