"""The refusals that an operation may answer with, each with its status, code and words."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from inspect import getdoc
from typing import Any, Final

from app.api.openapi.answers import BUDGET
from app.api.resources.me import PersonRequired
from app.api.surfaces import refusals as http
from app.api.surfaces.problems import MEDIA_TYPE, status_of
from app.domain.contacts.remove import StillReferenced
from app.domain.sales.change import NotDraft
from app.domain.sales.given import DueBeforeDate
from app.domain.sales.price import OutsideValidity
from app.gateway import errors as gateway
from app.kernel.errors import CountinghouseError, Invalid, Malformed, Missing
from app.kernel.faults import ForbiddenValue, MandatoryAbsent
from app.query.faults import InvalidQuery
from app.storage.transaction import Conflict, Unavailable

Refusals = tuple[type[CountinghouseError], ...]
Schema = dict[str, Any]

ALWAYS: Final[Refusals] = (
    *(gateway.TokenInQuery, gateway.Unauthenticated, gateway.RateLimited, InvalidQuery, Malformed),
    *(http.NotAcceptable, http.Broken, Unavailable),
)
OF_AN_ORGANISATION: Final[Refusals] = (
    gateway.OrganisationRequired,
    gateway.OrganisationNotGranted,
)
OF_A_SCOPE: Final[Refusals] = (gateway.InsufficientScope,)
OF_ONE: Final[Refusals] = (Missing,)
OF_A_BODY: Final[Refusals] = (http.BodyTooLarge, http.UnsupportedMediaType)
OF_CONDITIONS: Final[Refusals] = (http.PreconditionFailed,)
OF_READING: Final[Refusals] = (http.UnreadableField, *OF_CONDITIONS)
OF_WRITING: Final[Refusals] = (Conflict, *OF_CONDITIONS)
OF_CHANGING: Final[Refusals] = (http.PreconditionRequired,)
# What the rules of each resource may find broken, whatever writes it.
OF_RULES: Final[Mapping[str, Refusals]] = {
    "contacts": (Invalid, MandatoryAbsent, ForbiddenValue),
    "invoices": (*(Invalid, MandatoryAbsent, ForbiddenValue, DueBeforeDate, OutsideValidity),),
}
# What the state of one that is there already may forbid.
OF_STATE: Final[Mapping[str, Refusals]] = {"contacts": (), "invoices": (NotDraft,)}
OF_DELETING: Final[Mapping[str, Refusals]] = {
    "contacts": (StillReferenced,),
    "invoices": (NotDraft,),
}
OF_VIEWS: Final[Mapping[str, Refusals]] = {"me": (PersonRequired,)}
# Answers that may come before the caller is known, and so without the headers of its budget.
BEFORE_ADMISSION: Final = ("500", "503")

_FAULT: Final[Schema] = {
    "title": "Fault",
    "description": "One thing that is wrong, where it stands, and what would be right.",
    "type": "object",
    "required": ["code", "detail"],
    "properties": {
        "code": {"type": "string", "examples": ["bad_value"]},
        "detail": {"type": "string"},
        "pointer": {"type": "string", "description": "Where in the body (RFC 6901)."},
        "parameter": {"type": "string", "description": "Which parameter of the query."},
        "position": {"type": "integer", "description": "Which character of its value, from 0."},
        "field": {"type": "string"},
        "suggestions": {"type": "array", "items": {"type": "string"}},
        "fix": {"type": "string", "description": "What to send instead."},
    },
}
_PROBLEM: Final[Schema] = {
    "title": "Problem",
    "description": "Why a request was refused (RFC 9457); `code` is the published number.",
    "type": "object",
    "required": ["type", "title", "status", "detail", "code", "request_id", "errors"],
    "properties": {
        "type": {"type": "string", "format": "uri"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "code": {"type": "integer"},
        "request_id": {"type": "string", "examples": ["req_8f14e45fceea167a5a36dedd"]},
        "errors": {"type": "array", "items": {"$ref": "#/components/schemas/Fault"}},
    },
}
# How a fault looks where it can say more than a code and its words.
_FAULTS: Final[Mapping[str, Schema]] = {
    "invalid_query": {
        "code": "unknown_operator",
        "detail": "there is no operator 'gtee'; total has eq, not, lt, lte, gt, gte, in, notin",
        "parameter": "total",
        "position": 0,
        "field": "total",
        "suggestions": ["gte", "gt"],
        "fix": "total=gte:100",
    },
}
SCHEMAS: Final[Mapping[str, Schema]] = {"Fault": _FAULT, "Problem": _PROBLEM}
_HEADERS: Final[Mapping[str, tuple[str, ...]]] = {
    "401": ("WWW-Authenticate",),
    "403": ("WWW-Authenticate",),
    "429": ("Retry-After",),
    "503": ("Retry-After",),
}


def by_status(refusals: Iterable[type[CountinghouseError]]) -> dict[str, Refusals]:
    """These refusals by the status that they are answered with; one of each code."""
    found: dict[str, dict[str, type[CountinghouseError]]] = defaultdict(dict)
    for refusal in refusals:
        found[str(_status(refusal))].setdefault(refusal.code, refusal)
    return {status: tuple(codes.values()) for status, codes in sorted(found.items())}


def name_of(status: str, refusals: Refusals) -> str:
    """What an answer is called among the document's responses."""
    return "-".join((status, *(refusal.code for refusal in refusals)))


def examples_of(refusals: Iterable[type[CountinghouseError]], *, issuer: str) -> Schema:
    """An example of each refusal, by its code."""
    found = {one.code: {"value": _example(one, issuer)} for one in refusals}
    return dict(sorted(found.items()))


def refused_answer(status: str, refusals: Refusals) -> Schema:
    """The answer of these refusals, telling the code of each."""
    named = [*_HEADERS.get(status, ()), *(() if status in BEFORE_ADMISSION else BUDGET)]
    return {
        "description": " ".join(f"`{one.code}`: {_meaning(one)}" for one in refusals),
        "headers": {
            name: {"$ref": f"#/components/headers/{name}"} for name in ("X-Request-Id", *named)
        },
        "content": {
            MEDIA_TYPE: {
                "schema": {"$ref": "#/components/schemas/Problem"},
                "examples": {
                    one.code: {"$ref": f"#/components/examples/{one.code}"} for one in refusals
                },
            }
        },
        "x-problems": [{"type": one.code, "code": one.number} for one in refusals],
    }


def _status(refusal: type[CountinghouseError]) -> int:
    return status_of(refusal.__new__(refusal))


def _meaning(refusal: type[CountinghouseError]) -> str:
    return (getdoc(refusal) or "").partition("\n")[0]


def _example(refusal: type[CountinghouseError], issuer: str) -> Schema:
    detail = _meaning(refusal)
    return {
        "type": f"{issuer}/docs/errors/{refusal.code.replace('_', '-')}",
        "title": refusal.code.replace("_", " ").capitalize(),
        "status": _status(refusal),
        "detail": detail,
        "code": refusal.number,
        "request_id": "req_8f14e45fceea167a5a36dedd",
        "errors": [_FAULTS.get(refusal.code) or {"code": refusal.code, "detail": detail}],
    }
