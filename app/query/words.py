"""The words that a query looks for, as the organisation's own texts hold them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.query.compile import SEARCH, Shape, phrase_name, value_name, width_of
from app.query.fields import QueryFields, SearchTexts
from app.query.operands import WORDS, Operand

# Where `q` looks: in all that a search covers.
EVERYWHERE = "q"


@dataclass(frozen=True, slots=True)
class Wanted:
    """The words of one `has`, as many as it binds, and from which of the values on."""

    bound: int
    place: str
    words: tuple[str, ...]


def wanted_words(
    shape: Shape | None, fields: QueryFields, values: Sequence[Operand]
) -> tuple[Wanted, ...]:
    """Every `has` of a condition with its words."""
    return () if shape is None else tuple(_wanted(shape, fields, values, 0))


def with_words(
    parameters: Mapping[str, Any], wanted: Sequence[Wanted], texts: SearchTexts | None
) -> Mapping[str, Any]:
    """The parameters with the words as the texts of this organisation hold them."""
    if not wanted:
        return parameters
    assert texts is not None
    organisation, bound = parameters["organisation"], dict(parameters)
    for one in wanted:
        bound[phrase_name(one.bound)] = texts.phrase(
            organisation, one.place, tuple(dict.fromkeys(one.words))
        )
        for index, word in enumerate(one.words, start=one.bound):
            bound[value_name(index)] = texts.pattern(organisation, one.place, word)
    return bound


def _wanted(
    shape: Shape, fields: QueryFields, values: Sequence[Operand], bound: int
) -> Sequence[Wanted]:
    if shape[0] != "predicate":
        found: list[Wanted] = []
        for part in shape[1:]:
            found += _wanted(part, fields, values, bound)
            bound += width_of(part)
        return found
    _, name, _, kind = shape
    if kind.name != WORDS or not kind.points:
        return ()
    place = EVERYWHERE if name == SEARCH else fields.by_name[name].place
    assert place is not None
    words = tuple(str(value) for value in values[bound : bound + kind.points])
    return (Wanted(bound, place, words),)
