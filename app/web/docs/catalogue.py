"""The reference of every resource, told from its one declaration."""

from dataclasses import dataclass
from typing import Final

from app.api.resources.changes import Feed
from app.api.resources.resource import Resource
from app.api.resources.view import View
from app.api.surfaces.surface import Surface
from app.query.anchors import index_of
from app.query.fields import Field
from app.query.grammar import OPERATORS, Operator, Order
from app.web.docs.operations import Operation, operations
from app.web.docs.shown_fields import ShownField, fields_of, fields_told

DIALECTS: Final = ("sqlite", "postgresql")
# What each resource is, in a sentence.
ABOUT: Final = {
    "contacts": "The people and companies an organisation does business with: customers, leads "
    "and suppliers.",
    "invoices": "What an organisation asks its customers to pay, with lines, tax and totals that "
    "are worked out here.",
    "tax-rates": "The tax rates that lines of an invoice may name, with the days on which each "
    "holds.",
    "me": "Who the token belongs to, and what it may do.",
    "connections": "The organisations that the token reaches, each with what may be done there.",
    "changes": "Everything that changed in an organisation's books, in the order in which it was "
    "committed.",
}


@dataclass(frozen=True, slots=True)
class OfferedOperator:
    """One operator of a field, and an example of it."""

    operator: Operator
    example: str | None


@dataclass(frozen=True, slots=True)
class FilterField:
    """One field that a list is filtered by."""

    name: str
    takes: str
    operators: tuple[OfferedOperator, ...]
    has_nulls: bool
    scope: str
    is_within_list: bool
    found_by: str

    @property
    def examples(self) -> tuple[str, ...]:
        """The first example and the last."""
        found = [each.example for each in self.operators if each.example is not None]
        return tuple(found[:1] + found[1:][-1:])


@dataclass(frozen=True, slots=True)
class SortOption:
    """One field that a list is sorted by."""

    name: str
    has_nulls: bool


@dataclass(frozen=True, slots=True)
class Expansion:
    """One reference that can be shown whole, and the scope that it needs."""

    path: str
    scope: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """The page of one resource or view."""

    name: str
    title: str
    about: str
    operations: tuple[Operation, ...]
    scopes: tuple[str, ...] = ()
    fields: tuple[ShownField, ...] = ()
    filters: tuple[FilterField, ...] = ()
    sorts: tuple[SortOption, ...] = ()
    default_sort: str = ""
    selectable: tuple[str, ...] = ()
    expansions: tuple[Expansion, ...] = ()
    searched: tuple[str, ...] = ()

    @property
    def is_list(self) -> bool:
        """Whether there is a list to filter and sort."""
        return bool(self.sorts)

    @property
    def is_writable(self) -> bool:
        """Whether any of it can be sent."""
        return any(one.method == "PATCH" for one in self.operations)


def references(surface: Surface, *, issuer: str) -> tuple[Reference, ...]:
    """Every page of the reference: the resources, the feeds, and what is told of the caller."""
    told = operations(surface, issuer=issuer)
    return (
        *(_of_resource(each, told[each.name]) for each in surface.resources),
        *(_plain(each, told[each.name]) for each in surface.feeds),
        *(_plain(each, told[each.name]) for each in surface.views),
    )


def _of_resource(resource: Resource, told: tuple[Operation, ...]) -> Reference:
    fields = resource.listing.fields
    scopes = (resource.read_scope, resource.write_scope)
    examples = {name: each for one in told for name, each in one.filters.items()}
    return Reference(
        name=resource.name,
        title=title_of(resource.name),
        about=ABOUT.get(resource.name, ""),
        operations=told,
        scopes=tuple(scope for scope in scopes if scope is not None),
        fields=fields_of(resource),
        filters=tuple(
            _filter(each, resource, examples.get(each.name, ()))
            for each in fields.fields
            if each.offered
        ),
        sorts=tuple(
            SortOption(each.name, each.has_nulls) for each in fields.fields if each.is_sortable
        ),
        default_sort=",".join(map(_written, fields.default_sort)),
        selectable=fields.selectable,
        expansions=tuple(Expansion(path, scope) for path, scope in fields.expandable.items()),
        searched=() if fields.search is None else fields.search.covers,
    )


def _plain(subject: Feed | View, told: tuple[Operation, ...]) -> Reference:
    name = subject.name
    return Reference(
        name=name,
        title=title_of(name),
        about=ABOUT.get(name, ""),
        operations=told,
        fields=fields_told(name, subject.shows),
    )


def title_of(name: str) -> str:
    """What the menu calls a resource, view or feed."""
    return name.replace("-", " ").capitalize()


def _written(order: Order) -> str:
    return f"-{order.field}" if order.descending else order.field


def _found_by(field: Field) -> str:
    """What serves the filter, on both databases."""
    if field.offered == ("has",):
        return "Found by the index of words."
    if field.within is not None:
        return "Found from the few entries that hold it, or row by row within the window."
    if field.origin is not None:
        return "Found from the few records referred to that hold it, or row by row in the window."
    if all(index_of(field, dialect=dialect) for dialect in DIALECTS):
        return "Found by an index of its own."
    return "Compared row by row, within the window."


def _example(operator: str, examples: tuple[str, ...]) -> str | None:
    """The example of an operator; the one without any means eq."""
    for each in examples:
        if each.startswith(f"{operator}:"):
            return each
    return examples[0] if examples and operator == "eq" else None


def _filter(field: Field, resource: Resource, examples: tuple[str, ...]) -> FilterField:
    return FilterField(
        name=field.name,
        takes=field.type.expects,
        operators=tuple(
            OfferedOperator(OPERATORS[name], _example(name, examples)) for name in field.offered
        ),
        has_nulls=field.has_nulls,
        scope=field.scope or resource.read_scope,
        is_within_list=field.within is not None,
        found_by=_found_by(field),
    )
