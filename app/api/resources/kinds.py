"""The kinds of value a field may hold: how each is written, read, compared and filtered by."""

import re
from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, ClassVar, Final, Literal

from msgspec import Meta, Struct

from app.api.resources.decimals import SENT_DECIMAL, SHOWN_DECIMAL, read_decimal, same_decimal
from app.api.resources.misread import Misread
from app.kernel.clock import rfc3339
from app.kernel.ids import ULID_LENGTH, is_id
from app.kernel.money import exponent, written
from app.query.faults import closest, shown
from app.query.values import (
    BooleanType,
    CodeType,
    DateType,
    DecimalType,
    FieldType,
    IdType,
    InstantType,
    IntegerType,
    TextType,
)

TEXT_CHARACTERS_MAX: Final = 250
COMPARED_DECIMALS: Final = 4

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_INTEGER_MAX = 2**63 - 1
# Control characters as they stand inside a pattern's brackets: all, and all but tab and line ends.
_CONTROLS = r"\x00-\x1f\x7f"
_CONTROLS_IN_LINES = r"\x00-\x08\x0b\x0c\x0e-\x1f\x7f"
_EXAMPLE_ULID = "01JD0000000000000000000000"


class Named(Struct):
    """What an id refers to, by its name."""

    id: str
    name: str


class Kind(ABC):
    """What one field holds."""

    title: ClassVar[str]

    @property
    @abstractmethod
    def shown_type(self) -> Any:
        """The JSON value of what is shown, as msgspec describes it."""

    @property
    def sent_type(self) -> Any:
        """The JSON value of what may be sent, as msgspec describes and reads it."""
        return self.shown_type

    def write(self, value: Any, within: Any) -> object:
        """The JSON value of what is stored; `within` is the whole record it belongs to."""
        return value

    @abstractmethod
    def read(self, value: object) -> Any:
        """What was sent, as acts take it. Raises Misread; null never comes here."""

    def same(self, sent: object, current: object) -> bool:
        """Whether a value that was sent says the same as the one that is shown."""
        return type(sent) is type(current) and sent == current

    @property
    def query_type(self) -> FieldType:
        """How a query compares with it. Raises TypeError where no query may."""
        raise TypeError(f"no query compares with a {type(self).__name__}")


@dataclass(frozen=True, slots=True)
class Text(Kind):
    """Text of one line, or of several."""

    characters_max: int = TEXT_CHARACTERS_MAX
    is_multiline: bool = False

    title = "text"

    @property
    def shown_type(self) -> Any:
        return str

    @property
    def sent_type(self) -> Any:
        pattern = rf"^[^{_CONTROLS_IN_LINES if self.is_multiline else _CONTROLS}]*\Z"
        return Annotated[str, Meta(max_length=self.characters_max, pattern=pattern)]

    def read(self, value: object) -> str:
        if not isinstance(value, str):
            raise Misread("This must be text.", code="bad_type")
        if len(value) > self.characters_max:
            raise Misread(f"This may have {self.characters_max} characters at most.")
        allowed = "\n\r\t" if self.is_multiline else ""
        if not value.isprintable() and any(
            (character < " " or character == "\x7f") and character not in allowed
            for character in value
        ):
            raise Misread("This must not contain control characters.")
        return value

    @property
    def query_type(self) -> FieldType:
        return TextType()


@dataclass(frozen=True, slots=True)
class Code(Kind):
    """One word of a closed set."""

    values: tuple[str, ...]

    title = "code"

    @property
    def shown_type(self) -> Any:
        return Literal[self.values]

    def read(self, value: object) -> str:
        if not isinstance(value, str):
            raise Misread("This must be text.", code="bad_type")
        if value not in self.values:
            detail = f"This must be one of {', '.join(self.values)}; '{shown(value)}' is not."
            raise Misread(detail, near=closest(value, self.values))
        return value

    @property
    def query_type(self) -> FieldType:
        return CodeType(self.values)


@dataclass(frozen=True, slots=True)
class Id(Kind):
    """An id with its prefix."""

    prefix: str

    title = "id"

    @property
    def shown_type(self) -> Any:
        return Annotated[str, Meta(pattern=rf"^{self._pattern}\Z", examples=[self._example])]

    @property
    def sent_type(self) -> Any:
        pattern = rf"^(?:{self._pattern})?\Z"
        return Annotated[str, Meta(pattern=pattern, examples=[self._example])]

    @property
    def _pattern(self) -> str:
        return rf"{self.prefix}_[0-9A-HJKMNP-TV-Z]{{{ULID_LENGTH}}}"

    @property
    def _example(self) -> str:
        return f"{self.prefix}_{_EXAMPLE_ULID}"

    def read(self, value: object) -> str:
        if not isinstance(value, str):
            raise Misread("This must be text.", code="bad_type")
        if value and not is_id(value, prefix=self.prefix):
            raise Misread(f"This must be {self.prefix}_ and {ULID_LENGTH} characters.")
        return value

    @property
    def query_type(self) -> FieldType:
        return IdType(self.prefix)


