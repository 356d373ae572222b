"""What can be called at each address of a resource: read from the acts that are mounted there."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from app.api.resources.changes import Feed
from app.api.resources.resource import Resource
from app.api.resources.view import View
from app.api.surfaces.acts import collection_acts, element_acts, view_acts
from app.api.surfaces.feed import feed_acts
from app.api.surfaces.surface import Surface
from app.api.surfaces.visit import Act
from app.web.docs.error_codes import ErrorCode, error_codes
from app.web.docs.examples import LISTS, PLAIN_LIST, body_of, sample_id
from app.web.docs.samples import Sample, SampleCall, samples

METHODS: Final = ("GET", "POST", "PATCH", "PUT", "DELETE")

# Place and method: title, what it does, the status it is answered with, and what is in the answer.
WORDS: Final[Mapping[tuple[str, str], tuple[str, str, str]]] = {
    ("list", "GET"): ("List {many}", "200", "`data` holds a page, `pagination` the way on."),
    ("list", "POST"): ("Create {a} {one}", "201", "`data` is what was made; `Location` where."),
    ("one", "GET"): ("Read {a} {one}", "200", "`data` is the {one}."),
    ("one", "PATCH"): (
        "Change {a} {one}",
        "200",
        "What is left out stays as it is, a list that is sent becomes the whole list; `data` is "
        "the {one} afterwards.",
    ),
    ("one", "PUT"): ("Change {a} {one} with PUT", "200", "PUT merges, exactly as PATCH does."),
    ("one", "DELETE"): ("Delete {a} {one}", "204", "The answer has no body."),
    ("view", "GET"): ("Read {many}", "200", "`data` tells of the caller itself."),
    ("feed", "GET"): (
        "Follow {many}",
        "200",
        "`data` has what happened after the place asked for, oldest first. Each entry has its "
        "`sequence`, the `resource`, the `id`, the `action` (`created`, `updated` or `deleted`), "
        "the `version` and the moment `at`. `next_cursor` is always where to go on from.",
    ),
}
# What can be sent and what comes back beside the body, by place and method.
HEADERS: Final[Mapping[tuple[str, str], str]] = {
    ("list", "GET"): "`Link` and `ETag` in the answer; `If-None-Match` is heeded.",
    ("list", "POST"): "`Location` and `ETag` in the answer.",
    ("one", "GET"): "`ETag` in the answer; `If-None-Match` is heeded.",
    ("one", "PATCH"): "`If-Match` is heeded; `ETag` in the answer.",
    ("one", "PUT"): "`If-Match` is heeded; `ETag` in the answer.",
    ("one", "DELETE"): "`If-Match` is heeded.",
}
# What a feed takes: name, and what it means.
FEED_PARAMETERS: Final = (
    (
        "after",
        "The place to go on from: `next_cursor` of the last answer, or a `sequence`; 0 or "
        "nothing for the beginning.",
    ),
    ("limit", "How many at most."),
)
ALWAYS: Final = (
    *("unauthenticated", "token_in_query", "rate_limited", "unavailable"),
    *("not_acceptable", "internal_error"),
)
OF_CHANGING: Final = ("precondition_failed", "precondition_required")
OF_ORGANISATIONS: Final = ("organisation_required", "organisation_not_granted")
OF_BODIES: Final = ("malformed", "body_too_large", "unsupported_media_type", "invalid", "conflict")
OF_DELETING: Final = ("still_referenced", "conflict")
# What the rules of one resource add, for whatever writes it.
OF_WRITING: Final[Mapping[str, tuple[str, ...]]] = {
    "contacts": ("mandatory_absent", "forbidden_value"),
    "invoices": (
        *("mandatory_absent", "forbidden_value", "not_draft"),
        *("outside_validity", "due_before_date"),
    ),
}
OF_VIEWS: Final[Mapping[str, tuple[str, ...]]] = {"me": ("person_required",)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One method at one address, with all that a caller needs to know."""

    anchor: str
    method: str
    path: str
    title: str
    status: str
    answer: str
    scope: str | None
    needs_organisation: bool
    headers: str | None
    errors: tuple[ErrorCode, ...]
    samples: tuple[Sample, ...]


