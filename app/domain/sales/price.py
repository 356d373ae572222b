"""An invoice's facts held against the organisation's own records, and its totals worked out."""

from typing import Final

from sqlalchemy.orm import Session

from app.domain.contacts.find import contacts_by_id
from app.domain.ledger.tax_rates import TaxRateRecord, tax_rates_by_id
from app.domain.sales.given import InvoiceFacts
from app.domain.sales.totals import Amounts, Priced, Totals, totals
from app.kernel.errors import Invalid
from app.kernel.faults import Faults
from app.kernel.money import exponent

COMPARED_DECIMALS: Final = 4
# Beyond this an amount with four decimals would not fit a 64-bit column.
AMOUNT_UNITS_MAX: Final = 10**14


class OutsideValidity(Invalid):
    """A tax rate is used on a day on which it does not hold."""

    code, number = "outside_validity", 3001


def price(
    session: Session, facts: InvoiceFacts, *, organisation: str, faults: Faults
) -> Totals | None:
    """The totals, once the contact and the tax rates are known to be the organisation's own.

    Adds what is wrong to `faults`, and answers None where there is any fault.
    """
    if facts.contact_id and not faults.has("/contact_id"):
        _check_contact(session, facts, organisation, faults)
    named = sorted({line.tax_rate_id for line in facts.lines if line.tax_rate_id})
    rates = tax_rates_by_id(session, organisation=organisation, ids=named)
    _check_rates(facts, rates, faults)
    if faults:
        return None
    worked = totals(
        [
            Priced(
                quantity=line.quantity,
                unit_price=line.unit_price,
                discount_percent=line.discount_percent,
                tax=line.tax_rate_id,
                tax_percent=rates[line.tax_rate_id].rate if line.tax_rate_id else 0,
            )
            for line in facts.lines
        ],
        decimals=exponent(facts.currency),
        prices_include_tax=bool(facts.prices_include_tax),
        discount_percent=facts.discount_percent,
    )
    _check_size(worked, AMOUNT_UNITS_MAX * 10 ** exponent(facts.currency), faults)
    return None if faults else worked


def compared(amount: int, *, currency: str) -> int:
    """Minor units as ten-thousandths of the unit, comparable across currencies."""
    return int(amount * 10 ** (COMPARED_DECIMALS - exponent(currency)))


def _check_contact(
    session: Session, facts: InvoiceFacts, organisation: str, faults: Faults
) -> None:
    if not contacts_by_id(session, organisation=organisation, ids=(facts.contact_id,)):
        detail = f"There is no contact {facts.contact_id}."
        faults.add(Invalid, detail, pointer="/contact_id", code="unknown_reference")


def _check_rates(facts: InvoiceFacts, rates: dict[str, TaxRateRecord], faults: Faults) -> None:
    for index, line in enumerate(facts.lines):
        if line.tax_rate_id is None:
            continue
        pointer = f"/lines/{index}/tax_rate_id"
        rate = rates.get(line.tax_rate_id)
        if rate is None:
            detail = f"There is no tax rate {line.tax_rate_id}."
            faults.add(Invalid, detail, pointer=pointer, code="unknown_reference")
        elif not rate.holds_on(facts.date) and not faults.has("/date"):
            detail = f"The tax rate {rate.name} does not hold on {facts.date}."
            faults.add(OutsideValidity, detail, pointer=pointer)


def _check_size(worked: Totals, most: int, faults: Faults) -> None:
    detail = f"No amount may be beyond {AMOUNT_UNITS_MAX}."
    for index, line in enumerate(worked.lines):
        if _largest(line) > most:
            faults.add(Invalid, detail, pointer=f"/lines/{index}", code="bad_value")
    if _largest(worked.document) > most:
        faults.add(Invalid, detail, pointer="/lines", code="bad_value")


def _largest(amounts: Amounts) -> int:
    return max(abs(amounts.subtotal), abs(amounts.tax), abs(amounts.total))
