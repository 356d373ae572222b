"""What can be done with one of any resource: make it, read it, change it and delete it."""

from functools import partial
from typing import Any

from sqlalchemy.orm import Session

from app.api.resources.read import Reading, read_given
from app.api.resources.resource import Resource
from app.api.resources.showing import WHOLE, Showing
from app.api.resources.view import View
from app.api.surfaces.answers import Answer, written
from app.api.surfaces.conditions import UNCONDITIONAL, is_known, refuse_changed, refuse_for_list
from app.api.surfaces.lists import ask, find
from app.api.surfaces.needs import refuse_unreadable
from app.api.surfaces.queries import refuse_parameters
from app.api.surfaces.questions import Question, meaning_of_one
from app.api.surfaces.rows import one_as_shown, row_of
from app.api.surfaces.visit import Act, Visit
from app.kernel.errors import Missing
from app.kernel.ids import is_id


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


def query_acts(resource: Resource) -> dict[str, Act]:
    """A list is asked for by a body too: a safe read, which spends what a GET spends."""
    return {"POST": Act(run=partial(ask, resource), scope=resource.read_scope, takes_body=True)}


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


def get(resource: Resource, session: Session, visit: Visit) -> Answer:
    """One object, or 304 where the caller has it already."""
    showing = _showing(resource, visit)
    record = _named(resource, session, visit)
    shown, tag = one_as_shown(resource, session, visit, record, showing=showing)
    headers = (("ETag", tag),)
    if is_known(visit.conditions, tag):
        return Answer(304, headers=headers)
    return Answer(200, visit.door.surface.one(shown, ()), headers)


def create(resource: Resource, session: Session, visit: Visit) -> Answer:
    """Make one, and say where it is."""
    assert resource.create is not None
    refuse_parameters(visit.query)
    refuse_for_list(visit.conditions)
    reading = Reading()
    given = read_given(resource.shape, visit.body, current=None, reading=reading)
    made = resource.create(
        session,
        organisation=visit.organisation.id,
        given=given,
        by=visit.actor,
        faults=reading.faults,
    )
    door, row = visit.door, row_of(resource, made)
    location = f"{door.surface.base_path}/{resource.name}/{made.id}"
    headers = (("Location", location), ("ETag", door.tags.of_row(row)))
    return Answer(201, door.surface.one(row, reading.unheeded), headers)


def merge(resource: Resource, session: Session, visit: Visit) -> Answer:
    """Change one: what is left out stays as it is."""
    assert resource.change is not None
    refuse_parameters(visit.query)
    record = _named(resource, session, visit)
    _check_conditions(resource, visit, record)
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
    door, row = visit.door, row_of(resource, changed)
    headers = (("ETag", door.tags.of_row(row)),)
    return Answer(200, door.surface.one(row, reading.unheeded), headers)


def remove(resource: Resource, session: Session, visit: Visit) -> Answer:
    """Delete one."""
    assert resource.remove is not None
    refuse_parameters(visit.query)
    record = _named(resource, session, visit)
    _check_conditions(resource, visit, record)
    resource.remove(session, record, organisation=visit.organisation.id, by=visit.actor)
    return Answer(204)


def _showing(resource: Resource, visit: Visit) -> Showing:
    if not visit.query:
        return WHOLE
    organisation = visit.organisation
    question = Question(resource, visit.door.surface.limits, organisation.timezone, visit.query)
    meaning = meaning_of_one(question)
    refuse_unreadable(meaning.needs, scopes=organisation.scopes, own=resource.read_scope)
    return meaning.showing


def _check_conditions(resource: Resource, visit: Visit, record: Any) -> None:
    """Held since it was found, the object stays as it is compared here until the commit."""
    is_demanded = visit.organisation.requires_if_match
    if visit.conditions is UNCONDITIONAL and not is_demanded:
        return
    tag = visit.door.tags.of_row(row_of(resource, record))
    refuse_changed(visit.conditions, tag, is_demanded=is_demanded)


def _named(resource: Resource, session: Session, visit: Visit) -> Any:
    item = visit.item or ""
    if is_id(item, prefix=resource.prefix):
        if session.info["writes"] and resource.hold is not None:
            resource.hold(session, organisation=visit.organisation.id, id=item)
        found = resource.by_id(session, organisation=visit.organisation.id, ids=(item,))
        if item in found:
            return found[item]
    raise Missing(f"There is no such {resource.word}.")
