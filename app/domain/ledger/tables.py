"""The ledger's tables. Tax rates come first; accounts and entries follow in their own issue."""

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.storage.db import Row
from app.storage.types import BYTEWISE, Day, TenantRow, Whole


class TaxRate(TenantRow, Row):
    """A tax rate of one organisation; `rate` is in thousandths of a percent (20.000 % = 20000)."""

    __tablename__ = "tax_rates"
    __table_args__ = (UniqueConstraint("org_id", "oid"),)

    name: Mapped[str] = mapped_column(BYTEWISE)
    rate: Mapped[Whole]
    valid_from: Mapped[Day | None]
    valid_to: Mapped[Day | None]
