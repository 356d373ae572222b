"""What is given of an invoice, and what it comes to with what was there before."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from app.domain.sales.find import InvoiceRecord, LineRecord
from app.domain.sales.totals import (
    PERCENT_DECIMALS,
    QUANTITY_DECIMALS,
    UNIT_PRICE_DECIMALS,
    WHOLE_PERCENT,
)
from app.kernel.errors import Invalid
from app.kernel.faults import Faults, MandatoryAbsent
from app.kernel.given import UNSET, UnsetType, check_ids, resolved
from app.kernel.money import is_currency, scaled

LINES_MAX: Final = 500
QUANTITY_MAX: Final = 1_000_000_000
UNIT_PRICE_MAX: Final = 1_000_000_000_000

GivenText = str | UnsetType | None
GivenDecimal = Decimal | UnsetType | None
GivenDay = datetime.date | UnsetType | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LineGiven:
    """A line as sent; without an id it is a new one. A new line is of quantity 1 unless said."""

    id: GivenText = UNSET
    item_id: GivenText = UNSET
    description: GivenText = UNSET
    quantity: GivenDecimal = UNSET
    unit: GivenText = UNSET
    unit_price: GivenDecimal = UNSET
    discount_percent: GivenDecimal = UNSET
    tax_rate_id: GivenText = UNSET


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceGiven:
    """An invoice as sent. The lines, where given, become all the lines, in their order.

    Left out of a new one: `date` is today there, `due_date` the date, `currency` the
    organisation's.
    """

    contact_id: GivenText = UNSET
    date: GivenDay = UNSET
    due_date: GivenDay = UNSET
    currency: GivenText = UNSET
    prices_include_tax: bool | UnsetType | None = UNSET
    discount_percent: GivenDecimal = UNSET
    reference: GivenText = UNSET
    notes: GivenText = UNSET
    lines: tuple[LineGiven, ...] | UnsetType | None = UNSET


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """Where the books are kept: the organisation's currency, and the day it is there."""

    currency: str
    today: datetime.date


@dataclass(frozen=True, slots=True, kw_only=True)
class LineFacts:
    """A line's own fields as they are to be stored; a new line has no id yet."""

    id: str | None
    item_id: str | None
    description: str
    quantity: int
    unit: str | None
    unit_price: int
    discount_percent: int
    tax_rate_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceFacts:
    """An invoice's own fields as they are to be stored, before any total."""

    contact_id: str
    date: str
    due_date: str
    currency: str
    prices_include_tax: int
    discount_percent: int
    reference: str | None
    notes: str | None
    lines: tuple[LineFacts, ...]


class DueBeforeDate(Invalid):
    """An invoice cannot be due before its own date; on the day itself is fine."""

    code, number = "due_before_date", 3011


@dataclass(frozen=True, slots=True, kw_only=True)
class _Number:
    """How many decimals a number may have, between which bounds, in its own units."""

    decimals: int
    least: int
    most: int


