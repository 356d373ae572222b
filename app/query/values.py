"""The types a field can have: how an operand is written on the wire, and what is stored for it."""

import re
from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from decimal import Decimal
from typing import Any, ClassVar, Final
from zoneinfo import ZoneInfo

from sqlalchemy import BigInteger, String
from sqlalchemy.types import TypeEngine

from app.kernel.ids import ULID_LENGTH, is_id
from app.query.faults import closest
from app.query.grammar import Scalar, Span

NAMED: Final = ("eq", "not", "in", "notin")
ORDERED: Final = ("eq", "not", "lt", "lte", "gt", "gte", "in", "notin")
TEXTUAL: Final = (*ORDERED, "starts")
CLAIMED: Final = ("eq", "not")
TEXT_CHARACTERS_MAX: Final = 500
WHOLE_DIGITS_MAX: Final = 15
SCALE_MAX: Final = 6

_INTEGER_MAX = 2**63 - 1
_INTEGER_MIN = -(2**63)
_INTEGER = re.compile(r"-?[0-9]{1,18}")
_DECIMAL = re.compile(r"(-?)([0-9]{1,15})(?:\.([0-9]{1,6}))?")
# Thousands parted by commas; the decimals tell them from a list.
_GROUPED = re.compile(r"-?[0-9]{1,3}(?:,[0-9]{3})+\.[0-9]+")
_SLASHED = re.compile(r"([0-9]{4})/([0-9]{1,2})/([0-9]{1,2})")
_SPACED_INSTANT = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2}) ([0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,9})?)"
    r"(Z|[-+][0-9]{2}:[0-9]{2})?"
)
_PERIOD = re.compile(r"([0-9]{4})(?:-(?:([0-9]{2})(?:-([0-9]{2}))?|Q([1-4])))?")
# RFC 3339 §5.6. A plus sign that was not percent-encoded arrives as a space.
_INSTANT = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[Tt]([0-9]{2}:[0-9]{2}:[0-9]{2})(?:\.([0-9]{1,9}))?"
    r"(?:([Zz])|([-+ ])([0-9]{2}:[0-9]{2}))"
)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_MILLISECOND_US = 1_000
# Moments of the first and last day of the calendar are written where it is still that day.
_FARTHEST_EAST = timezone(timedelta(hours=23, minutes=59))
_FARTHEST_WEST = timezone(-timedelta(hours=23, minutes=59))
_LONGEST_PERIOD = len("2026-03-31")
# Sorts behind every stored day, and stands for the day after 9999-12-31, which Python lacks.
_AFTER_THE_LAST_DAY = "9999-12-32"
_AFTER_THE_LAST_INSTANT_US = 253_402_300_800_000_000


class Unreadable(ValueError):
    """The operand is not of the field's type; `suggestions` are values that would be."""

    def __init__(self, suggestions: tuple[str, ...] = ()) -> None:
        super().__init__("unreadable operand")
        self.suggestions = suggestions


class FieldType(ABC):
    """One type: its name, the operators it can offer, and how its values are bound."""

    name: ClassVar[str]
    operators: ClassVar[tuple[str, ...]]
    storage: ClassVar[TypeEngine[Any]]

    @property
    @abstractmethod
    def expects(self) -> str:
        """What an operand must be, as the rest of the sentence "… is not"."""

    @abstractmethod
    def read(self, text: str, *, timezone: str) -> Scalar | Span:
        """The stored form of an operand. Raises Unreadable."""

    def write(self, stored: Scalar | Span, *, timezone: str) -> str | None:
        """An operand that reads as this; None for a span that no single operand stands for."""
        for text in self.spellings(stored, timezone=timezone):
            try:
                if self.read(text, timezone=timezone) == stored:
                    return text
            except Unreadable:
                continue
        return None

    def spellings(self, stored: Scalar | Span, *, timezone: str) -> Iterator[str]:
        """Operands that may read as this, the plainest first."""
        if not isinstance(stored, Span):
            yield str(stored)


@dataclass(frozen=True, slots=True)
class TextType(FieldType):
    """Any text, compared byte by byte in UTF-8."""

    name = "text"
    operators = TEXTUAL
    storage = String()

    @property
    def expects(self) -> str:
        return f"text of at most {TEXT_CHARACTERS_MAX} characters without control code 0"

    def read(self, text: str, *, timezone: str) -> str:
        if len(text) > TEXT_CHARACTERS_MAX or "\0" in text:
            raise Unreadable
        try:
            text.encode()
        except UnicodeEncodeError:
            raise Unreadable from None
        return text


