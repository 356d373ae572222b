"""What is asked of a resource: a query read, compiled and kept, for apps ask the same few."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Final

from app.api.resources.resource import Resource
from app.api.resources.showing import Showing, showing_of
from app.api.surfaces.needs import Need, heads_for, needs_of
from app.api.surfaces.queries import pairs_of
from app.api.surfaces.tags import identity_of
from app.kernel.errors import Fault
from app.query.cursor import Seal
from app.query.faults import InvalidQuery, shown
from app.query.grammar import Limits, Query
from app.query.listing import PreparedList, prepare
from app.query.spell import spell

QUESTIONS_KEPT_MAX: Final = 512
KEPT_QUERY_BYTES_MAX: Final = 512
# What may be asked of one object.
OF_ONE: Final = ("fields", "expand")
_NOBODY: Final = Seal(keys=(), tenant="", client="", now_s=0)


@dataclass(frozen=True, slots=True)
class Question:
    """A query string as it came, and all that decides what it means."""

    resource: Resource
    limits: Limits
    timezone: str
    query: bytes


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a question shows and needs, and the heads of all that its answer is made from.

    `identity` stands for the question itself, and for the fields that its answers have.
    """

    showing: Showing
    needs: tuple[Need, ...]
    heads: tuple[str, ...]
    identity: bytes
    is_explained: bool


def prepared_for(
    question: Question, *, organisation: str, sealing: Seal
) -> tuple[PreparedList, Meaning]:
    """The question ready to be put to one organisation's rows.

    Raises InvalidQuery, and Malformed for bytes that are not UTF-8.
    """
    if b"cursor" in question.query or len(question.query) > KEPT_QUERY_BYTES_MAX:
        return _prepare(question, {"organisation": organisation}, sealing)
    kept, meaning = _kept(question)
    parameters = {**kept.parameters, "organisation": organisation}
    return replace(kept, parameters=parameters, sealing=sealing), meaning


def meaning_of_one(question: Question) -> Meaning:
    """What is asked of one object: which fields, and what to expand; anything else is refused.

    Raises InvalidQuery with every fault, and Malformed for bytes that are not UTF-8.
    """
    if len(question.query) > KEPT_QUERY_BYTES_MAX:
        return _meaning_of_one(question)
    return _kept_of_one(question)


def meaning_of(question: Question, query: Query) -> Meaning:
    """What a query means for whoever asks, once it has been read."""
    resource = question.resource
    showing = showing_of(resource, fields=query.fields, expand=query.expand)
    asked = (resource.name, resource.shape.paths, question.timezone, question.query)
    return Meaning(
        showing=showing,
        needs=needs_of(resource, query, showing),
        heads=heads_for(resource, query, showing),
        identity=identity_of(*asked),
        is_explained=query.explain,
    )


@lru_cache(maxsize=QUESTIONS_KEPT_MAX)
def _kept(question: Question) -> tuple[PreparedList, Meaning]:
    # Without an organisation, which every statement needs: nobody can run it as it is.
    return _prepare(question, {}, _NOBODY)


def _prepare(
    question: Question, parameters: Mapping[str, Any], sealing: Seal
) -> tuple[PreparedList, Meaning]:
    listing = question.resource.listing
    pairs = pairs_of(question.query)
    query = spell(listing.fields, pairs, timezone=question.timezone, limits=question.limits)
    prepared = prepare(
        listing, query, parameters=parameters, sealing=sealing, limits=question.limits
    )
    return prepared, meaning_of(question, query)


@lru_cache(maxsize=QUESTIONS_KEPT_MAX)
def _kept_of_one(question: Question) -> Meaning:
    return _meaning_of_one(question)


def _meaning_of_one(question: Question) -> Meaning:
    pairs = pairs_of(question.query)
    faults = tuple(
        Fault(
            "unknown_parameter",
            f"one {question.resource.word} takes {' and '.join(OF_ONE)} alone",
            parameter=shown(name),
        )
        for name, _ in pairs
        if name not in OF_ONE
    )
    try:
        query = spell(
            question.resource.listing.fields,
            [(name, value) for name, value in pairs if name in OF_ONE],
            timezone=question.timezone,
            limits=question.limits,
        )
    except InvalidQuery as error:
        raise InvalidQuery((*faults, *error.faults)) from error
    if faults:
        raise InvalidQuery(faults)
    return meaning_of(question, query)
