"""Lists of any resource: asked for in the address, or in a body where the address is too short."""

import re
from dataclasses import replace
from functools import partial
from typing import Final, TypeVar
from urllib.parse import urlencode

from sqlalchemy.orm import Session

from app.api.resources.resource import Resource
from app.api.surfaces.answers import Answer, Headers
from app.api.surfaces.conditions import is_known
from app.api.surfaces.needs import Need, refuse_unreadable
from app.api.surfaces.queries import pairs_of, refuse_parameters
from app.api.surfaces.questions import Meaning, Question, meaning_of, prepared_for
from app.api.surfaces.rows import rows_within
from app.api.surfaces.visit import Visit
from app.domain.events.heads import heads_of
from app.kernel.budget import budget_of
from app.kernel.clock import epoch_s
from app.kernel.errors import Fault
from app.query.cursor import Seal
from app.query.explain import QueryBudgetSpent, explain_plan
from app.query.faults import InvalidQuery
from app.query.listing import PreparedList, prepare
from app.query.read import Page, find_list
from app.query.tree import read_tree
from app.storage.fetch import fetch_text

# What may stand in a link as it is (RFC 3986 §3.4).
_READABLE: Final = re.compile(rb"[A-Za-z0-9\-._~!$'()*+,;:@/?%=&]*")
Placed = TypeVar("Placed", Fault, Need)
_PAGING: Final = ("page", "per_page", "offset", "limit", "cursor")


def find(resource: Resource, session: Session, visit: Visit) -> Answer:
    """A page of the list that the query asks for; 304 where the caller has it already."""
    question = _question(resource, visit)
    try:
        prepared, meaning = prepared_for(
            question, organisation=visit.organisation.id, sealing=_sealing(visit)
        )
    except InvalidQuery as error:
        _offer_cursor(error, resource, visit)
        raise
    refuse_unreadable(meaning.needs, scopes=visit.organisation.scopes, own=resource.read_scope)
    # Before the list itself: what changes in between makes the tag look old, never new.
    tag = _tag(session, visit, meaning)
    if is_known(visit.conditions, tag):
        return Answer(304, headers=(("ETag", tag),))
    page, body = _page(resource, session, visit, prepared, meaning=meaning)
    return Answer(200, body, (("ETag", tag), *_links(resource, visit, page)))


def ask(resource: Resource, session: Session, visit: Visit) -> Answer:
    """A page of the list that a body asks for; the cursor to the next goes into a body too."""
    refuse_parameters(visit.query)
    fields, question = resource.listing.fields, _question(resource, visit)
    query = read_tree(fields, visit.body, timezone=question.timezone, limits=question.limits)
    meaning = meaning_of(question, query)
    needs = tuple(_in_body(need) for need in meaning.needs)
    refuse_unreadable(needs, scopes=visit.organisation.scopes, own=resource.read_scope)
    try:
        prepared = prepare(
            resource.listing,
            query,
            parameters={"organisation": visit.organisation.id},
            sealing=_sealing(visit),
            limits=question.limits,
        )
        _, body = _page(resource, session, visit, prepared, meaning=meaning)
    except (InvalidQuery, QueryBudgetSpent) as error:
        error.faults = tuple(_in_body(fault) for fault in error.faults)
        raise
    return Answer(200, body)


def _page(
    resource: Resource,
    session: Session,
    visit: Visit,
    prepared: PreparedList,
    *,
    meaning: Meaning,
) -> tuple[Page, bytes]:
    dialect, budget = visit.door.engine.dialect, budget_of(prepared.limits.budget_ms)
    plan = explain_plan(prepared, dialect=dialect) if meaning.is_explained else None
    try:
        run = partial(fetch_text, session)
        listed = find_list(prepared, dialect=dialect, run=run, budget=budget)
        page, keys = listed.page(), listed.page().rows
        order = list(reversed(keys)) if listed.is_backward else keys
        rows, reached = rows_within(
            resource, session, visit, order, showing=meaning.showing, budget=budget
        )
        if reached < len(keys):
            page = listed.shortened(reached)
    except QueryBudgetSpent as error:
        if plan is not None:
            error.facts = {**error.facts, "plan": plan}
        raise
    if listed.is_backward:
        rows.reverse()
    return page, visit.door.surface.many(rows, page, plan)


def _in_body(place: Placed) -> Placed:
    """What would stand at a parameter, where all stands in a body."""
    if place.parameter is None:
        return place
    return replace(place, pointer=f"/{place.parameter}", parameter=None, position=None)


def _question(resource: Resource, visit: Visit) -> Question:
    return Question(resource, visit.door.surface.limits, visit.organisation.timezone, visit.query)


def _sealing(visit: Visit) -> Seal:
    return Seal(
        keys=visit.door.policy.cursor_keys,
        tenant=visit.organisation.id,
        client=visit.admission.caller.client_id,
        now_s=epoch_s(),
    )


def _tag(session: Session, visit: Visit, meaning: Meaning) -> str:
    organisation = visit.organisation.id
    return visit.door.tags.of_list(
        meaning.identity,
        organisation=organisation,
        grant=visit.admission.caller.grant_id,
        heads=heads_of(session, organisation=organisation, resources=meaning.heads),
    )


def _offer_cursor(error: InvalidQuery, resource: Resource, visit: Visit) -> None:
    """To whoever pages too deep, the address of the same list from which cursors lead on."""
    deep = next((fault for fault in error.faults if fault.code == "offset_too_deep"), None)
    if deep is None:
        return
    kept = [pair for pair in pairs_of(visit.query) if pair[0] not in _PAGING]
    query = "&".join(part for part in (urlencode(kept), deep.fix) if part)
    error.facts = {**error.facts, "links": {"cursor": f"{_here(resource, visit)}?{query}"}}


def _here(resource: Resource, visit: Visit) -> str:
    return f"{visit.door.policy.issuer}{visit.door.surface.base_path}/{resource.name}"


def _links(resource: Resource, visit: Visit, page: Page) -> Headers:
    """Where the neighbouring pages are (RFC 8288)."""
    neighbours = (("next", page.next_cursor), ("prev", page.prev_cursor))
    if page.next_cursor is None and page.prev_cursor is None:
        return ()
    kept = _without_cursor(visit.query)
    links = [
        f'<{_here(resource, visit)}?{kept}cursor={cursor}>; rel="{rel}"'
        for rel, cursor in neighbours
        if cursor is not None
    ]
    return (("Link", ", ".join(links)),)


def _without_cursor(query: bytes) -> str:
    """The query string as it was asked, ready for a cursor to follow."""
    if not query:
        return ""
    if b"cursor" not in query and _READABLE.fullmatch(query):
        return f"{query.decode('ascii')}&"
    kept = [(name, value) for name, value in pairs_of(query) if name != "cursor"]
    return f"{urlencode(kept)}&" if kept else ""
