"""The query builder: a form that makes a query, says what is wrong with it, and how to send it.

No book is opened: what it answers follows from the grammar and the declarations alone.
"""

from dataclasses import dataclass

from flask import Blueprint, Response, request

from app.query.faults import InvalidQuery
from app.query.grammar import OPERATORS
from app.query.spell import spell
from app.web.docs.builder_form import QUERY_CHARACTERS_MAX, BuilderForm, decoded, read_form
from app.web.docs.findings import Finding, findings_of, mended
from app.web.docs.pages import NOT_INDEXED, SURFACE, docs_page
from app.web.docs.samples import Sample, SampleCall, samples
from app.web.door import guarded
from app.web.surroundings import surroundings

blueprint = guarded(Blueprint("query_builder", __name__))


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What is said of a query: its faults, or else how to send it."""

    findings: tuple[Finding, ...] = ()
    mended: str | None = None
    samples: tuple[Sample, ...] = ()
    address: str = ""


@blueprint.get("/docs/query")
def show() -> Response:
    """The form, and what is said of the query in it."""
    form = read_form(request.args, SURFACE.resources)
    outcome = _outcome(form) if form.is_asked and form.refusal is None else None
    response = docs_page(
        "docs/query.html",
        "query",
        is_indexed=False,
        form=form,
        fields=form.resource.listing.fields,
        resources=SURFACE.resources,
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
        spell(fields, form.pairs, limits=limits)
    except InvalidQuery as refused:
        return Outcome(
            findings=findings_of(refused, form.pairs, fields, limits=limits),
            mended=mended(refused, form.pairs, fields, limits=limits),
        )
    url = f"{surroundings().policy.issuer}{SURFACE.base_path}/{form.resource.name}"
    call = SampleCall(method="GET", url=url, query=form.pairs)
    return Outcome(samples=samples(call), address=call.address)