_QUANTITY = _Number(decimals=QUANTITY_DECIMALS, least=-QUANTITY_MAX, most=QUANTITY_MAX)
_UNIT_PRICE = _Number(decimals=UNIT_PRICE_DECIMALS, least=-UNIT_PRICE_MAX, most=UNIT_PRICE_MAX)
_PERCENT = _Number(decimals=PERCENT_DECIMALS, least=0, most=WHOLE_PERCENT // 10**PERCENT_DECIMALS)
_ONE = 10**QUANTITY_DECIMALS


def facts_of(invoice: InvoiceRecord) -> InvoiceFacts:
    """The stored invoice's own fields."""
    return InvoiceFacts(
        contact_id=invoice.contact_id,
        date=invoice.date,
        due_date=invoice.due_date,
        currency=invoice.currency,
        prices_include_tax=invoice.prices_include_tax,
        discount_percent=invoice.discount_percent,
        reference=invoice.reference,
        notes=invoice.notes,
        lines=tuple(_line_facts(line) for line in invoice.lines),
    )


def settle(
    given: InvoiceGiven, *, kept: InvoiceRecord | None, home: Home, faults: Faults
) -> InvoiceFacts:
    """The invoice as it will be; whatever is wrong with it is added to `faults`."""
    before = facts_of(kept) if kept is not None else None
    day = _day(given.date, before.date if before else None, home.today.isoformat())
    facts = InvoiceFacts(
        contact_id=_contact(given, before, faults),
        date=day,
        due_date=_day(given.due_date, before.due_date if before else None, day),
        currency=resolved(
            given.currency, kept=before.currency if before else home.currency, cleared=home.currency
        ),
        prices_include_tax=int(
            resolved(
                given.prices_include_tax,
                kept=bool(before.prices_include_tax) if before else False,
                cleared=False,
            )
        ),
        discount_percent=_number(
            given.discount_percent,
            _PERCENT,
            kept=before.discount_percent if before else 0,
            cleared=0,
            pointer="/discount_percent",
            faults=faults,
        ),
        reference=_text(given.reference, before.reference if before else None),
        notes=_text(given.notes, before.notes if before else None),
        lines=_lines(given, before, faults),
    )
    if not is_currency(facts.currency):
        detail = "The currency must be three capital letters of ISO 4217, such as AUD or EUR."
        faults.add(Invalid, detail, pointer="/currency", code="bad_value")
    if facts.due_date < facts.date and not faults.has("/date"):
        detail = f"The invoice of {facts.date} cannot be due on {facts.due_date}, before its date."
        faults.add(DueBeforeDate, detail, pointer="/due_date")
    return facts


def _contact(given: InvoiceGiven, before: InvoiceFacts | None, faults: Faults) -> str:
    contact_id = resolved(given.contact_id, kept=before.contact_id if before else "", cleared="")
    if not contact_id:
        faults.add(MandatoryAbsent, "An invoice needs a contact_id.", pointer="/contact_id")
    return contact_id


def _day(given: GivenDay, kept: str | None, otherwise: str) -> str:
    if given is UNSET:
        return kept or otherwise
    return given.isoformat() if given else otherwise


def _text(given: GivenText, kept: str | None) -> str | None:
    """Text that may be absent: blank is absent."""
    text = resolved(given, kept=kept, cleared=None)
    return text if text and text.strip() else None


def _number(
    given: GivenDecimal, number: _Number, *, kept: int, cleared: int, pointer: str, faults: Faults
) -> int:
    """A decimal as a scaled integer; more decimals than can be kept are refused, never cut."""
    if given is UNSET:
        return kept
    if given is None:
        return cleared
    whole = scaled(given, decimals=number.decimals)
    scale = 10**number.decimals
    if whole is None or not number.least * scale <= whole <= number.most * scale:
        detail = (
            f"This must be a number from {number.least} to {number.most} with at most"
            f" {number.decimals} decimals."
        )
        faults.add(Invalid, detail, pointer=pointer, code="bad_value")
        return kept
    return whole


def _lines(
    given: InvoiceGiven, before: InvoiceFacts | None, faults: Faults
) -> tuple[LineFacts, ...]:
    if given.lines is None or (given.lines is UNSET and before is None):
        detail = "An invoice needs its lines, though the list may be empty."
        faults.add(MandatoryAbsent, detail, pointer="/lines")
    if given.lines is UNSET:
        return before.lines if before else ()
    listed = given.lines or ()
    if len(listed) > LINES_MAX:
        detail = f"An invoice has at most {LINES_MAX} lines."
        faults.add(Invalid, detail, pointer="/lines", code="too_many")
    known = {line.id: line for line in before.lines if line.id} if before else {}
    check_ids(listed, known=known, pointer="/lines", what="line", faults=faults)
    return tuple(
        _line(entry, known, f"/lines/{index}", faults) for index, entry in enumerate(listed)
    )


def _line(
    given: LineGiven, known: Mapping[str, LineFacts], pointer: str, faults: Faults
) -> LineFacts:
    old = known.get(given.id) if given.id else None
    description = _text(given.description, old.description if old else None)
    if not faults.has(f"{pointer}/id"):
        has_price = given.unit_price is not None and (given.unit_price is not UNSET or old)
        for name, has_value in (("description", description), ("unit_price", has_price)):
            if not has_value:
                detail = f"A line needs a {name}."
                faults.add(MandatoryAbsent, detail, pointer=f"{pointer}/{name}")
    item_id = _text(given.item_id, old.item_id if old else None)
    if item_id is not None and (old is None or item_id != old.item_id):
        detail = f"There is no item {item_id}."
        faults.add(Invalid, detail, pointer=f"{pointer}/item_id", code="unknown_reference")

    def number(name: str, form: _Number, cleared: int) -> int:
        return _number(
            getattr(given, name),
            form,
            kept=getattr(old, name) if old else cleared,
            cleared=cleared,
            pointer=f"{pointer}/{name}",
            faults=faults,
        )

    return LineFacts(
        id=old.id if old else None,
        item_id=item_id,
        description=description or "",
        quantity=number("quantity", _QUANTITY, _ONE),
        unit=_text(given.unit, old.unit if old else None),
        unit_price=number("unit_price", _UNIT_PRICE, 0),
        discount_percent=number("discount_percent", _PERCENT, 0),
        tax_rate_id=_text(given.tax_rate_id, old.tax_rate_id if old else None),
    )


def _line_facts(line: LineRecord) -> LineFacts:
    return LineFacts(
        id=line.id,
        item_id=line.item_id,
        description=line.description,
        quantity=line.quantity,
        unit=line.unit,
        unit_price=line.unit_price,
        discount_percent=line.discount_percent,
        tax_rate_id=line.tax_rate_id,
    )
