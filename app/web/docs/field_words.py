"""What a field holds, and who writes it, in words for whoever reads the reference."""

from collections.abc import Callable
from typing import Any, Final

from app.api.resources.kinds import (
    Code,
    Day,
    Flag,
    Id,
    Instant,
    Kind,
    Money,
    Reference,
    Scaled,
    Text,
    Whole,
)
from app.kernel.ids import ULID_LENGTH

ACCESS: Final = {
    "computed": "read only",
    "editable": "read and write",
    "names": "names an entry of the list when it is sent",
    "placed": "follows from the order of the list",
}


def _code(kind: Code) -> str:
    return "one of " + ", ".join(f"`{value}`" for value in kind.values)


def _text(kind: Text) -> str:
    lines = ", of several lines" if kind.is_multiline else ""
    return f"text, up to {kind.characters_max:,} characters{lines}"


def _scaled(kind: Scaled) -> str:
    return f"decimal as text, with up to {kind.decimals} decimals"


WORDS: Final[dict[type[Kind], Callable[[Any], str]]] = {
    Code: _code,
    Text: _text,
    Scaled: _scaled,
    Id: lambda kind: f"id: `{kind.prefix}_` and {ULID_LENGTH} characters",
    Whole: lambda kind: "whole number",
    Flag: lambda kind: "true or false",
    Day: lambda kind: "calendar day, `YYYY-MM-DD`",
    Instant: lambda kind: "moment, RFC 3339 in UTC",
    Money: lambda kind: "amount as decimal text, in the currency of the record",
    Reference: lambda kind: "what the id refers to, as `{id, name}`",
}


def in_words(kind: Kind) -> str:
    """What a kind holds; a kind of kinds is told as its nearest ancestor."""
    for ancestor in type(kind).__mro__:
        if ancestor in WORDS:
            return WORDS[ancestor](kind)
    return kind.title
