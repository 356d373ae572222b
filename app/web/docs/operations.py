"""What can be called at each address of a resource, as the published document tells it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, cast

from app.api.openapi.document import document_of
from app.api.openapi.operations import Address, addresses
from app.api.openapi.samples import sample_id
from app.api.resources.changes import Feed
from app.api.resources.resource import Resource
from app.api.surfaces.surface import Surface
from app.web.docs.error_codes import ErrorCode, error_codes
from app.web.docs.examples import FEED, LISTS, PLAIN_LIST, body_of
from app.web.docs.samples import Sample, SampleCall, samples

Json = Mapping[str, Any]
PROBLEM: Final = "application/problem+json"
# What every answer has is told once, in the guide.
ON_EVERY_ANSWER: Final = ("X-Request-Id", "X-RateLimit-")
REFUSED_FROM: Final = 400


@dataclass(frozen=True, slots=True)
class Parameter:
    """What can be sent beside the body: its name, where it stands, and what it means."""

    name: str
    place: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Success:
    """One way to be answered that is no refusal, and the headers that come with it."""

    status: str
    meaning: str
    headers: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One method at one address, with all that a caller needs to know.

    Any one of `scopes` will do; without any, every live token does.
    """

    anchor: str
    method: str
    path: str
    title: str
    scopes: tuple[str, ...]
    parameters: tuple[Parameter, ...]
    answers: tuple[Success, ...]
    errors: tuple[ErrorCode, ...]
    samples: tuple[Sample, ...]
    filters: Mapping[str, tuple[str, ...]]


def operations(surface: Surface, *, issuer: str) -> dict[str, tuple[Operation, ...]]:
    """The operations of every resource, view and feed of a surface, by its name."""
    document = document_of(surface, issuer=issuer, windows=())
    found: dict[str, tuple[Operation, ...]] = {}
    for address in addresses(surface):
        name = address.subject.name
        made = tuple(
            _operation(address, method.upper(), _whole(operation, document), issuer=issuer)
            for method, operation in document["paths"][address.path].items()
        )
        found[name] = (*found.get(name, ()), *made)
    return found


def _whole(told: Json, document: Json) -> Json:
    """An operation with the parameters and responses that it only refers to."""
    return {
        **told,
        "parameters": [_referred(one, document) for one in told["parameters"]],
        "responses": {
            status: _referred(one, document) for status, one in told["responses"].items()
        },
    }


def _referred(told: Json, document: Json) -> Json:
    """What a local reference (RFC 6901 within `#`) leads to; all else as it is."""
    found: Any = told
    while "$ref" in found:
        path = found["$ref"].removeprefix("#/").split("/")
        found = document
        for step in path:
            found = found[step]
    return cast(Json, found)


def _operation(address: Address, method: str, told: Json, *, issuer: str) -> Operation:
    given = told["parameters"]
    responses = told["responses"]
    return Operation(
        anchor=told["operationId"],
        method=method,
        path=address.path,
        title=told["summary"],
        scopes=tuple(dict.fromkeys(_scopes(told["security"]))),
        parameters=tuple(
            Parameter(one["name"], one["in"], one["description"])
            for one in given
            if "x-filter" not in one
        ),
        answers=tuple(
            Success(status, answer["description"], _own_headers(answer))
            for status, answer in responses.items()
            if int(status) < REFUSED_FROM
        ),
        errors=_errors(responses.values()),
        samples=samples(_sample(address, method, told, issuer=issuer)),
        filters={
            one["name"]: tuple(one["x-filter"]["examples"]) for one in given if "x-filter" in one
        },
    )


def _scopes(security: Iterable[Json]) -> Iterator[str]:
    for choice in security:
        for scopes in choice.values():
            yield from scopes


def _own_headers(answer: Json) -> tuple[str, ...]:
    named = answer.get("headers", {})
    return tuple(name for name in named if not name.startswith(ON_EVERY_ANSWER))


def _errors(responses: Iterable[Json]) -> tuple[ErrorCode, ...]:
    """The codes of every refusal, in the order of their statuses."""
    known = error_codes()
    codes = (
        code
        for response in responses
        for code in response.get("content", {}).get(PROBLEM, {}).get("examples", ())
    )
    found = {known[code] for code in codes if code in known}
    return tuple(sorted(found, key=lambda each: (each.status or 0, each.code)))


def _sample(address: Address, method: str, told: Json, *, issuer: str) -> SampleCall:
    subject, path = address.subject, address.path
    query: tuple[tuple[str, str], ...] = ()
    body = None
    if isinstance(subject, Feed):
        query = FEED
    elif isinstance(subject, Resource):
        is_list = "{id}" not in path
        path = path.replace("{id}", sample_id(subject.prefix))
        if method == "GET" and is_list:
            query = LISTS.get(subject.name, PLAIN_LIST)
        elif "requestBody" in told:
            body = body_of(subject.name, path=address.path)
    has_answer = "204" not in told["responses"]
    return SampleCall(
        method=method, url=f"{issuer}{path}", query=query, body=body, has_answer=has_answer
    )
