"""Money in integer minor units, and the exact arithmetic that documents need."""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from functools import cache

from iso4217 import Currency

_SCALE_MAX = 40  # beyond any amount of money; bounds the work of a stranger's exponent


@cache
def exponent(currency: str) -> int:
    """How many decimals the currency has (ISO 4217): AUD 2, JPY 0, KWD 3.

    Raises ValueError for a code that is no circulating currency.
    """
    digits = Currency(currency).exponent
    if digits is None:
        raise ValueError(f"{currency} has no minor unit")
    return int(digits)


def is_currency(code: str) -> bool:
    """Whether the code is an ISO 4217 currency that has a minor unit."""
    try:
        exponent(code)
    except ValueError:
        return False
    return True


def written(minor: int, *, decimals: int) -> str:
    """Minor units as a decimal string: 132000 with 2 decimals is "1320.00"."""
    if decimals == 0:
        return str(minor)
    sign, magnitude = ("-", -minor) if minor < 0 else ("", minor)
    scale = 10**decimals
    return f"{sign}{magnitude // scale}.{magnitude % scale:0{decimals}d}"


def rounded(amount: Decimal) -> int:
    """To the nearest whole unit, halves away from zero (ROUND_HALF_UP on the magnitude)."""
    return int(amount.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def scaled(amount: Decimal, *, decimals: int) -> int | None:
    """The amount as an integer of so many decimals; None where it has more, or is no number."""
    if not amount.is_finite():
        return None
    sign, digits, power = amount.as_tuple()
    assert isinstance(power, int)
    if abs(power) > _SCALE_MAX:
        return None
    number = int("".join(map(str, digits)))
    shift = power + decimals
    if shift < 0:
        number, rest = divmod(number, 10**-shift)
        if rest:
            return None
    else:
        number *= 10**shift
    return int(-number if sign else number)


def quotient(numerator: int, denominator: int) -> int:
    """To the nearest whole, halves away from zero, exactly however large; denominator above 0."""
    whole, rest = divmod(abs(numerator), denominator)
    if 2 * rest >= denominator:
        whole += 1
    return -whole if numerator < 0 else whole


def apportion(numerators: Sequence[int], *, denominator: int) -> tuple[int, list[int]]:
    """Fractions over one denominator, rounded so that the parts add up to the rounded sum.

    By largest remainder: each part is within one unit of its own fraction; ties go to the
    earlier part. Answers the sum and the parts.
    """
    total = quotient(sum(numerators), denominator)
    parts, rests = [], []
    for numerator in numerators:
        part, rest = divmod(numerator, denominator)
        parts.append(part)
        rests.append(rest)
    order = sorted(range(len(parts)), key=lambda index: (-rests[index], index))
    for index in order[: total - sum(parts)]:
        parts[index] += 1
    return total, parts
