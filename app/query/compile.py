"""A condition turned into SQL: by shape, so that one statement serves every value."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from sqlalchemy import BindParameter, ColumnElement, String, and_, bindparam, false, or_, true

from app.query.fields import Field, QueryFields, element_of
from app.query.grammar import And, Condition, Not, Predicate
from app.query.listed import Inside, ListOf, OneOf
from app.query.operands import ANY, MANY, NULL, POINT, SPAN, WORDS, Kind, Operand, kind_of

# ("predicate", field, operator, kind), or ("and" | "or" | "not", then the shapes within).
Shape = tuple[Any, ...]
Values = list[Operand]
Column = ColumnElement[Any]
Claim = ColumnElement[bool]

# The field that `q` looks for, which no resource can declare.
SEARCH: Final = "q"

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
    # These stand on the column of folded text.
    ("starts", SPAN): lambda column, low, high: and_(column >= low, column < high),
    ("starts", POINT): lambda column, low: column >= low,
    ("starts", ANY): lambda column: column.is_not(None),
}


def shape_of(condition: Condition) -> tuple[Shape, Values]:
    """What a condition looks like without its values, and the values in the shape's own order.

    Terms that were written in another order have the same shape and values.
    """
    if isinstance(condition, Predicate):
        kind, values = kind_of(condition)
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


def phrase_name(index: int) -> str:
    """The name under which all words of a `has` are bound whose first value is at this place."""
    return f"phrase_{index}"


def width_of(shape: Shape) -> int:
    """How many values a shape binds."""
    if shape[0] == "predicate":
        kind: Kind = shape[3]
        return kind.width
    return sum(width_of(part) for part in shape[1:])


def criterion(shape: Shape, fields: QueryFields, *, bound: int = 0) -> Claim:
    """The WHERE clause of a shape, with `value_0`, `value_1` … as its bind parameters.

    `bound` is how many values stand before its own.
    """
    word = shape[0]
    if word == "predicate":
        return predicate_claim(shape, fields, bound=bound)
    claims = []
    for part in shape[1:]:
        claims.append(criterion(part, fields, bound=bound))
        bound += width_of(part)
    if word == "not":
        # A comparison with null is neither true nor false; the complement includes it.
        return claims[0].is_not(true())
    return and_(*claims) if word == "and" else or_(*claims)


def predicate_claim(shape: Shape, fields: QueryFields, *, bound: int) -> Claim:
    """What one predicate claims of the resource's own row."""
    _, name, operator, kind = shape
    if kind.name == WORDS:
        return _words_claim(name, fields, kind, bound)
    field = fields.by_name[name]
    if field.within is None:
        return _compared(field, operator, kind, bound, _own_column(field, operator))
    within = field.within
    held = _compared(field, _positive(operator), kind, bound, _own_column(field, operator))
    some = within.rows.where(within.far == within.key, held).exists()
    # "None of these" and "not this" ask it of the list as a whole.
    return ~some if operator != _positive(operator) else some


def far_claim(shape: Shape, fields: QueryFields, *, bound: int) -> Claim:
    """What the predicate claims of the rows that it can begin with: those of another table."""
    _, name, operator, kind = shape
    field = fields.by_name[name]
    column = _own_column(field, operator)
    origin = field.origin
    if origin is not None and origin.column is not None:
        chosen = origin.normalised if operator == "starts" else origin.column
        assert chosen is not None
        column = element_of(chosen)
    return _compared(field, operator, kind, bound, column)


def _positive(operator: str) -> str:
    return {"not": "eq", "notin": "in"}.get(operator, operator)


def _own_column(field: Field, operator: str) -> Column:
    if operator != "starts":
        return field.expression
    assert field.normalised is not None
    return element_of(field.normalised)


def _compared(field: Field, operator: str, kind: Kind, bound: int, column: Column) -> Claim:
    # The type of the field and not of its column: an operand may be wider than an INTEGER
    # column, which PostgreSQL would refuse to cast instead of finding nothing.
    of_type = ListOf(field.type.storage) if kind.name == MANY else field.type.storage
    places = range(bound, bound + kind.width)
    binds = [bindparam(value_name(place), type_=of_type) for place in places]
    if kind.name == MANY:
        return _listed(column, operator, kind, binds)
    return _MEANINGS[operator, kind.name](column, *binds)


def _listed(column: Column, operator: str, kind: Kind, binds: list[BindParameter[Any]]) -> Claim:
    """One of a list's values: points, spans, and null where the list has it."""
    ways: list[Claim] = [OneOf(column, binds[0])] if kind.points else []
    if kind.spans:
        ways.append(Inside(column, binds[-1]))
    if kind.has_null:
        ways.append(column.is_(None))
    claim = or_(false(), *ways)
    return claim.is_not(true()) if operator == "notin" else claim


def _words_claim(name: str, fields: QueryFields, kind: Kind, bound: int) -> Claim:
    texts = fields.search.texts if fields.search else None
    assert texts is not None
    if kind.points == 0:
        # Nothing but punctuation was asked for, which no text contains as a word.
        return false()
    key = fields.by_name[fields.unique].expression
    names = (value_name(index) for index in range(bound, bound + kind.points))
    return texts.holds(key, [bindparam(each, type_=String()) for each in names])