@dataclass(frozen=True, slots=True)
class CodeType(FieldType):
    """One word of a closed set."""

    values: tuple[str, ...]

    name = "code"
    operators = NAMED
    storage = String()

    @property
    def expects(self) -> str:
        return f"one of {', '.join(self.values)}"

    def read(self, text: str, *, timezone: str) -> str:
        if text not in self.values:
            same = tuple(value for value in self.values if value.lower() == text.lower())
            raise Unreadable(same or closest(text, self.values))
        return text


@dataclass(frozen=True, slots=True)
class IdType(FieldType):
    """An id with its prefix, such as `inv_` and 26 characters."""

    prefix: str

    name = "id"
    operators = ORDERED
    storage = String()

    @property
    def expects(self) -> str:
        return f"an id of the form {self.prefix}_ and {ULID_LENGTH} characters"

    def read(self, text: str, *, timezone: str) -> str:
        if not is_id(text, prefix=self.prefix):
            raise Unreadable
        return text


@dataclass(frozen=True, slots=True)
class IntegerType(FieldType):
    """A whole number of at most 18 digits."""

    name = "integer"
    operators = ORDERED
    storage = BigInteger()

    @property
    def expects(self) -> str:
        return "a whole number of at most 18 digits"

    def read(self, text: str, *, timezone: str) -> int:
        if not _INTEGER.fullmatch(text):
            raise Unreadable
        return int(text)


@dataclass(frozen=True, slots=True)
class DecimalType(FieldType):
    """A decimal stored as an integer of `scale` decimals, and compared exactly."""

    scale: int

    name = "decimal"
    operators = ORDERED
    storage = BigInteger()

    def __post_init__(self) -> None:
        if not 0 <= self.scale <= SCALE_MAX:
            raise ValueError(f"a scale is 0 to {SCALE_MAX}, not {self.scale}")

    @property
    def expects(self) -> str:
        return "a decimal such as 1320.00: at most 15 digits before the point and 6 after it"

    def read(self, text: str, *, timezone: str) -> int | Span:
        match = _DECIMAL.fullmatch(text)
        if match is None:
            plain = text.replace(",", "")
            is_grouped = _GROUPED.fullmatch(text) and _DECIMAL.fullmatch(plain)
            raise Unreadable((plain,) if is_grouped else ())
        sign, whole, decimals = match.groups("")
        digits = int(whole + decimals.ljust(SCALE_MAX, "0"))
        stored, rest = divmod(-digits if sign else digits, 10 ** (SCALE_MAX - self.scale))
        if stored > _INTEGER_MAX:
            return Span(_INTEGER_MAX, _INTEGER_MAX)
        if stored < _INTEGER_MIN:
            return Span(_INTEGER_MIN, _INTEGER_MIN)
        return Span(stored + 1, stored + 1) if rest else stored

    def spellings(self, stored: Scalar | Span, *, timezone: str) -> Iterator[str]:
        if not isinstance(stored, Span):
            text = f"{Decimal(stored).scaleb(-self.scale):f}"
            yield text.rstrip("0").rstrip(".") if self.scale else text
            return
        # The empty span below the next storable value: half a unit less is written finer.
        between = Decimal(2 * int(stored.high) - 1) * 5
        yield f"{between.scaleb(-self.scale - 1):f}"
        yield "9" * WHOLE_DIGITS_MAX
        yield f"-{'9' * WHOLE_DIGITS_MAX}"


@dataclass(frozen=True, slots=True)
class DateType(FieldType):
    """A day, stored as its ISO 8601 text; a period stands for all its days."""

    name = "date"
    operators = ORDERED
    storage = String()

    @property
    def expects(self) -> str:
        return "a date such as 2026-03-31 or a period such as 2026, 2026-03 or 2026-Q1"

    def read(self, text: str, *, timezone: str) -> str | Span:
        first, after = _days(text)
        if len(text) == _LONGEST_PERIOD:
            return text
        return Span(first.isoformat(), after.isoformat() if after else _AFTER_THE_LAST_DAY)

    def spellings(self, stored: Scalar | Span, *, timezone: str) -> Iterator[str]:
        yield from _periods(str(stored.low if isinstance(stored, Span) else stored))


