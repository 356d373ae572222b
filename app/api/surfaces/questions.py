"""What a list is asked: a query string read, compiled and kept, for apps ask the same few."""

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

from app.api.resources.resource import Resource
from app.api.surfaces.queries import pairs_of
from app.query.cursor import Seal
from app.query.grammar import Limits
from app.query.listing import PreparedList, prepare
from app.query.spell import spell

QUESTIONS_KEPT_MAX: Final = 512
KEPT_QUERY_BYTES_MAX: Final = 512
_NOBODY: Final = Seal(keys=(), tenant="", client="", now_s=0)


@dataclass(frozen=True, slots=True)
class Question:
    """A query string as it came, and all that decides what it means."""

    resource: Resource
    limits: Limits
    timezone: str
    query: bytes


def prepared_for(question: Question, *, organisation: str, sealing: Seal) -> PreparedList:
    """The question ready to be put to one organisation's rows.

    Raises InvalidQuery, and Malformed for bytes that are not UTF-8.
    """
    if b"cursor" in question.query or len(question.query) > KEPT_QUERY_BYTES_MAX:
        return _prepare(question, organisation=organisation, sealing=sealing)
    kept = _kept(question)
    parameters = {**kept.parameters, "organisation": organisation}
    return replace(kept, parameters=parameters, sealing=sealing)


@lru_cache(maxsize=QUESTIONS_KEPT_MAX)
def _kept(question: Question) -> PreparedList:
    # Without an organisation, which every statement needs: nobody can run it as it is.
    return _prepare(question, organisation=None, sealing=_NOBODY)


def _prepare(question: Question, *, organisation: str | None, sealing: Seal) -> PreparedList:
    listing = question.resource.listing
    pairs = pairs_of(question.query)
    query = spell(listing.fields, pairs, timezone=question.timezone, limits=question.limits)
    own = {} if organisation is None else {"organisation": organisation}
    return prepare(listing, query, parameters=own, sealing=sealing)