def operations_of(resource: Resource, surface: Surface, *, issuer: str) -> tuple[Operation, ...]:
    """Every operation of a resource, in the order in which they are met."""
    path = f"{surface.base_path}/{resource.name}"
    places = (
        ("list", path, collection_acts(resource)),
        ("one", f"{path}/{{id}}", element_acts(resource)),
    )
    return tuple(
        _operation(resource, place, method, path, act=acts[method], issuer=issuer)
        for place, path, acts in places
        for method in METHODS
        if method in acts and (place, method) in WORDS
    )


def operations_of_view(view: View, surface: Surface, *, issuer: str) -> tuple[Operation, ...]:
    """What can be asked of a view."""
    path = f"{surface.base_path}/{view.name}"
    title, status, answer = WORDS["view", "GET"]
    return tuple(
        Operation(
            anchor=f"read-{view.name}",
            method=method,
            path=path,
            title=title.format(many=view.name),
            status=status,
            answer=answer,
            scope=act.scope,
            needs_organisation=act.needs_organisation,
            headers=None,
            errors=_known((*ALWAYS, *OF_VIEWS.get(view.name, ()), "invalid_query")),
            samples=samples(SampleCall(method=method, url=f"{issuer}{path}")),
        )
        for method, act in view_acts(view).items()
    )


def operations_of_feed(feed: Feed, surface: Surface, *, issuer: str) -> tuple[Operation, ...]:
    """How a feed is followed."""
    path = f"{surface.base_path}/{feed.name}"
    title, status, answer = WORDS["feed", "GET"]
    query = (("after", "0"), ("limit", "50"))
    return tuple(
        Operation(
            anchor=f"follow-{feed.name}",
            method=method,
            path=path,
            title=title.format(many=feed.name),
            status=status,
            answer=answer,
            scope=" or ".join(dict.fromkeys(feed.scopes.values())),
            needs_organisation=act.needs_organisation,
            headers=None,
            errors=_known(
                (*ALWAYS, *OF_ORGANISATIONS, "insufficient_scope", "invalid_query"),
            ),
            samples=samples(SampleCall(method=method, url=f"{issuer}{path}", query=query)),
        )
        for method, act in feed_acts(feed).items()
    )


def _operation(
    resource: Resource, place: str, method: str, path: str, *, act: Act, issuer: str
) -> Operation:
    one, many = resource.word, resource.name.replace("-", " ")
    named = {"one": one, "many": many, "a": "an" if one[0] in "aeiou" else "a"}
    title, status, answer = WORDS[place, method]
    return Operation(
        anchor=f"{method.lower()}-{place}",
        method=method,
        path=path,
        title=title.format(**named),
        status=status,
        answer=answer.format(**named),
        scope=act.scope,
        needs_organisation=act.needs_organisation,
        headers=HEADERS.get((place, method)),
        errors=_known(_errors(resource, place, method, act)),
        samples=samples(_sample(resource, place, method, f"{issuer}{path}", act)),
    )


def _errors(resource: Resource, place: str, method: str, act: Act) -> tuple[str, ...]:
    codes = [*ALWAYS]
    if act.scope is not None:
        codes.append("insufficient_scope")
    if act.needs_organisation:
        codes += OF_ORGANISATIONS
    if place == "one":
        codes.append("not_found")
    if place == "list" and method == "GET":
        codes += ("invalid_query", "query_budget", "unreadable_field")
    if place == "one" and method != "GET":
        codes += OF_CHANGING
    if act.takes_body:
        codes += (*OF_BODIES, *OF_WRITING.get(resource.name, ()))
    if method == "DELETE":
        codes += (*OF_DELETING, *(c for c in OF_WRITING.get(resource.name, ()) if c == "not_draft"))
    return tuple(codes)


def _known(codes: tuple[str, ...]) -> tuple[ErrorCode, ...]:
    """The codes as the table has them, by status."""
    known = error_codes()
    found = {known[code] for code in codes if code in known}
    return tuple(sorted(found, key=lambda each: (each.status or 0, each.code)))


def _sample(resource: Resource, place: str, method: str, url: str, act: Act) -> SampleCall:
    if place == "list" and method == "GET":
        query = LISTS.get(resource.name, PLAIN_LIST)
        return SampleCall(method=method, url=url, query=query)
    address = url.replace("{id}", sample_id(resource.prefix))
    body = body_of(resource.name, is_new=place == "list") if act.takes_body else None
    return SampleCall(method=method, url=address, body=body, has_answer=method != "DELETE")