@dataclass(frozen=True, slots=True)
class Whole(Kind):
    """A whole number."""

    title = "integer"

    @property
    def shown_type(self) -> Any:
        return Annotated[int, Meta(extra_json_schema={"format": "int64"})]

    @property
    def sent_type(self) -> Any:
        bounds = Meta(ge=-_INTEGER_MAX, le=_INTEGER_MAX, extra_json_schema={"format": "int64"})
        return Annotated[int, bounds]

    def read(self, value: object) -> int:
        if isinstance(value, Decimal) and abs(value) <= _INTEGER_MAX and value == int(value):
            # JSON knows no whole numbers apart: 1.0 is one (JSON Schema 2020-12, 4.2.2).
            return int(value)
        if isinstance(value, bool) or not isinstance(value, int):
            raise Misread("This must be a whole number.", code="bad_type")
        if abs(value) > _INTEGER_MAX:
            raise Misread("This number is too large.")
        return value

    @property
    def query_type(self) -> FieldType:
        return IntegerType()


@dataclass(frozen=True, slots=True)
class Flag(Kind):
    """True or false, stored as 1 or 0."""

    title = "boolean"

    @property
    def shown_type(self) -> Any:
        return bool

    def write(self, value: Any, within: Any) -> object:
        return bool(value)

    def read(self, value: object) -> bool:
        if not isinstance(value, bool):
            raise Misread("This must be true or false.", code="bad_type")
        return value

    @property
    def query_type(self) -> FieldType:
        return BooleanType()


@dataclass(frozen=True, slots=True)
class Day(Kind):
    """A calendar day, YYYY-MM-DD."""

    title = "date"

    @property
    def shown_type(self) -> Any:
        return Annotated[date, Meta(examples=["2026-03-31"])]

    def read(self, value: object) -> date:
        if not isinstance(value, str):
            raise Misread("This must be a date, as text.", code="bad_type")
        if _DAY.fullmatch(value):
            try:
                return date.fromisoformat(value)
            except ValueError:
                pass
        raise Misread("This must be a date such as 2026-03-31.")

    @property
    def query_type(self) -> FieldType:
        return DateType()


@dataclass(frozen=True, slots=True)
class Instant(Kind):
    """A moment, stored in microseconds and written as RFC 3339 in UTC."""

    title = "date-time"

    @property
    def shown_type(self) -> Any:
        return Annotated[datetime, Meta(tz=True, examples=["2026-03-31T09:00:00.000Z"])]

    def write(self, value: Any, within: Any) -> object:
        return None if value is None else rfc3339(value)

    def read(self, value: object) -> datetime:
        try:
            moment = datetime.fromisoformat(value) if isinstance(value, str) else None
        except ValueError:
            moment = None
        if moment is None or moment.tzinfo is None:
            raise Misread("This must be a moment such as 2026-03-31T09:00:00Z.")
        return moment

    def same(self, sent: object, current: object) -> bool:
        try:
            return self.read(sent) == self.read(current)
        except Misread:
            return sent == current

    @property
    def query_type(self) -> FieldType:
        return InstantType()


@dataclass(frozen=True, slots=True)
class Scaled(Kind):
    """A decimal stored as a whole number of so many decimals; written as short as it is.

    `shown` decimals are written in any case.
    """

    decimals: int
    shown: int = 0

    title = "decimal"

    @property
    def shown_type(self) -> Any:
        return SHOWN_DECIMAL

    @property
    def sent_type(self) -> Any:
        return SENT_DECIMAL

    def write(self, value: Any, within: Any) -> object:
        text = written(value, decimals=self.decimals)
        whole, _, rest = text.partition(".")
        rest = rest.rstrip("0").ljust(self.shown, "0")
        return f"{whole}.{rest}" if rest else whole

    def read(self, value: object) -> Decimal:
        return read_decimal(value)

    def same(self, sent: object, current: object) -> bool:
        return same_decimal(sent, current)

    @property
    def query_type(self) -> FieldType:
        return DecimalType(self.decimals)


@dataclass(frozen=True, slots=True)
class Money(Kind):
    """An amount in minor units of the record's `currency`, written with all its decimals.

    Compared by a column that holds it with four decimals, whatever the currency.
    """

    title = "money"

    @property
    def shown_type(self) -> Any:
        return SHOWN_DECIMAL

    @property
    def sent_type(self) -> Any:
        return SENT_DECIMAL

    def write(self, value: Any, within: Any) -> object:
        return written(value, decimals=exponent(within.currency))

    def read(self, value: object) -> Decimal:
        return read_decimal(value)

    def same(self, sent: object, current: object) -> bool:
        return same_decimal(sent, current)

    @property
    def query_type(self) -> FieldType:
        return DecimalType(COMPARED_DECIMALS)


@dataclass(frozen=True, slots=True)
class Reference(Kind):
    """What an id refers to, shown as `{id, name}`; never written to."""

    title = "reference"

    @property
    def shown_type(self) -> Any:
        return Named

    def read(self, value: object) -> object:
        raise Misread("This is read only.")
