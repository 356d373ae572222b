"""The documentation: a guide, the reference of each resource, every error, and a search."""

from functools import lru_cache
from typing import Final, cast

from flask import Blueprint, Response, abort, current_app, request

from app.api.surfaces.surface import Surface
from app.api.surfaces.v1 import V1
from app.domain.grants.policy import ACCESS_TOKEN_LIFETIME_S
from app.gateway.gateway import Gateway
from app.query.faults import InvalidQuery, corrected
from app.query.grammar import LIMITS, OPERATORS
from app.query.spell import spell
from app.storage.transaction import Unavailable
from app.web.docs.builder_address import builder_address
from app.web.docs.catalogue import Reference, references
from app.web.docs.error_codes import ErrorCode, code_of, error_codes
from app.web.docs.guide import SECTIONS
from app.web.docs.problem_example import problem_example
from app.web.docs.samples import SampleCall, samples
from app.web.docs.search import QUERY_CHARACTERS_MAX, entries, find, near
from app.web.door import guarded
from app.web.pages import page
from app.web.person import Person, onlooker
from app.web.surroundings import surroundings

SURFACE: Final[Surface] = V1
NOT_INDEXED: Final = "noindex"

blueprint = guarded(Blueprint("docs", __name__))


@blueprint.get("/docs")
def show_guide() -> Response:
    """Where to begin."""
    issuer = surroundings().policy.issuer
    return docs_page(
        "docs/guide.html",
        "guide",
        sections=SECTIONS,
        operators=OPERATORS.values(),
        limits=LIMITS,
        issuer=issuer,
        first_call=samples(SampleCall(method="GET", url=f"{issuer}{SURFACE.base_path}/me")),
        windows=cast(Gateway, current_app.extensions["gateway"]).token_windows,
        access_minutes=ACCESS_TOKEN_LIFETIME_S // 60,
        filtered=builder_address("invoices", "due_date=lt:2026-01-01&sort=-id"),
    )


@blueprint.get("/docs/<name>")
def show_reference(name: str) -> Response:
    """One resource: its operations, fields, filters and sorting."""
    found = next((each for each in _references() if each.name == name), None)
    if found is None:
        abort(404)
    return docs_page(
        "docs/reference.html",
        found.name,
        reference=found,
        limits=LIMITS,
        issuer=surroundings().policy.issuer,
    )


@blueprint.get("/docs/errors")
def show_errors() -> Response:
    """Every code, whole refusals first."""
    codes = error_codes().values()
    return docs_page(
        "docs/errors.html",
        "errors",
        refusals=[code for code in codes if code.status is not None],
        faults=[code for code in codes if code.status is None],
    )


@blueprint.get("/docs/errors/<slug>")
def show_error(slug: str) -> Response:
    """One code: where the `type` of a problem leads."""
    code = code_of(slug)
    if code is None:
        abort(404)
    refused = _refused(code)
    return docs_page(
        "docs/error_code.html",
        "errors",
        code=code,
        example=problem_example(code, refused, issuer=surroundings().policy.issuer),
        query=code.example if refused else None,
        try_it=builder_address("invoices", code.example or "") if refused else None,
        met_by=_met_by(code),
    )


@blueprint.get("/docs/search")
def show_search() -> Response:
    """What was found; the form alone where nothing was asked."""
    asked = request.args.get("q", "")[:QUERY_CHARACTERS_MAX]
    known = tuple(entries(_references(), error_codes().values()))
    found = find(known, asked)
    response = docs_page(
        "docs/search.html",
        "search",
        asked=asked,
        found=found,
        near=() if found else near(known, asked),
        is_indexed=False,
    )
    response.headers["X-Robots-Tag"] = NOT_INDEXED
    return response


def docs_page(template: str, here: str, *, is_indexed: bool = True, **facts: object) -> Response:
    """A page of the documentation, with the way to all the others."""
    facts.setdefault("asked", "")
    return page(
        template,
        200,
        person=_onlooker(),
        here="docs",
        docs_here=here,
        references=_references(),
        is_indexed=is_indexed,
        address_in_builder=builder_address,
        written=corrected,
        **facts,
    )


def _onlooker() -> Person | None:
    """Who is looking, where that can be told: the documentation outlives the database."""
    try:
        return onlooker()
    except Unavailable:
        return None


def _references() -> tuple[Reference, ...]:
    return _told(surroundings().policy.issuer)


@lru_cache(maxsize=8)
def _told(issuer: str) -> tuple[Reference, ...]:
    return references(SURFACE, issuer=issuer)


def _refused(code: ErrorCode) -> InvalidQuery | None:
    """How the example of a code is refused now; None where there is none to show."""
    resource = next(each for each in SURFACE.resources if each.name == "invoices")
    pairs = [part.partition("=")[::2] for part in (code.example or "").split("&") if part]
    try:
        spell(resource.listing.fields, pairs, limits=SURFACE.limits)
    except InvalidQuery as refused:
        told = {refused.code, *(fault.code for fault in refused.faults)}
        return refused if code.code in told else None
    return None


def _met_by(code: ErrorCode) -> list[tuple[str, str]]:
    """The operations that may be refused with a code: their titles and addresses."""
    return [
        (operation.title, f"/docs/{reference.name}#{operation.anchor}")
        for reference in _references()
        for operation in reference.operations
        if code in operation.errors
    ]
