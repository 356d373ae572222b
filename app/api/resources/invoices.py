"""Invoices, as every surface may expose them."""

from dataclasses import dataclass
from typing import Any, Final

from app.api.resources.contacts import CONTACTS
from app.api.resources.invoice_paths import PATHS
from app.api.resources.kinds import (
    Code,
    Day,
    Flag,
    Id,
    Instant,
    Money,
    Reference,
    Scaled,
    Text,
    Whole,
)
from app.api.resources.resource import Attribute, Expansion, Many, Resource, Shape
from app.api.resources.tax_rates import TAX_RATES
from app.domain.contacts.names import NAMES, RENAMINGS
from app.domain.sales.change import change_draft
from app.domain.sales.draft import draft_invoice
from app.domain.sales.find import InvoiceRecord, LineRecord, hold_invoice, invoices_by_id
from app.domain.sales.given import LINES_MAX, InvoiceGiven, LineGiven
from app.domain.sales.remove import remove_draft
from app.domain.sales.searched import COVERED, NOTES, TEXTS
from app.domain.sales.tables import Invoice
from app.domain.sales.totals import PERCENT_DECIMALS, QUANTITY_DECIMALS, UNIT_PRICE_DECIMALS
from app.query.fields import Search
from app.storage.tenancy import columns_of

STATUSES: Final = ("draft", "open", "paid", "void", "abandoned")
PERCENT: Final = Scaled(PERCENT_DECIMALS)


@dataclass(frozen=True, slots=True)
class ContactName(Reference):
    """Who the invoice is for, from the invoice's own record."""

    def write(self, value: Any, within: Any) -> object:
        return {"id": within.contact_id, "name": within.contact_name}


LINE: Final = Shape(
    (
        Attribute("id", Id("lin"), "names"),
        Attribute("position", Whole(), "placed"),
        Attribute("item_id", Id("itm"), "editable"),
        Attribute("description", Text(1_000, is_multiline=True), "editable"),
        Attribute("quantity", Scaled(QUANTITY_DECIMALS), "editable"),
        Attribute("unit", Text(20), "editable"),
        Attribute("unit_price", Scaled(UNIT_PRICE_DECIMALS, shown=2), "editable"),
        Attribute("discount_percent", PERCENT, "editable"),
        Attribute("tax_rate_id", Id("tax"), "editable"),
        Attribute("subtotal", Money()),
        Attribute("tax", Money()),
        Attribute("total", Money()),
    ),
    record=LineRecord,
    given=LineGiven,
    needs=("description", "unit_price"),
)
INVOICE: Final = Shape(
    (
        Attribute("id", Id("inv"), column=Invoice.id, is_sortable=True),
        Attribute("oid", Whole(), column=Invoice.oid, is_sortable=True),
        Attribute(
            "number",
            Text(50),
            column=Invoice.number,
            is_sortable=True,
            normalised=Invoice.folded_number,
        ),
        Attribute("status", Code(STATUSES), column=Invoice.status),
        Attribute("contact_id", Id("con"), "editable", Invoice.contact_id),
        Attribute("contact", ContactName(), source="contact_id"),
        Attribute("date", Day(), "editable", Invoice.date, is_sortable=True),
        Attribute("due_date", Day(), "editable", Invoice.due_date, is_sortable=True),
        Attribute("currency", Text(3), "editable", Invoice.currency),
        Attribute("prices_include_tax", Flag(), "editable"),
        Many("lines", LINE, LINES_MAX),
        Attribute("discount_percent", PERCENT, "editable"),
        Attribute("subtotal", Money()),
        Attribute("total_tax", Money()),
        Attribute("total", Money(), column=Invoice.compared_total, is_sortable=True),
        Attribute("amount_paid", Money()),
        Attribute("amount_due", Money(), column=Invoice.compared_due, is_sortable=True),
        Attribute(
            "reference",
            Text(),
            "editable",
            Invoice.reference,
            normalised=Invoice.folded_reference,
        ),
        # Too long for an index of its own; its words are found, and nothing else of it.
        Attribute(
            "notes",
            Text(5_000, is_multiline=True),
            "editable",
            Invoice.notes,
            operators=("has",),
            place=NOTES,
        ),
        Attribute("sent_at", Instant(), column=Invoice.sent_at),
        Attribute("viewed_at", Instant(), column=Invoice.viewed_at),
        Attribute("version", Whole()),
        Attribute("created_at", Instant(), column=Invoice.created_at, is_sortable=True),
        Attribute("updated_at", Instant(), column=Invoice.updated_at, is_sortable=True),
    ),
    record=InvoiceRecord,
    given=InvoiceGiven,
    needs=("contact_id", "lines"),
)
INVOICES: Final = Resource(
    name="invoices",
    word="invoice",
    prefix="inv",
    shape=INVOICE,
    keys=columns_of(Invoice, Invoice.id, Invoice.version, RENAMINGS),
    key_of=lambda invoice: (invoice.id, invoice.version, invoice.renamings),
    by_id=invoices_by_id,
    read_scope="invoices:read",
    write_scope="invoices:write",
    create=draft_invoice,
    change=change_draft,
    remove=remove_draft,
    hold=hold_invoice,
    expansions=(
        Expansion(path="contact", source="contact_id", target=CONTACTS),
        Expansion(path="lines.tax_rate", source="tax_rate_id", target=TAX_RATES),
    ),
    draws_on=(NAMES,),
    paths=PATHS,
    search=Search(covers=COVERED, texts=TEXTS),
)