@dataclass(frozen=True, slots=True)
class InstantType(FieldType):
    """A moment, stored in microseconds since 1970-01-01T00:00:00Z.

    Answers show milliseconds, so an operand of at most three decimals stands for that whole
    millisecond: what was shown equals itself, and `gt:` what was shown excludes it. A plain
    date or period stands for its days in the organisation's own timezone.
    """

    name = "instant"
    operators = ORDERED
    storage = BigInteger()

    @property
    def expects(self) -> str:
        return (
            "an RFC 3339 date-time with its offset such as 2026-03-31T09:00:00Z,"
            " a date such as 2026-03-31 or a period such as 2026, 2026-03 or 2026-Q1"
        )

    def read(self, text: str, *, timezone: str) -> int | Span:
        if len(text) <= _LONGEST_PERIOD:
            first, after = _days(text)
            zone = ZoneInfo(timezone)
            return Span(
                _midnight_us(first, zone),
                _midnight_us(after, zone) if after else _AFTER_THE_LAST_INSTANT_US,
            )
        match = _INSTANT.fullmatch(text)
        if match is None:
            spaced = _SPACED_INSTANT.fullmatch(text)
            raise Unreadable(
                (f"{spaced.group(1)}T{spaced.group(2)}{spaced.group(3) or 'Z'}",) if spaced else ()
            )
        day, time, decimals, zulu, sign, offset = match.groups("")
        zone_text = "+00:00" if zulu else f"{sign.replace(' ', '+')}{offset}"
        try:
            second = datetime.fromisoformat(f"{day}T{time}{zone_text}")
        except ValueError:
            raise Unreadable from None
        instant_us = _since_epoch_us(second) + int(decimals[:6].ljust(6, "0"))
        if len(decimals) <= 3:
            return Span(instant_us, instant_us + _MILLISECOND_US)
        return instant_us

    def spellings(self, stored: Scalar | Span, *, timezone: str) -> Iterator[str]:
        low_us = int(stored.low if isinstance(stored, Span) else stored)
        if isinstance(stored, Span):
            yield from _periods(_shown(low_us, ZoneInfo(timezone))[:_LONGEST_PERIOD])
        for zone in (UTC, _FARTHEST_EAST, _FARTHEST_WEST):
            text = _shown(low_us, zone)
            if isinstance(stored, Span):
                yield text.replace(f".{low_us % 1_000_000:06d}", f".{low_us // 1_000 % 1_000:03d}")
            yield text


@dataclass(frozen=True, slots=True)
class BooleanType(FieldType):
    """true or false, stored as 1 or 0."""

    name = "boolean"
    operators = CLAIMED
    storage = BigInteger()

    @property
    def expects(self) -> str:
        return "true or false"

    def read(self, text: str, *, timezone: str) -> int:
        if text not in ("true", "false"):
            raise Unreadable(closest(text, ("true", "false")))
        return int(text == "true")

    def spellings(self, stored: Scalar | Span, *, timezone: str) -> Iterator[str]:
        yield "true" if stored == 1 else "false"


def _days(text: str) -> tuple[date, date | None]:
    """The first day of a date or period and the day after its last; None beyond 9999-12-31."""
    match = _PERIOD.fullmatch(text)
    if match is None:
        slashed = _SLASHED.fullmatch(text)
        raise Unreadable(("{}-{:0>2}-{:0>2}".format(*slashed.groups()),) if slashed else ())
    year_text, month_text, day_text, quarter = match.groups()
    year, months = int(year_text), 12
    month = 1
    if month_text:
        month, months = int(month_text), 1
    elif quarter:
        month, months = 3 * int(quarter) - 2, 3
    try:
        first = date(year, month, int(day_text or 1))
        if day_text:
            return first, None if first == date.max else first + timedelta(days=1)
    except ValueError:
        raise Unreadable from None
    year, month = (year, month + months) if month + months <= 12 else (year + 1, 1)
    return first, None if year > date.max.year else date(year, month, 1)


def _periods(day: str) -> Iterator[str]:
    """The day itself and the periods that begin with it or hold it, the shortest first."""
    yield day
    month = day[5:7]
    yield day[:7]
    if month.isdecimal():
        yield f"{day[:4]}-Q{(int(month) + 2) // 3}"
    yield day[:4]


def _shown(instant_us: int, zone: tzinfo) -> str:
    """The moment in RFC 3339 with microseconds, as a clock there shows it; "" beyond calendars."""
    since_epoch = timedelta(microseconds=instant_us)
    try:
        moment = (_EPOCH + since_epoch).astimezone(zone)
    except OverflowError:
        # Not in the calendar of UTC; it may still be in that of a zone further on.
        first, last = datetime.min.replace(tzinfo=zone), datetime.max.replace(tzinfo=zone)
        offset = (first if instant_us < 0 else last).utcoffset() or timedelta()
        try:
            moment = _EPOCH.replace(tzinfo=zone) + (since_epoch + offset)
        except OverflowError:
            return ""
    text = moment.isoformat(timespec="microseconds")
    return f"{text[:-6]}Z" if zone is UTC else text


def _midnight_us(day: date, zone: ZoneInfo) -> int:
    """When the day begins there: its first midnight, or the jump over a midnight that is not."""
    return _since_epoch_us(datetime(day.year, day.month, day.day, tzinfo=zone))


def _since_epoch_us(moment: datetime) -> int:
    return (moment - _EPOCH) // _MICROSECOND
