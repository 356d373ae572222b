"""The query builder: a form that makes a query, says what is wrong with it, and how to send it.

No book is opened: what it answers follows from the grammar and the declarations alone.
"""

from dataclasses import dataclass, replace
from typing import Final

from flask import Blueprint, Response, request

from app.api.resources.resource import Resource
from app.api.resources.showing import showing_of
from app.api.surfaces.needs import needs_of
from app.query.anchors import index_of
from app.query.cursor import Seal
from app.query.explain import PlanTold, explain_plan
from app.query.faults import InvalidQuery
from app.query.grammar import OPERATORS, Query
from app.query.listing import Listing, PreparedList, prepare
from app.query.spell import spell
from app.storage.db import db
from app.web.docs.asking import spend_question
from app.web.docs.builder_form import QUERY_CHARACTERS_MAX, BuilderForm, decoded, read_form
from app.web.docs.catalogue import title_of
from app.web.docs.findings import Findings, findings_of
from app.web.docs.pages import NOT_INDEXED, SURFACE, docs_page
from app.web.docs.samples import Sample, SampleCall, samples
from app.web.door import guarded
from app.web.surroundings import surroundings

# Statements of this page's own: what strangers ask here pushes none of the API's out of its cache.
_LISTINGS: Final = {
    each.name: Listing(each.listing.fields, each.listing.base) for each in SURFACE.resources
}
_NOBODY: Final = Seal(keys=(), tenant="", client="", now_s=0)

blueprint = guarded(Blueprint("query_builder", __name__))


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What is said of a query: its faults, or else its plan and how to send it.

    `scopes` are those that it needs; `drivers` the indexes that are used instead of the sort's
    where few rows meet a comparison.
    """

    findings: Findings | None = None
    plan: PlanTold | None = None
    drivers: tuple[str, ...] = ()
    scopes: tuple[str, ...] = ()
    samples: tuple[Sample, ...] = ()
    address: str = ""


@blueprint.get("/docs/query")
def show() -> Response:
    """The form, and what is said of the query in it."""
    form = read_form(request.args, SURFACE.resources)
    if form.is_asked:
        spend_question()
    outcome = _outcome(form) if form.is_asked and form.refusal is None else None
    response = docs_page(
        "docs/query.html",
        "query",
        is_indexed=False,
        form=form,
        fields=form.resource.listing.fields,
        resources=SURFACE.resources,
        titles={each.name: title_of(each.name) for each in SURFACE.resources},
        operators=OPERATORS.values(),
        query_characters_max=QUERY_CHARACTERS_MAX,
        outcome=outcome,
        decoded=decoded,
    )
    response.headers["X-Robots-Tag"] = NOT_INDEXED
    return response


def _outcome(form: BuilderForm) -> Outcome:
    fields = form.resource.listing.fields
    limits = SURFACE.limits
    try:
        query = spell(fields, form.pairs, limits=limits)
    except InvalidQuery as refused:
        return Outcome(findings=findings_of(refused, form.pairs, fields, limits=limits))
    url = f"{surroundings().policy.issuer}{SURFACE.base_path}/{form.resource.name}"
    call = SampleCall(method="GET", url=url, query=form.pairs)
    prepared = _prepared(form.resource, query)
    return Outcome(
        plan=explain_plan(prepared, dialect=db.engine.dialect),
        drivers=_drivers(prepared),
        scopes=_scopes(form.resource, query),
        samples=samples(call),
        address=call.address,
    )


def _scopes(resource: Resource, query: Query) -> tuple[str, ...]:
    showing = showing_of(resource, fields=query.fields, expand=query.expand)
    needed = {need.scope for need in needs_of(resource, query, showing)}
    return tuple(sorted({resource.read_scope, *needed}))


def _prepared(resource: Resource, query: Query) -> PreparedList:
    """How the list would be found here; whose cursor it is makes no difference."""
    anywhere = replace(query, page=replace(query.page, cursor=None))
    return prepare(
        _LISTINGS[resource.name], anywhere, parameters={}, sealing=_NOBODY, limits=SURFACE.limits
    )


def _drivers(prepared: PreparedList) -> tuple[str, ...]:
    dialect = db.engine.dialect.name
    fields = prepared.fields.by_name
    found = (
        index_of(fields[part.field], dialect=dialect, operator=part.operator)
        for part in prepared.plan.split.drivers
        if part.is_predicate and part.field in fields
    )
    return tuple(dict.fromkeys(name for name in found if name is not None))
