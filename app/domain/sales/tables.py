"""Sales documents. Money is in minor units of the document's currency."""

from sqlalchemy import ForeignKeyConstraint, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.storage.db import Row
from app.storage.types import (
    BYTEWISE,
    Code,
    Day,
    Id,
    InstantUs,
    OwnedRow,
    TenantRow,
    Whole,
    folded_from,
)


class Invoice(TenantRow, Row):
    """An invoice: draft, open, paid, void or abandoned; sent and viewed are facts with a time.

    `discount_percent` is in thousandths of a percent. `compared_total` and `compared_due` hold
    the total and the amount due in ten-thousandths of the currency's unit: what lists are
    filtered and sorted by, since minor units of different currencies cannot be compared.
    """

    __tablename__ = "invoices"
    __table_args__ = (
        ForeignKeyConstraint(["org_id", "contact_id"], ["contacts.org_id", "contacts.id"]),
        UniqueConstraint("org_id", "oid"),
        UniqueConstraint("org_id", "number"),
        Index("ix_invoices_contact", "org_id", "contact_id", "id"),
        Index("ix_invoices_status", "org_id", "status", "id"),
        Index("ix_invoices_date", "org_id", "date", "id"),
        Index("ix_invoices_due", "org_id", "due_date", "id"),
        Index("ix_invoices_total", "org_id", "compared_total", "id"),
        Index("ix_invoices_compared_due", "org_id", "compared_due", "id"),
        Index("ix_invoices_currency", "org_id", "currency", "id"),
        Index("ix_invoices_reference", "org_id", "reference", "id"),
        Index("ix_invoices_folded_reference", "org_id", "folded_reference", "id"),
        Index("ix_invoices_folded_number", "org_id", "folded_number", "id"),
        Index("ix_invoices_sent", "org_id", "sent_at", "id"),
        Index("ix_invoices_viewed", "org_id", "viewed_at", "id"),
        Index("ix_invoices_created", "org_id", "created_at", "id"),
        Index("ix_invoices_updated", "org_id", "updated_at", "id"),
    )

    number: Mapped[str | None] = mapped_column(BYTEWISE)
    folded_number: Mapped[str | None] = mapped_column(BYTEWISE, default=folded_from("number"))
    status: Mapped[Code]
    contact_id: Mapped[Id]
    date: Mapped[Day]
    due_date: Mapped[Day]
    currency: Mapped[Code]
    prices_include_tax: Mapped[Whole]  # 0 or 1
    discount_percent: Mapped[Whole]
    subtotal: Mapped[Whole]
    total_tax: Mapped[Whole]
    total: Mapped[Whole]
    amount_paid: Mapped[Whole]
    amount_due: Mapped[Whole]
    compared_total: Mapped[Whole]
    compared_due: Mapped[Whole]
    reference: Mapped[str | None] = mapped_column(BYTEWISE)
    folded_reference: Mapped[str | None] = mapped_column(BYTEWISE, default=folded_from("reference"))
    notes: Mapped[str | None] = mapped_column(Text)
    sent_at: Mapped[InstantUs | None]
    viewed_at: Mapped[InstantUs | None]


# Null is smallest in our order; in PostgreSQL's own it is the greatest.
Index("ix_invoices_number_nulls", Invoice.org_id, Invoice.number.nulls_first(), Invoice.id).ddl_if(
    dialect="postgresql"
)
Index("ix_invoices_number", Invoice.org_id, Invoice.number, Invoice.id).ddl_if(dialect="sqlite")


class InvoiceLine(OwnedRow, Row):
    """One line. `quantity` has 6 decimals, `unit_price` 4, `discount_percent` 3, as integers."""

    __tablename__ = "invoice_lines"
    __table_args__ = (
        ForeignKeyConstraint(
            ["org_id", "invoice_id"], ["invoices.org_id", "invoices.id"], ondelete="CASCADE"
        ),
        ForeignKeyConstraint(["org_id", "tax_rate_id"], ["tax_rates.org_id", "tax_rates.id"]),
        Index("ix_invoice_lines_invoice", "org_id", "invoice_id", "position"),
        Index("ix_invoice_lines_item", "org_id", "item_id", "invoice_id"),
        Index("ix_invoice_lines_tax_rate", "org_id", "tax_rate_id", "invoice_id"),
    )

    invoice_id: Mapped[Id]
    position: Mapped[Whole]
    item_id: Mapped[Id | None]
    description: Mapped[str]
    quantity: Mapped[Whole]
    unit: Mapped[str | None]
    unit_price: Mapped[Whole]
    discount_percent: Mapped[Whole]
    tax_rate_id: Mapped[Id | None]
    subtotal: Mapped[Whole]
    tax: Mapped[Whole]
    total: Mapped[Whole]
