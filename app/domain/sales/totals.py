"""Totals of a document from its lines: pure arithmetic on whole numbers, exact to the cent.

Tax is rounded once per tax rate and document (EN 16931, BR-CO-17), then shared out to the lines
by largest remainder, so that the lines always add up to the totals. The side that prices were
given on, with or without tax, is never worked out backwards from the other.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from app.kernel.money import apportion, quotient

QUANTITY_DECIMALS: Final = 6
UNIT_PRICE_DECIMALS: Final = 4
PERCENT_DECIMALS: Final = 3

WHOLE_PERCENT: Final = 100 * 10**PERCENT_DECIMALS
_LINE_SCALE = 10 ** (QUANTITY_DECIMALS + UNIT_PRICE_DECIMALS) * WHOLE_PERCENT


@dataclass(frozen=True, slots=True, kw_only=True)
class Priced:
    """What counts of a line: `quantity` with 6 decimals, `unit_price` with 4, percents with 3.

    `tax` names the tax rate; lines that name the same are taxed together. None is untaxed.
    """

    quantity: int
    unit_price: int
    discount_percent: int = 0
    tax: str | None = None
    tax_percent: int = 0


@dataclass(frozen=True, slots=True)
class Amounts:
    """Minor units of the document's currency; `total` is always `subtotal + tax`."""

    subtotal: int
    tax: int
    total: int


@dataclass(frozen=True, slots=True)
class Totals:
    """The document's amounts, and those of each line: the lines add up to the document."""

    document: Amounts
    lines: tuple[Amounts, ...]


def totals(
    lines: Sequence[Priced],
    *,
    decimals: int,
    prices_include_tax: bool,
    discount_percent: int = 0,
) -> Totals:
    """Work out a document in a currency of so many decimals.

    A line's amount is rounded after its own discount; the document's discount is taken off all
    lines together and shared out to them.
    """
    kept = WHOLE_PERCENT - discount_percent
    given = [_amount(line, decimals) for line in lines]
    _, amounts = apportion([amount * kept for amount in given], denominator=WHOLE_PERCENT)
    taxes = _taxes(lines, amounts, prices_include_tax=prices_include_tax)
    if prices_include_tax:
        worked = [
            Amounts(amount - tax, tax, amount) for amount, tax in zip(amounts, taxes, strict=True)
        ]
    else:
        worked = [
            Amounts(amount, tax, amount + tax) for amount, tax in zip(amounts, taxes, strict=True)
        ]
    document = Amounts(
        sum(line.subtotal for line in worked),
        sum(line.tax for line in worked),
        sum(line.total for line in worked),
    )
    return Totals(document, tuple(worked))


def _amount(line: Priced, decimals: int) -> int:
    kept = WHOLE_PERCENT - line.discount_percent
    return quotient(line.quantity * line.unit_price * kept * 10**decimals, _LINE_SCALE)


def _taxes(
    lines: Sequence[Priced], amounts: Sequence[int], *, prices_include_tax: bool
) -> list[int]:
    groups: dict[tuple[str, int], list[int]] = {}
    for index, line in enumerate(lines):
        if line.tax is not None:
            groups.setdefault((line.tax, line.tax_percent), []).append(index)
    taxes = [0] * len(lines)
    for (_, percent), indices in groups.items():
        denominator = WHOLE_PERCENT + percent if prices_include_tax else WHOLE_PERCENT
        numerators = [amounts[index] * percent for index in indices]
        _, parts = apportion(numerators, denominator=denominator)
        for index, part in zip(indices, parts, strict=True):
            taxes[index] = part
    return taxes
