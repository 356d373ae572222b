"""The ledger's tables. Tax rates come first; accounts and entries follow in their own issue."""

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.storage.db import Row
from app.storage.types import BYTEWISE, Day, TenantRow, Whole


class TaxRate(TenantRow, Row):
    """A tax rate of one organisation; `rate` is in thousandths of a percent (20.000 % = 20000)."""

    __tablename__ = "tax_rates"
    __table_args__ = (
        UniqueConstraint("org_id", "oid"),
        Index("ix_tax_rates_name", "org_id", "name", "id"),
        Index("ix_tax_rates_rate", "org_id", "rate", "id"),
        Index("ix_tax_rates_valid_from", "org_id", "valid_from", "id"),
        Index("ix_tax_rates_valid_to", "org_id", "valid_to", "id"),
        Index("ix_tax_rates_created", "org_id", "created_at", "id"),
        Index("ix_tax_rates_updated", "org_id", "updated_at", "id"),
    )

    name: Mapped[str] = mapped_column(BYTEWISE)
    rate: Mapped[Whole]
    valid_from: Mapped[Day | None]
    valid_to: Mapped[Day | None]
