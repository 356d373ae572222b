"""The reference of every resource, told from its one declaration."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from app.api.resources.changes import Feed
from app.api.resources.resource import Attribute, Many, Resource, Shape
from app.api.resources.view import View
from app.api.surfaces.surface import Surface
from app.query.fields import Field
from app.query.grammar import OPERATORS, Operator, Order
from app.web.docs.examples import filters_of
from app.web.docs.field_words import ACCESS, in_words
from app.web.docs.operations import (
    FEED_PARAMETERS,
    Operation,
    operations_of,
    operations_of_feed,
    operations_of_view,
)

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
class ShownField:
    """One field of a record; `within` are the fields of a list's entries."""

    name: str
    holds: str
    access: str
    entries_max: int | None = None
    within: tuple["ShownField", ...] = ()


@dataclass(frozen=True, slots=True)
class FilterField:
    """One field that a list is filtered by."""

    name: str
    takes: str
    operators: tuple[Operator, ...]
    examples: tuple[str, ...]
    has_nulls: bool
    scope: str
    is_within_list: bool


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
    parameters: tuple[tuple[str, str], ...] = ()

    @property
    def is_list(self) -> bool:
        """Whether there is a list to filter and sort."""
        return bool(self.sorts)


def references(surface: Surface, *, issuer: str) -> tuple[Reference, ...]:
    """Every page of the reference: the resources, the feeds, and what is told of the caller."""
    resources = (_of_resource(each, surface, issuer=issuer) for each in surface.resources)
    views = (_of_view(each, surface, issuer=issuer) for each in surface.views)
    feeds = (_of_feed(each, surface, issuer=issuer) for each in surface.feeds)
    return (*resources, *feeds, *views)


def _of_resource(resource: Resource, surface: Surface, *, issuer: str) -> Reference:
    fields = resource.listing.fields
    scopes = (resource.read_scope, resource.write_scope)
    return Reference(
        name=resource.name,
        title=_title(resource.name),
        about=ABOUT.get(resource.name, ""),
        operations=operations_of(resource, surface, issuer=issuer),
        scopes=tuple(scope for scope in scopes if scope is not None),
        fields=tuple(_shown(resource.shape)),
        filters=tuple(_filter(each, resource) for each in fields.fields if each.offered),
        sorts=tuple(
            SortOption(each.name, each.has_nulls) for each in fields.fields if each.is_sortable
        ),
        default_sort=",".join(map(_written, fields.default_sort)),
        selectable=fields.selectable,
        expansions=tuple(Expansion(path, scope) for path, scope in fields.expandable.items()),
        searched=() if fields.search is None else fields.search.covers,
    )


def _of_view(view: View, surface: Surface, *, issuer: str) -> Reference:
    return Reference(
        name=view.name,
        title=_title(view.name),
        about=ABOUT.get(view.name, ""),
        operations=operations_of_view(view, surface, issuer=issuer),
    )


def _of_feed(feed: Feed, surface: Surface, *, issuer: str) -> Reference:
    return Reference(
        name=feed.name,
        title=_title(feed.name),
        about=ABOUT.get(feed.name, ""),
        operations=operations_of_feed(feed, surface, issuer=issuer),
        parameters=FEED_PARAMETERS,
    )


def _title(name: str) -> str:
    return name.replace("-", " ").capitalize()


def _written(order: Order) -> str:
    return f"-{order.field}" if order.descending else order.field


def _shown(shape: Shape) -> Iterator[ShownField]:
    for declared in shape.shown:
        if isinstance(declared, Attribute):
            yield ShownField(declared.name, in_words(declared.kind), ACCESS[declared.access])
        elif isinstance(declared, Many):
            most = declared.entries_max
            within = tuple(_shown(declared.shape))
            holds = f"list of up to {most:,} entries"
            yield ShownField(declared.name, holds, ACCESS["editable"], most, within)


def _filter(field: Field, resource: Resource) -> FilterField:
    return FilterField(
        name=field.name,
        takes=field.type.expects,
        operators=tuple(OPERATORS[name] for name in field.offered),
        examples=filters_of(field, resource.listing.fields),
        has_nulls=field.has_nulls,
        scope=field.scope or resource.read_scope,
        is_within_list=field.within is not None,
    )
