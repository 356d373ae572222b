"""What a query refers to: each reference to a field tells of it as much as showing it would."""

from collections.abc import Iterator

from app.query.fields import QueryFields
from app.query.grammar import Condition, Not, Predicate, Query


def predicates_of(condition: Condition | None) -> Iterator[Predicate]:
    """Every comparison of a condition, from left to right."""
    if isinstance(condition, Predicate):
        yield condition
    elif isinstance(condition, Not):
        yield from predicates_of(condition.term)
    elif condition is not None:
        for term in condition.terms:
            yield from predicates_of(term)


def fields_of(query: Query) -> frozenset[str]:
    """The names of all fields that the filter and the sort refer to."""
    filtered = (predicate.field for predicate in predicates_of(query.where))
    return frozenset((*filtered, *(order.field for order in query.sort)))


def scopes_of(query: Query, fields: QueryFields) -> frozenset[str]:
    """Every scope that a query needs beside the resource's own.

    A path to show that is declared neither as a field nor within something expandable needs
    none, for then the resource itself shows it.
    """
    names = {*fields_of(query), *query.fields}
    if query.search and fields.search is not None:
        names.update(fields.search.covers)
    scopes = {fields.by_name[name].scope for name in names if name in fields.by_name}
    scopes.update(fields.expandable.get(path) for path in query.expand)
    for path in query.fields:
        if path not in fields.by_name:
            scopes.update(
                scope for whole, scope in fields.expandable.items() if path.startswith(f"{whole}.")
            )
    return frozenset(scope for scope in scopes if scope is not None)
