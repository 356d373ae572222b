"""One comparison made into a predicate's value, or what is wrong with it, wherever it stands."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from app.kernel.text import words_of
from app.query.faults import shown
from app.query.fields import Field
from app.query.grammar import OPERATORS, Item, Limits, Scalar, Span, Value
from app.query.meant import may_deny
from app.query.terms import Operand
from app.query.values import BooleanType, CodeType, TextType, Unreadable

SLIPS_PER_LIST_MAX: Final = 5

_TEXT: Final = TextType()
# What one value is compared with by, null among them, and several by.
_LISTED: Final = {"eq": "in", "not": "notin"}
# What one value may be compared with instead, to the same end.
_ALIKE: Final = {"in": "eq", "notin": "not", "has": "starts", "eq": "has"}


@dataclass(frozen=True, slots=True)
class Slip:
    """What is wrong with a comparison: with its operator, unless `operand` says which value.

    `operator_cure` and `operand_cure` are what should stand in their places.
    """

    code: str
    detail: str
    operand: Operand | None = None
    suggestions: tuple[str, ...] = ()
    operator_cure: str | None = None
    operand_cure: str | None = None


@dataclass(frozen=True, slots=True)
class Terms:
    """How comparisons are read: where days begin, and how much may be compared with at once."""

    timezone: str
    limits: Limits
    list_values_max: int


def compare(
    field: Field, operator: str, operands: tuple[Operand, ...], *, under: Terms
) -> tuple[Value, tuple[Slip, ...]]:
    """What the field is compared with, as stored; where anything is wrong, every slip instead."""
    if operator not in field.offered:
        return None, (_operator_not_allowed(field, operator, operands),)
    if OPERATORS[operator].takes_list:
        return _list(field, operator, operands, under)
    if len(operands) > 1:
        return None, (not_one(field, operator, operands[0]),)
    try:
        return _item(field, operator, operands[0], under), ()
    except _Wrong as wrong:
        return None, (wrong.slip,)


class _Wrong(Exception):
    def __init__(self, slip: Slip) -> None:
        super().__init__(slip.detail)
        self.slip = slip


def _list(
    field: Field, operator: str, operands: tuple[Operand, ...], under: Terms
) -> tuple[Value, tuple[Slip, ...]]:
    most = under.list_values_max
    if len(operands) > most:
        return None, (_list_too_long(field, operator, operands[most], under),)
    items: list[Item] = []
    slips: list[Slip] = []
    for operand in operands:
        try:
            items.append(_item(field, operator, operand, under))
        except _Wrong as wrong:
            slips.append(wrong.slip)
            if len(slips) == SLIPS_PER_LIST_MAX:
                break
    return tuple(items), tuple(slips)


def _item(field: Field, operator: str, operand: Operand, under: Terms) -> Item:
    if operand.is_null:
        if OPERATORS[operator].takes_null:
            return None
        raise _Wrong(_null_compared(field, operator, operand))
    if not operand.text and not operand.is_quoted and _needs_quotes(field, operator):
        detail = f'{field.name}: nothing stands behind {operator}; write "" for empty text'
        raise _Wrong(Slip("bad_value", detail, operand, operand_cure='""'))
    try:
        if operator == "has":
            return _words(field, operand, under)
        if operator == "starts":
            return _TEXT.read(operand.text, timezone=under.timezone)
        return field.type.read(operand.text, timezone=under.timezone)
    except Unreadable as unreadable:
        expects = _TEXT.expects if operator in ("has", "starts") else field.type.expects
        raise _Wrong(_unreadable(field, operand, expects, unreadable.suggestions)) from None


def _needs_quotes(field: Field, operator: str) -> bool:
    """Whether empty text must be meant: nothing behind eq is empty text, for `number=` is."""
    return isinstance(field.type, TextType) and operator not in ("eq", "has")


def _words(field: Field, operand: Operand, under: Terms) -> Scalar | Span:
    text = _TEXT.read(operand.text, timezone=under.timezone)
    fault = words_fault(text, limits=under.limits)
    if fault is None:
        return text
    raise _Wrong(Slip("bad_value", f"{field.name}: {fault}", operand))


def words_fault(text: str, *, limits: Limits) -> str | None:
    """Why this text cannot be searched for, as a sentence; None where it can."""
    parts, words = text.split(), words_of(text)
    if not words:
        return "a search needs at least one letter or digit"
    if max(len(parts), len(words)) > limits.search_words_max:
        return f"a search has at most {limits.search_words_max} words"
    if max(map(len, parts)) > limits.search_word_characters_max:
        return f"a word of a search has at most {limits.search_word_characters_max} characters"
    return None


def _operator_not_allowed(field: Field, operator: str, operands: tuple[Operand, ...]) -> Slip:
    detail = f"{field.name} is compared with nothing"
    if field.offered:
        detail = f"{field.name} takes {listed(field.offered)}; {operator} is not among them"
    return Slip(
        "operator_not_allowed",
        detail,
        suggestions=field.offered,
        operator_cure=_same(field, operator, operands),
    )


def _same(field: Field, operator: str, operands: tuple[Operand, ...]) -> str | None:
    """An offered operator that means the same as one that is not; None where none does."""
    # What takes one value is no cure for several.
    if len(operands) != 1:
        return None
    meant = _ALIKE.get(operator)
    return meant if meant in field.offered else None


def listed(words: Sequence[str]) -> str:
    """The words as a sentence lists them."""
    return f"{', '.join(words[:-1])} and {words[-1]}" if len(words) > 1 else words[0]


def not_one(field: Field, operator: str, first: Operand) -> Slip:
    """A list behind an operator that takes one value."""
    listed = _LISTED.get(operator)
    better = listed if listed in field.offered else None
    return Slip(
        "bad_value",
        f"{operator} compares {field.name} with one value; a list stands behind in or notin",
        first,
        suggestions=(better,) if better else (),
        operator_cure=better,
    )


def _list_too_long(field: Field, operator: str, first_too_many: Operand, under: Terms) -> Slip:
    most, posted = under.list_values_max, under.limits.posted_list_values_max
    more = f"; the same query sent by POST takes {posted}" if most < posted else ""
    return Slip(
        "list_too_long",
        f"{operator} compares {field.name} with at most {most} values{more}",
        first_too_many,
    )


def _null_compared(field: Field, operator: str, operand: Operand) -> Slip:
    return Slip(
        "bad_value",
        f'null has no order and no text, so {operator} matches nothing; text is written "null"',
        operand,
        suggestions=tuple(f"{word}:null" for word in _LISTED if word in field.offered),
    )


def _unreadable(field: Field, operand: Operand, expects: str, suggestions: tuple[str, ...]) -> Slip:
    is_sure = bool(suggestions) and (
        not isinstance(field.type, CodeType | BooleanType)
        or not may_deny(operand.text, suggestions[0])
    )
    return Slip(
        "bad_value",
        f"{field.name} must be {expects}; '{shown(operand.text)}' is not",
        operand,
        suggestions=suggestions,
        operand_cure=suggestions[0] if is_sure else None,
    )
