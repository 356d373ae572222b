"""What a condition refers to: a comparison tells of a field as much as showing it would."""

from collections.abc import Iterator

from app.query.grammar import Condition, Not, Predicate


def predicates_of(condition: Condition | None) -> Iterator[Predicate]:
    """Every comparison of a condition, from left to right."""
    if isinstance(condition, Predicate):
        yield condition
    elif isinstance(condition, Not):
        yield from predicates_of(condition.term)
    elif condition is not None:
        for term in condition.terms:
            yield from predicates_of(term)
