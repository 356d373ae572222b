"""What a resource says of its fields: type, operators, sorting, column. Said once, read by all."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import Boolean, ColumnElement, FromClause, String, make_url
from sqlalchemy.orm import QueryableAttribute

from app.query.grammar import OPERATORS, RESERVED_NAMES, Order
from app.query.values import NAMED, FieldType

_NAME: Final = re.compile(r"[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)*")
_POSTGRESQL: Final = make_url("postgresql+psycopg://").get_dialect()()
_BYTEWISE: Final = ("C", "POSIX", "ucs_basic")


class Undeclarable(ValueError):
    """A declaration contradicts the grammar, its column or itself."""


@dataclass(frozen=True, slots=True, eq=False)
class Within:
    """The records of a list inside a row: a predicate on them asks whether one of them holds it.

    `on` joins `table` to the resource's own rows, organisation included.
    """

    table: FromClause
    on: ColumnElement[bool]


@dataclass(frozen=True, slots=True, eq=False)
class Field:
    """One field of a resource.

    `operators` left out means all that the type offers, and () that it cannot be filtered by.
    `is_nullable` left out means as the column says; say True where an outer join adds nulls.
    `scope` is what a caller needs to refer to it beside the resource's own, for a filter tells
    as much as a field does. `within` makes it a field of a list's records. `normalised` is the
    column of folded text that `starts` ranges over.
    """

    name: str
    type: FieldType
    column: ColumnElement[Any] | QueryableAttribute[Any]
    operators: tuple[str, ...] | None = None
    is_sortable: bool = False
    is_nullable: bool | None = None
    scope: str | None = None
    within: Within | None = None
    normalised: ColumnElement[Any] | QueryableAttribute[Any] | None = None
    offered: tuple[str, ...] = field(init=False)
    expression: ColumnElement[Any] = field(init=False)
    has_nulls: bool = field(init=False)

    def __post_init__(self) -> None:
        expression = self.column.__clause_element__()
        nulls = self.is_nullable
        if nulls is None:
            nulls = bool(getattr(expression, "nullable", True))
        offered = self.type.operators if self.operators is None else self.operators
        object.__setattr__(self, "offered", offered)
        object.__setattr__(self, "expression", expression)
        object.__setattr__(self, "has_nulls", nulls)


@dataclass(frozen=True, slots=True, eq=False)
class Search:
    """What `q` and `has` look through: the fields covered, by name, for whoever asks."""

    covers: tuple[str, ...]


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
    offered: dict[str, frozenset[str]] = field(init=False)
    filterable: tuple[str, ...] = field(init=False)
    sortable: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        for declared in self.fields:
            _check(declared)
        named = {declared.name: declared for declared in self.fields}
        if len(named) != len(self.fields):
            raise Undeclarable(f"{self.resource} declares a field twice")
        if self.unique not in named or named[self.unique].has_nulls:
            raise Undeclarable(f"{self.resource} needs a field {self.unique} that is never null")
        sortable = tuple(declared.name for declared in self.fields if declared.is_sortable)
        for order in self.default_sort:
            if order.field not in sortable:
                raise Undeclarable(f"{self.resource} cannot be sorted by {order.field}")
        offered = {declared.name: frozenset(declared.offered) for declared in self.fields}
        filterable = tuple(name for name, operators in offered.items() if operators)
        object.__setattr__(self, "by_name", named)
        object.__setattr__(self, "offered", offered)
        object.__setattr__(self, "filterable", filterable)
        object.__setattr__(self, "sortable", sortable)


def _check(declared: Field) -> None:
    if not _NAME.fullmatch(declared.name):
        raise Undeclarable(f"{declared.name!r} cannot be written as a field name")
    if declared.name in RESERVED_NAMES:
        raise Undeclarable(f"{declared.name} is a word of the grammar itself")
    for operator in declared.offered:
        if operator not in OPERATORS or operator not in declared.type.operators:
            raise Undeclarable(f"{declared.name} is {declared.type.name}; it has no {operator}")
    stored = declared.expression.type.dialect_impl(_POSTGRESQL)
    if isinstance(stored, Boolean):
        raise Undeclarable(f"{declared.name} must be stored as 1 or 0, as booleans here are")
    is_ordered = declared.is_sortable or set(declared.offered) - set(NAMED)
    # Text must order alike on both databases and in both halves of a keyset page.
    if is_ordered and isinstance(stored, String) and stored.collation not in _BYTEWISE:
        raise Undeclarable(f'{declared.name} is ordered, so its column needs COLLATE "C"')
