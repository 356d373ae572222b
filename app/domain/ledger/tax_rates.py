"""Tax rates of an organisation: add one, find them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from sqlalchemy import insert
from sqlalchemy.orm import Session

from app.domain.audit.actor import OPERATOR, Actor
from app.domain.audit.record import record
from app.domain.events.note import note_change
from app.domain.ledger.tables import TaxRate
from app.kernel.clock import epoch_us
from app.kernel.errors import Invalid
from app.kernel.faults import Faults
from app.kernel.ids import new_id
from app.kernel.money import scaled
from app.kernel.text import name_faults, tidied
from app.storage.batch import Batch
from app.storage.oids import next_oid
from app.storage.tenancy import columns_of

# The name by which changes of tax rates are told.
RESOURCE: Final = "tax-rates"
RATE_DECIMALS: Final = 3
NAME_CHARACTERS_MAX: Final = 60
_RATE_MAX = 100 * 10**RATE_DECIMALS


@dataclass(frozen=True, slots=True)
class TaxRateRecord:
    """A tax rate; `rate` is in thousandths of a percent, and it holds from day to day inclusive."""

    id: str
    oid: int
    name: str
    rate: int
    valid_from: str | None
    valid_to: str | None
    version: int
    created_at: int
    updated_at: int

    def holds_on(self, day: str) -> bool:
        """Whether a document of this day may use the rate."""
        if self.valid_from is not None and day < self.valid_from:
            return False
        return self.valid_to is None or day <= self.valid_to


_COLUMNS = (
    TaxRate.id,
    TaxRate.oid,
    TaxRate.name,
    TaxRate.rate,
    TaxRate.valid_from,
    TaxRate.valid_to,
    TaxRate.version,
    TaxRate.created_at,
    TaxRate.updated_at,
)
_BY_ID = Batch(columns_of(TaxRate, *_COLUMNS), by=TaxRate.id)


def add_tax_rate(
    session: Session,
    *,
    organisation: str,
    name: str,
    rate: Decimal,
    valid_from: date | None = None,
    valid_to: date | None = None,
    by: Actor = OPERATOR,
) -> TaxRateRecord:
    """Add a tax rate in percent, such as `Decimal("20")`, with at most three decimals.

    Raises Invalid with every fault.
    """
    thousandths = _checked(name, rate, valid_from, valid_to)
    now = epoch_us()
    added = TaxRateRecord(
        id=new_id("tax"),
        oid=next_oid(session, organisation=organisation, table="tax_rates"),
        name=tidied(name),
        rate=thousandths,
        valid_from=valid_from.isoformat() if valid_from else None,
        valid_to=valid_to.isoformat() if valid_to else None,
        version=1,
        created_at=now,
        updated_at=now,
    )
    values = {column.key: getattr(added, column.key) for column in _COLUMNS}
    session.execute(insert(TaxRate).values(org_id=organisation, **values))
    note_change(
        session,
        organisation=organisation,
        resource=RESOURCE,
        id=added.id,
        deed="created",
        version=1,
    )
    record(
        session,
        "tax_rate.created",
        by=by,
        organisation=organisation,
        tax_rate=added.id,
    )
    return added


def tax_rates_by_id(
    session: Session, *, organisation: str, ids: Sequence[str]
) -> dict[str, TaxRateRecord]:
    """Those of the tax rates named that the organisation has, by id."""
    rows = _BY_ID.rows(session, organisation=organisation, ids=ids)
    return {row[0]: TaxRateRecord(*row) for row in rows}


def _checked(name: str, rate: Decimal, valid_from: date | None, valid_to: date | None) -> int:
    faults = Faults()
    for fault in name_faults(
        name, what="The name", pointer="/name", characters_max=NAME_CHARACTERS_MAX
    ):
        faults.add(Invalid, fault.detail, pointer="/name", code=fault.code)
    thousandths = scaled(rate, decimals=RATE_DECIMALS)
    if thousandths is None or not 0 <= thousandths <= _RATE_MAX:
        detail = f"The rate must be 0 to 100 percent with at most {RATE_DECIMALS} decimals."
        faults.add(Invalid, detail, pointer="/rate", code="bad_value")
    if valid_from is not None and valid_to is not None and valid_to < valid_from:
        detail = "The last day must not be before the first."
        faults.add(Invalid, detail, pointer="/valid_to", code="bad_value")
    faults.raise_any()
    assert thousandths is not None
    return thousandths
