"""Decimals as they are sent and shown: exact, plain, and never a binary fraction."""

import re
from decimal import Decimal
from typing import Annotated, Final

from msgspec import Meta

from app.api.resources.misread import Misread

_DECIMAL: Final = re.compile(r"-?[0-9]{1,15}(?:\.[0-9]{1,6})?")
_INTEGER_MAX: Final = 2**63 - 1


class Exact(Decimal):
    """A decimal as it is sent: plain text or a plain number, never a binary fraction."""


SHOWN_DECIMAL: Final = Annotated[
    str,
    Meta(
        pattern=r"^-?[0-9]+(?:\.[0-9]+)?\Z",
        examples=["12.50"],
        extra_json_schema={"format": "decimal"},
    ),
]
SENT_DECIMAL: Final = Annotated[Exact, Meta(examples=["12.50"])]


def read_decimal(value: object) -> Decimal:
    """A decimal from text or from a JSON number, exactly; no exponent, no binary fraction.

    Raises Misread.
    """
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        raise Misread("This must be a decimal, as text or as a number.", code="bad_type")
    text = str(value) if not isinstance(value, int) or abs(value) <= _INTEGER_MAX else ""
    if not _DECIMAL.fullmatch(text):
        raise Misread(
            "This must be a decimal such as 1320.00: at most 15 digits before the point and 6"
            " after it."
        )
    return Decimal(text)


def same_decimal(sent: object, current: object) -> bool:
    """Whether two decimals say the same, however they are written; null is only null."""
    if sent is None or current is None:
        return sent is current
    try:
        return read_decimal(sent) == read_decimal(current)
    except Misread:
        return False
