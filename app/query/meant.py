"""What was most likely meant by the words and signs that other interfaces use for operators."""

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

from app.query.faults import closest
from app.query.fields import Field
from app.query.values import FieldType, Unreadable

# Each word with those of ours that come nearest, the best first; none where we have nothing like
# it. Closed, for a text may begin with any other word and a colon.
FOREIGN: Final = {
    **dict.fromkeys(("contains", "icontains"), ("has", "starts")),
    **dict.fromkeys(("like", "ilike", "startswith", "istartswith"), ("starts",)),
    **dict.fromkeys(("starts_with", "begins", "beginswith", "begins_with"), ("starts",)),
    **dict.fromkeys(("is", "equals", "equal", "iexact", "exact"), ("eq",)),
    **dict.fromkeys(("isnot", "is_not", "ne", "neq", "noteq", "not_equals"), ("not",)),
    **dict.fromkeys(("ge", "gteq"), ("gte",)),
    **dict.fromkeys(("le", "lteq"), ("lte",)),
    "gtee": ("gte", "gt"),
    "ltee": ("lte", "lt"),
    **dict.fromkeys(("nin", "not_in"), ("notin",)),
    **dict.fromkeys(("between", "range"), ("gte", "lte")),
    **dict.fromkeys(("endswith", "ends_with", "ends", "matches", "match", "regex", "regexp"), ()),
}
BY_SIGN: Final = {
    **dict.fromkeys(("=", "=="), "eq"),
    **dict.fromkeys(("!=", "<>", "!"), "not"),
    "<": "lt",
    **dict.fromkeys(("<=", "=<"), "lte"),
    ">": "gt",
    **dict.fromkeys((">=", "=>"), "gte"),
}
_BOUNDED: Final = frozenset(("between", "range"))
_PATTERNED: Final = frozenset(("like", "ilike"))

_FOREIGN_FIRST: Final = re.compile(r"([A-Za-z_]{2,12}):")
_SIGN_FIRST: Final = re.compile(r"(<=|>=|=<|=>|!=|<>|==|=|<|>|!) *([^ ].*)", re.DOTALL)
_SIGN_IN_NAME: Final = re.compile(r"([^<>=!]+?) *(<>|<|>|!)(.*)", re.DOTALL)
_BOUNDS: Final = re.compile(r"([^,]+?)(?:,| AND | and |\.\.)([^,]+)")
_PATTERN_MARKS: Final = frozenset("%*_")
_GROUPED: Final = re.compile(r"[0-9],[0-9]{3}(?![0-9])")
_ALTERNATIVES: Final = re.compile(r" OR ")
# What cannot stand in a list without quotes.
_MARKS: Final = frozenset('(),"')


class Meant(NamedTuple):
    """The operator that was meant, and what stands behind it."""

    operator: str
    text: str


def nearest(word: str, offered: Sequence[str]) -> tuple[str, ...]:
    """Those of the offered operators that come nearest to a word that is none."""
    if word in BY_SIGN:
        return tuple(known for known in (BY_SIGN[word],) if known in offered)
    if word.lower() not in FOREIGN:
        return closest(word, offered)
    known = tuple(ours for ours in FOREIGN[word.lower()] if ours in offered)
    return known if word.lower() in _BOUNDED or word.lower().endswith("tee") else known[:1]


def meant_by(word: str, text: str, offered: Sequence[str]) -> Meant | None:
    """One of the offered operators and its text in place of these; None where it is not sure."""
    known = nearest(word, offered)
    if not known or word.lower() in _BOUNDED:
        return None
    if word.lower() not in _PATTERNED:
        return Meant(known[0], text)
    plain = text[:-1] if text.endswith(("%", "*")) else ""
    return Meant(known[0], plain) if plain and not _PATTERN_MARKS & set(plain) else None


def foreign_first(text: str) -> tuple[str, str] | None:
    """The foreign operator with which this text begins, and what follows; None where none does."""
    match = _FOREIGN_FIRST.match(text)
    if match is None or match.group(1) not in FOREIGN:
        return None
    return match.group(1), text[match.end() :]


def between(text: str, field: Field, *, timezone: str) -> str | None:
    """The two comparisons that bounds stand for; None where either does not read."""
    match = _BOUNDS.fullmatch(text)
    if match is None or not {"gte", "lte"} <= set(field.offered):
        return None
    low, high = (bound.strip(" ") for bound in match.groups())
    if not all(reads(field.type, bound, timezone=timezone) for bound in (low, high)):
        return None
    return f"gte:{low} AND lte:{high}"


def signed(text: str, field: Field, *, timezone: str) -> str | None:
    """`>100` as `gt:100`; None where no sign stands first or what follows does not read."""
    match = _SIGN_FIRST.fullmatch(text)
    if match is None or BY_SIGN[match.group(1)] not in field.offered:
        return None
    if not reads(field.type, match.group(2), timezone=timezone):
        return None
    return f"{BY_SIGN[match.group(1)]}:{match.group(2)}"


def signed_name(name: str, value: str) -> tuple[str, Meant] | None:
    """`total>100` and `total>=100`, which arrive as names of parameters, as they were meant."""
    match = _SIGN_IN_NAME.fullmatch(name)
    if match is None:
        return None
    field, sign, behind = match.groups()
    if behind and not value and sign != "!":
        return field, Meant(BY_SIGN[sign], behind)
    if behind or not value:
        return None
    return field, Meant(BY_SIGN[sign if sign == "<>" else f"{sign}="], value)


def alternatives(text: str, field: Field, *, timezone: str) -> str | None:
    """`draft OR open` as `in:draft,open`; None where it is not several values that read."""
    parts = _ALTERNATIVES.split(text)
    if len(parts) < 2 or "in" not in field.offered or _MARKS & set(text):
        return None
    if not all(reads(field.type, part, timezone=timezone) for part in parts):
        return None
    return f"in:{','.join(parts)}"


def is_grouped(text: str) -> bool:
    """Whether a comma in this number may part its thousands."""
    return bool(_GROUPED.search(text))


def may_deny(text: str, suggestion: str) -> bool:
    """Whether text so near a suggestion may mean its opposite, as unpaid, !paid and -paid do."""
    written, known = text.lower(), suggestion.lower()
    if written == known:
        return False
    return written.endswith(known) or known.endswith(written) or not written[:1].isalnum()


def reads(kind: FieldType, text: str, *, timezone: str) -> bool:
    """Whether an operand is of a type."""
    try:
        kind.read(text, timezone=timezone)
    except Unreadable:
        return False
    return True
