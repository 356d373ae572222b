"""Customers, suppliers and leads of one organisation."""

from sqlalchemy import Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.storage.db import Row
from app.storage.types import BYTEWISE, Code, TenantRow, folded_from


class Contact(TenantRow, Row):
    """A customer, lead or supplier: a company or an individual.

    `name` is what is shown for it; `addresses` and `persons` are JSON lists of small records.
    The folded columns hold what a search by beginnings ranges over.
    """

    __tablename__ = "contacts"
    __table_args__ = (
        UniqueConstraint("org_id", "oid"),
        Index("ix_contacts_name", "org_id", "name", "id"),
        Index("ix_contacts_email", "org_id", "email", "id"),
        Index("ix_contacts_type", "org_id", "type", "id"),
        Index("ix_contacts_status", "org_id", "status", "id"),
        Index("ix_contacts_company_name", "org_id", "company_name", "id"),
        Index("ix_contacts_first_name", "org_id", "first_name", "id"),
        Index("ix_contacts_last_name", "org_id", "last_name", "id"),
        Index("ix_contacts_phone", "org_id", "phone", "id"),
        Index("ix_contacts_tax_number", "org_id", "tax_number", "id"),
        Index("ix_contacts_folded_name", "org_id", "folded_name", "id"),
        Index("ix_contacts_folded_email", "org_id", "folded_email", "id"),
        Index("ix_contacts_created", "org_id", "created_at", "id"),
        Index("ix_contacts_updated", "org_id", "updated_at", "id"),
    )

    type: Mapped[Code]  # company or individual
    status: Mapped[Code]  # customer, lead or supplier
    name: Mapped[str] = mapped_column(BYTEWISE)
    folded_name: Mapped[str] = mapped_column(BYTEWISE, default=folded_from("name"))
    company_name: Mapped[str | None] = mapped_column(BYTEWISE)
    first_name: Mapped[str | None] = mapped_column(BYTEWISE)
    last_name: Mapped[str | None] = mapped_column(BYTEWISE)
    email: Mapped[str | None] = mapped_column(BYTEWISE)
    folded_email: Mapped[str | None] = mapped_column(BYTEWISE, default=folded_from("email"))
    phone: Mapped[str | None] = mapped_column(BYTEWISE)
    tax_number: Mapped[str | None] = mapped_column(BYTEWISE)
    addresses: Mapped[str] = mapped_column(Text, default="[]")
    persons: Mapped[str] = mapped_column(Text, default="[]")
