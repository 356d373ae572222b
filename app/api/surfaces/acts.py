"""What can be done with any resource: list, read, create, change and delete."""

import re
from collections.abc import Sequence
from functools import partial
from typing import Any, Final
from urllib.parse import urlencode

from sqlalchemy.orm import Session

from app.api.resources.read import Reading, read_given
from app.api.resources.resource import Key, Resource
from app.api.resources.view import View
from app.api.surfaces.answers import Answer, Headers, written
from app.api.surfaces.queries import pairs_of, refuse_parameters
from app.api.surfaces.questions import Question, prepared_for
from app.api.surfaces.visit import Act, Visit
from app.kernel.clock import epoch_s
from app.kernel.errors import Missing
from app.kernel.ids import is_id
from app.query.cursor import Seal
from app.query.read import Page, read_page
from app.storage.fetch import fetch_text

# What may stand in a link as it is (RFC 3986 §3.4).
_READABLE: Final = re.compile(rb"[A-Za-z0-9\-._~!$'()*+,;:@/?%=&]*")


def collection_acts(resource: Resource) -> dict[str, Act]:
    """What each method does with the whole of a resource."""
    acts = {"GET": Act(run=partial(find, resource), scope=resource.read_scope)}
    if resource.create is not None:
        acts["POST"] = Act(
            run=partial(create, resource),
            scope=resource.write_scope,
            writes=True,
            takes_body=True,
        )
    return acts


def element_acts(resource: Resource) -> dict[str, Act]:
    """What each method does with one of a resource. PUT merges as PATCH does."""
    acts = {"GET": Act(run=partial(get, resource), scope=resource.read_scope)}
    if resource.change is not None:
        acts["PATCH"] = acts["PUT"] = Act(
            run=partial(merge, resource), scope=resource.write_scope, writes=True, takes_body=True
        )
    if resource.remove is not None:
        acts["DELETE"] = Act(run=partial(remove, resource), scope=resource.write_scope, writes=True)
    return acts


def view_acts(view: View) -> dict[str, Act]:
    """A view is read, and no more."""
    return {"GET": Act(run=partial(tell, view), needs_organisation=False)}


def tell(view: View, _session: Session, visit: Visit) -> Answer:
    """What is told of the caller itself."""
    refuse_parameters(visit.query)
    told = view.tell(visit.admission.caller)
    return Answer(200, visit.door.surface.one(written(told), ()))


def find(resource: Resource, session: Session, visit: Visit) -> Answer:
    """A page of the list that the query asks for."""
    door, organisation = visit.door, visit.organisation
    sealing = Seal(
        keys=door.policy.cursor_keys,
        tenant=organisation.id,
        client=visit.admission.caller.client_id,
        now_s=epoch_s(),
    )
    asked = Question(resource, door.surface.limits, organisation.timezone, visit.query)
    prepared = prepared_for(asked, organisation=organisation.id, sealing=sealing)
    page = read_page(prepared, dialect=door.engine.dialect, run=partial(fetch_text, session))
    rows = rendered(resource, session, visit, page.rows)
    return Answer(200, door.surface.many(rows, page), _links(resource, visit, page))


def get(resource: Resource, session: Session, visit: Visit) -> Answer:
    """One object."""
    refuse_parameters(visit.query)
    record = _named(resource, session, visit)
    return Answer(200, visit.door.surface.one(_row(resource, record), ()))


def create(resource: Resource, session: Session, visit: Visit) -> Answer:
    """Make one, and say where it is."""
    assert resource.create is not None
    refuse_parameters(visit.query)
    reading = Reading()
    given = read_given(resource.shape, visit.body, current=None, reading=reading)
    made = resource.create(
        session,
        organisation=visit.organisation.id,
        given=given,
        by=visit.actor,
        faults=reading.faults,
    )
    surface = visit.door.surface
    location = f"{surface.base_path}/{resource.name}/{made.id}"
    body = surface.one(_row(resource, made), reading.unheeded)
    return Answer(201, body, (("Location", location),))


def merge(resource: Resource, session: Session, visit: Visit) -> Answer:
    """Change one: what is left out stays as it is."""
    assert resource.change is not None
    refuse_parameters(visit.query)
    record = _named(resource, session, visit)
    reading = Reading()
    given = read_given(
        resource.shape, visit.body, current=resource.shape.write(record), reading=reading
    )
    changed = resource.change(
        session,
        record,
        organisation=visit.organisation.id,
        given=given,
        by=visit.actor,
        faults=reading.faults,
    )
    body = visit.door.surface.one(_row(resource, changed), reading.unheeded)
    return Answer(200, body)


def remove(resource: Resource, session: Session, visit: Visit) -> Answer:
    """Delete one."""
    assert resource.remove is not None
    refuse_parameters(visit.query)
    record = _named(resource, session, visit)
    resource.remove(session, record, organisation=visit.organisation.id, by=visit.actor)
    return Answer(204)


def rendered(
    resource: Resource, session: Session, visit: Visit, keys: Sequence[Key]
) -> list[bytes]:
    """The rows with these keys as bytes; only those not rendered before are read in full.

    Called by reading transactions alone (docs/decisions/0007): a row that is written may yet be
    rolled back, and its version then come to mean something else.
    """
    kept, organisation = visit.door.kept, visit.organisation.id
    rows = kept.rows(organisation, keys)
    missing = [key[0] for key, row in zip(keys, rows, strict=True) if row is None]
    if missing:
        fresh: dict[str, bytes] = {}
        for record in resource.by_id(session, organisation=organisation, ids=missing).values():
            row = fresh[record.id] = _row(resource, record)
            # Under the key it was read with, which may be newer than the one it was listed with.
            kept.keep(organisation, resource.key_of(record), row)
        rows = [row or fresh.get(key[0]) for key, row in zip(keys, rows, strict=True)]
    return [row for row in rows if row is not None]


def _row(resource: Resource, record: Any) -> bytes:
    return written(resource.shape.write(record))


def _named(resource: Resource, session: Session, visit: Visit) -> Any:
    item = visit.item or ""
    if is_id(item, prefix=resource.prefix):
        if session.info["writes"] and resource.hold is not None:
            resource.hold(session, organisation=visit.organisation.id, id=item)
        found = resource.by_id(session, organisation=visit.organisation.id, ids=(item,))
        if item in found:
            return found[item]
    raise Missing(f"There is no such {resource.word}.")


def _links(resource: Resource, visit: Visit, page: Page) -> Headers:
    """Where the neighbouring pages are (RFC 8288)."""
    neighbours = (("next", page.next_cursor), ("prev", page.prev_cursor))
    if page.next_cursor is None and page.prev_cursor is None:
        return ()
    surface = visit.door.surface
    here = f"{visit.door.policy.issuer}{surface.base_path}/{resource.name}?"
    kept = _without_cursor(visit.query)
    links = [
        f'<{here}{kept}cursor={cursor}>; rel="{rel}"'
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
