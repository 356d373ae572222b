"""What a resource says of its fields: type, operators, sorting, column. Said once, read by all."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from sqlalchemy import Boolean, ColumnElement, Select, String, make_url
from sqlalchemy.orm import QueryableAttribute

from app.query.grammar import OPERATORS, RESERVED_NAMES, Order
from app.query.values import FieldType

Column = ColumnElement[Any] | QueryableAttribute[Any]

_NAME: Final = re.compile(r"[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)*")
_POSTGRESQL: Final = make_url("postgresql+psycopg://").get_dialect()()
# What compares a column's own text for equality at most.
UNORDERED: Final = frozenset(("eq", "not", "in", "notin", "starts", "has"))
_BYTEWISE: Final = ("C", "POSIX", "ucs_basic")


def element_of(column: Column) -> ColumnElement[Any]:
    """A column as SQL has it, whether it came from a table, a mapped class or a subquery."""
    if isinstance(column, QueryableAttribute):
        element: ColumnElement[Any] = column.__clause_element__()
        return element
    return column


class Undeclarable(ValueError):
    """A declaration contradicts the grammar, its column or itself."""


@dataclass(frozen=True, slots=True, eq=False)
class Within:
    """Rows of another table that belong to the resource's own, or that these point at.

    `rows` selects one column of the organisation's rows there, which equals `key` of the
    resource's own row. A field of a list's records has its column there; a field of the one row
    pointed at is a subquery of its own, and says here which `column` it stands for, and which
    `normalised`, so that a search can begin there.
    """

    rows: Select[Any]
    key: Column
    column: Column | None = None
    normalised: Column | None = None

    @property
    def far(self) -> ColumnElement[Any]:
        """The column there that equals the key."""
        return self.rows.selected_columns[0]


class SearchTexts(Protocol):
    """Where the words of rows are kept, for one resource."""

    def holds(self, key: ColumnElement[Any], patterns: Sequence[Any]) -> ColumnElement[bool]:
        """Whether the words of the row with this id hold every pattern."""

    def found(self, phrase: ColumnElement[Any], *, rows_max: int) -> Select[Any]:
        """The ids of at most so many of the organisation's rows that hold the phrase."""

    def pattern(self, organisation: str, place: str, word: str) -> str:
        """What `holds` takes for one word; `place` says where it must stand."""

    def phrase(self, organisation: str, place: str, words: Sequence[str]) -> str:
        """What `found` takes for all of the words."""


@dataclass(frozen=True, slots=True, eq=False)
class Search:
    """What `q` and `has` look through: the fields covered, by name, for whoever asks.

    `texts` is where their words are kept. A Field whose `place` is set has its words marked
    with it there, so that `has` can ask for them alone.
    """

    covers: tuple[str, ...]
    texts: SearchTexts | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Field:
    """One field of a resource.

    `operators` left out means all that the type offers, and () that it cannot be filtered by.
    `is_nullable` left out means as the column says; say True where an outer join adds nulls.
    `scope` is what a caller needs to refer to it beside the resource's own, for a filter tells
    as much as a field does. `within` makes it a field of a list's records, `origin` says where
    a field of a row pointed at comes from. `normalised` is the column of folded text that
    `starts` ranges over, and `place` marks the words that `has` looks for.
    """

    name: str
    type: FieldType
    column: Column
    operators: tuple[str, ...] | None = None
    is_sortable: bool = False
    is_nullable: bool | None = None
    scope: str | None = None
    within: Within | None = None
    normalised: Column | None = None
    origin: Within | None = None
    place: str | None = None
    offered: tuple[str, ...] = field(init=False)
    expression: ColumnElement[Any] = field(init=False)
    has_nulls: bool = field(init=False)

    def __post_init__(self) -> None:
        expression = element_of(self.column)
        nulls = self.is_nullable
        if nulls is None:
            nulls = bool(getattr(expression, "nullable", True))
        operators = _available(self) if self.operators is None else self.operators
        object.__setattr__(self, "offered", operators)
        object.__setattr__(self, "expression", expression)
        object.__setattr__(self, "has_nulls", nulls)


@dataclass(frozen=True, slots=True, eq=False)
class QueryFields:
    """The fields of one resource, the sort it has when none is asked for, and its unique field.

    `selectable` are the paths that `fields` may name, `expandable` those that `expand` may, each
    with the scope that it needs. `search` says what `q` looks through, where it is offered.
    Raises Undeclarable.
    """

    resource: str
    fields: tuple[Field, ...]
    default_sort: tuple[Order, ...] = (Order("id", descending=True),)
    unique: str = "id"
    selectable: tuple[str, ...] = ()
    expandable: Mapping[str, str | None] = field(default_factory=dict)
    search: Search | None = None
    by_name: dict[str, Field] = field(init=False)
    filterable: tuple[str, ...] = field(init=False)
    sortable: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        for declared in self.fields:
            _check(declared)
            if "has" in declared.offered and (self.search is None or self.search.texts is None):
                raise Undeclarable(f"{declared.name} has words, and {self.resource} no search")
        named = {declared.name: declared for declared in self.fields}
        if len(named) != len(self.fields):
            raise Undeclarable(f"{self.resource} declares a field twice")
        if self.unique not in named or named[self.unique].has_nulls:
            raise Undeclarable(f"{self.resource} needs a field {self.unique} that is never null")
        sortable = tuple(declared.name for declared in self.fields if declared.is_sortable)
        for order in self.default_sort:
            if order.field not in sortable:
                raise Undeclarable(f"{self.resource} cannot be sorted by {order.field}")
        filterable = tuple(declared.name for declared in self.fields if declared.offered)
        object.__setattr__(self, "by_name", named)
        object.__setattr__(self, "filterable", filterable)
        object.__setattr__(self, "sortable", sortable)


def _available(declared: Field) -> tuple[str, ...]:
    """What the type can do, and what the field's own columns add to it."""
    known = {*declared.type.operators} - {"starts", "has"}
    if declared.normalised is not None:
        known.add("starts")
    if declared.place is not None:
        known.add("has")
    return tuple(operator for operator in OPERATORS if operator in known)


def _check(declared: Field) -> None:
    if not _NAME.fullmatch(declared.name):
        raise Undeclarable(f"{declared.name!r} cannot be written as a field name")
    if declared.name in RESERVED_NAMES:
        raise Undeclarable(f"{declared.name} is a word of the grammar itself")
    for operator in declared.offered:
        if operator not in OPERATORS or operator not in _available(declared):
            raise Undeclarable(f"{declared.name} is {declared.type.name}; it has no {operator}")
    if declared.within is not None and declared.is_sortable:
        raise Undeclarable(f"{declared.name} has many values in a row; none of them sorts it")
    stored = declared.expression.type.dialect_impl(_POSTGRESQL)
    if isinstance(stored, Boolean):
        raise Undeclarable(f"{declared.name} must be stored as 1 or 0, as booleans here are")
    is_ordered = declared.is_sortable or set(declared.offered) - UNORDERED
    # Text must order alike on both databases and in both halves of a keyset page.
    if is_ordered and not _is_bytewise(declared.expression):
        raise Undeclarable(f'{declared.name} is ordered, so its column needs COLLATE "C"')
    folded = declared.normalised
    if folded is not None and not _is_bytewise(element_of(folded)):
        raise Undeclarable(f'{declared.name} begins with something only under COLLATE "C"')


def _is_bytewise(expression: ColumnElement[Any]) -> bool:
    stored = expression.type.dialect_impl(_POSTGRESQL)
    return not isinstance(stored, String) or stored.collation in _BYTEWISE
