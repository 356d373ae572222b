"""Errors are facts: what happened, of which kind, with which code; never an HTTP status."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

Kind = Literal[
    "malformed",
    "unauthenticated",
    "forbidden",
    "missing",
    "conflict",
    "rule",
    "limited",
    "unavailable",
]
Aftermath = Callable[["Session"], None]


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong with what was sent, where it stands, and what would be right.

    `pointer` is a JSON pointer (RFC 6901) into a body; `parameter` names a query parameter and
    `position` the character in its value, counted from 0.
    """

    code: str
    detail: str
    pointer: str | None = None
    parameter: str | None = None
    position: int | None = None
    field: str | None = None
    suggestions: tuple[str, ...] = ()
    fix: str | None = None


class CountinghouseError(Exception):
    """A refusal with its facts. `number` is the numeric code of the published error table.

    `aftermath`, where given, runs in a transaction of its own once the refused one is rolled
    back: for refusals that must leave a trace, such as a wrong password.
    """

    kind: ClassVar[Kind] = "rule"
    code: ClassVar[str] = "refused"
    number: ClassVar[int] = 30

    def __init__(
        self,
        message: str,
        *,
        faults: tuple[Fault, ...] = (),
        aftermath: Aftermath | None = None,
        **facts: object,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.faults = faults
        self.aftermath = aftermath
        self.facts: Mapping[str, object] = facts


class Malformed(CountinghouseError):
    """The bytes could not be read as what they claim to be."""

    kind, code, number = "malformed", "malformed", 5


class Invalid(CountinghouseError):
    """What was sent can be read, and is wrong; `faults` names every fault."""

    kind, code, number = "rule", "invalid", 3


class Missing(CountinghouseError):
    """The thing named does not exist for this caller."""

    kind, code, number = "missing", "not_found", 2
