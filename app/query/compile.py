"""A condition turned into SQL: by shape, so that one statement serves every value."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from sqlalchemy import BindParameter, ColumnElement, and_, bindparam, or_, true

from app.query.fields import Field, QueryFields
from app.query.grammar import And, Condition, Not, Predicate, Scalar, Span

# ("predicate", field, operator, kind), or ("and" | "or" | "not", then the shapes within).
Shape = tuple[Any, ...]
Values = list[Scalar]
Column = ColumnElement[Any]
Claim = ColumnElement[bool]

POINT: Final = "point"
SPAN: Final = "span"
NULL: Final = "null"

_WIDTH: Final = {POINT: 1, SPAN: 2, NULL: 0}

# What each operator means for each kind of operand. A span is half-open, so its lower end
# answers lt and gte, and its upper end lte and gt. `not` is the complement of `eq`, nulls
# included; no comparison matches null.
_MEANINGS: Final[Mapping[tuple[str, str], Callable[..., Claim]]] = {
    ("eq", POINT): lambda column, value: column == value,
    ("eq", SPAN): lambda column, low, high: and_(column >= low, column < high),
    ("eq", NULL): lambda column: column.is_(None),
    ("not", POINT): lambda column, value: column.is_distinct_from(value),
    ("not", SPAN): lambda column, low, high: or_(column.is_(None), column < low, column >= high),
    ("not", NULL): lambda column: column.is_not(None),
    ("lt", POINT): lambda column, value: column < value,
    ("lt", SPAN): lambda column, low, high: column < low,
    ("lte", POINT): lambda column, value: column <= value,
    ("lte", SPAN): lambda column, low, high: column < high,
    ("gt", POINT): lambda column, value: column > value,
    ("gt", SPAN): lambda column, low, high: column >= high,
    ("gte", POINT): lambda column, value: column >= value,
    ("gte", SPAN): lambda column, low, high: column >= low,
}


def shape_of(condition: Condition) -> tuple[Shape, Values]:
    """What a condition looks like without its values, and the values in the shape's own order.

    Terms that were written in another order have the same shape and values.
    """
    if isinstance(condition, Predicate):
        kind, values = _kind(condition)
        return ("predicate", condition.field, condition.operator, kind), values
    if isinstance(condition, Not):
        shape, values = shape_of(condition.term)
        return ("not", shape), values
    word = "and" if isinstance(condition, And) else "or"
    parts = sorted(shape_of(term) for term in condition.terms)
    return (word, *(shape for shape, _ in parts)), [value for _, part in parts for value in part]


def value_name(index: int) -> str:
    """The name under which the value at this place of `shape_of` is bound."""
    return f"value_{index}"


def criterion(shape: Shape, fields: QueryFields) -> Claim:
    """The WHERE clause of a shape, with `value_0`, `value_1` … as its bind parameters."""
    claim, _ = _claim(shape, fields, 0)
    return claim


def _kind(predicate: Predicate) -> tuple[str, Values]:
    value = predicate.value
    if value is None:
        return NULL, []
    if isinstance(value, Span):
        return SPAN, [value.low, value.high]
    return POINT, [value]


def _claim(shape: Shape, fields: QueryFields, bound: int) -> tuple[Claim, int]:
    """The claim, and how many values are bound after it."""
    word = shape[0]
    if word == "predicate":
        _, name, operator, kind = shape
        binds = _binds(fields.by_name[name], bound, _WIDTH[kind])
        return _MEANINGS[operator, kind](fields.by_name[name].expression, *binds), bound + len(
            binds
        )
    claims = []
    for part in shape[1:]:
        claim, bound = _claim(part, fields, bound)
        claims.append(claim)
    if word == "not":
        # A comparison with null is neither true nor false; the complement includes it.
        return claims[0].is_not(true()), bound
    return (and_(*claims) if word == "and" else or_(*claims)), bound


def _binds(field: Field, bound: int, width: int) -> tuple[BindParameter[Any], ...]:
    # The type of the field and not of its column: an operand may be wider than an INTEGER
    # column, which PostgreSQL would refuse to cast instead of finding nothing.
    return tuple(
        bindparam(value_name(index), type_=field.type.storage)
        for index in range(bound, bound + width)
    )
