"""Which parts of a condition an index answers in the order of the sort, and which could drive.

A list is read along the index of its sort. What that index itself can answer is an anchor; the
rest is residual, and looked at row by row. A residual comparison that few rows meet can drive
instead: its own index finds them, and they are sorted.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Column as TableColumn
from sqlalchemy import Table

from app.query.compile import SEARCH, Shape, width_of
from app.query.fields import Field, QueryFields, element_of
from app.query.grammar import Order
from app.query.operands import MANY, NULL, POINT, WORDS, Kind

_ALONG_THE_SORT: Final = frozenset(("eq", "lt", "lte", "gt", "gte"))
_NEVER_DRIVES: Final = frozenset(("not", "notin"))
# How many rows a comparison is likely to leave, fewest first: what is tried first.
_BY_OPERATOR: Final = {"has": 0, "eq": 1, "in": 2, "starts": 3}
_BY_TYPE: Final = {"code": 2, "boolean": 3}
_PROBED_MAX: Final = 3


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a condition that must hold, and how many values stand before its own."""

    shape: Shape
    bound: int

    @property
    def is_predicate(self) -> bool:
        """Whether it is one comparison."""
        return bool(self.shape[0] == "predicate")

    @property
    def field(self) -> str:
        """The field that a predicate compares."""
        return str(self.shape[1])

    @property
    def operator(self) -> str:
        """How a predicate compares it."""
        return str(self.shape[2])

    @property
    def kind(self) -> Kind:
        """What a predicate compares it with."""
        kind: Kind = self.shape[3]
        return kind


@dataclass(frozen=True, slots=True)
class Split:
    """A condition taken apart: what the sort's index answers, what could drive, all the rest."""

    anchors: tuple[Part, ...]
    residual: tuple[Part, ...]
    drivers: tuple[Part, ...]


def split(shape: Shape | None, fields: QueryFields, full: Sequence[Order]) -> Split:
    """Take the condition of a list in this full order apart."""
    parts = tuple(_parts(shape))
    anchors = _anchors(parts, fields, full)
    residual = tuple(part for part in parts if part not in anchors)
    drivers = [part for part in residual if _drives(part, fields)]
    drivers.sort(key=lambda part: _rank(part, fields))
    return Split(anchors, residual, tuple(drivers[:_PROBED_MAX]))


def lookups(parts: Sequence[Part], fields: QueryFields) -> int:
    """How many comparisons of these parts look into other tables or long lists, row by row."""
    return sum(_lookups(part.shape, fields) for part in parts)


def _lookups(shape: Shape, fields: QueryFields) -> int:
    if shape[0] != "predicate":
        return sum(_lookups(part, fields) for part in shape[1:])
    if shape[3].name == WORDS or _has_periods(shape[3]):
        return 1
    field = fields.by_name[shape[1]]
    return int(field.within is not None or field.origin is not None)


def index_of(field: Field, *, dialect: str, operator: str = "eq") -> str | None:
    """The index that finds rows by a field of the resource's own, by its name."""
    column: Any = field.expression
    if operator == "starts" and field.normalised is not None:
        column = element_of(field.normalised)
    table = getattr(column, "table", None)
    if not isinstance(column, TableColumn) or not isinstance(table, Table):
        return None
    if column.primary_key:
        return str(table.primary_key.name or f"pk_{table.name}")
    for index in sorted(table.indexes, key=lambda index: str(index.name)):
        condition = getattr(index, "_ddl_if", None)
        is_here = condition is None or condition.dialect in (None, dialect)
        if is_here and len(index.columns) > 1 and index.columns[1].name == column.name:
            return str(index.name)
    for constraint in table.constraints:
        columns = list(getattr(constraint, "columns", ()))
        if len(columns) > 1 and columns[1].name == column.name:
            return str(constraint.name)
    return None


def _parts(shape: Shape | None) -> Iterator[Part]:
    if shape is None:
        return
    bound = 0
    for each in shape[1:] if shape[0] == "and" else (shape,):
        yield Part(each, bound)
        bound += width_of(each)


def _anchors(parts: Sequence[Part], fields: QueryFields, full: Sequence[Order]) -> tuple[Part, ...]:
    leading = full[0].field
    along = [
        part
        for part in parts
        if part.is_predicate
        and part.field == leading
        and part.operator in _ALONG_THE_SORT
        and part.kind.name != NULL
    ]
    if leading != fields.unique:
        return tuple(along)
    # The indexes of other fields end in the unique one, so that equality keeps its order.
    equal = [
        part
        for part in parts
        if part.is_predicate
        and part.operator == "eq"
        and part.kind.name in (POINT, NULL)
        and part.field != leading
        and has_own_index(fields.by_name[part.field])
    ]
    equal.sort(key=lambda part: _rank(part, fields))
    return (*along, *equal[:1])


def has_own_index(field: Field, *, operator: str = "eq") -> bool:
    """Whether an index of the resource's own table finds rows by it, in either database."""
    if field.within is not None or field.origin is not None:
        return False
    return any(
        index_of(field, dialect=name, operator=operator) is not None
        for name in ("sqlite", "postgresql")
    )


def _drives(part: Part, fields: QueryFields) -> bool:
    if not part.is_predicate or part.operator in _NEVER_DRIVES:
        return False
    if part.kind.name == WORDS:
        return part.kind.points > 0
    if _has_periods(part.kind):
        return False
    field = fields.by_name[part.field]
    if field.within is not None or field.origin is not None:
        return part.operator != "eq" or part.kind.name != NULL
    return has_own_index(field, operator=part.operator)


def _has_periods(kind: Kind) -> bool:
    """Whether it is a list with periods in it, which is only ever looked through."""
    return kind.name == MANY and kind.spans > 0


def _rank(part: Part, fields: QueryFields) -> tuple[int, int]:
    by_type = 0 if part.field == SEARCH else _BY_TYPE.get(fields.by_name[part.field].type.name, 0)
    return by_type, _BY_OPERATOR.get(part.operator, 4)
