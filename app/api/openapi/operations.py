"""Every operation of a surface, told from the acts that are mounted."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from app.api.openapi.answers import UNCHANGED, answer, envelope, headers, ref
from app.api.openapi.parameters import (
    IF_MATCH,
    IF_NONE_MATCH,
    ORGANISATION,
    SEALED_PATTERN,
    item_parameter,
    list_parameters,
    showing_parameters,
)
from app.api.openapi.refusals import (
    ALWAYS,
    OF_A_BODY,
    OF_A_SCOPE,
    OF_AN_ORGANISATION,
    OF_CHANGING,
    OF_CONDITIONS,
    OF_DELETING,
    OF_ONE,
    OF_READING,
    OF_RULES,
    OF_STATE,
    OF_VIEWS,
    OF_WRITING,
    Refusals,
    by_status,
    name_of,
)
from app.api.openapi.samples import body_of
from app.api.resources.changes import Feed
from app.api.resources.resource import Resource
from app.api.resources.schemas import sent_forms, shown_form
from app.api.resources.view import View
from app.api.surfaces import acts, feed, lists
from app.api.surfaces.answers import MEDIA_TYPE
from app.api.surfaces.surface import Surface
from app.api.surfaces.visit import Act
from app.query.explain import PlanTold, QueryBudgetSpent
from app.query.grammar import Limits

Schema = dict[str, Any]
# How operations refuse: the answers by their names, each with its status.
Refused = dict[str, tuple[str, Refusals]]
Subject = Resource | View | Feed


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What the document tells of one act, beside what every act has."""

    name: str
    summary: str
    answers: Schema
    parameters: list[Schema]
    refusals: Refusals = ()
    body: Schema | None = None
    description: str = ""


@dataclass(frozen=True, slots=True)
class Address:
    """One address of a surface and what each method does there."""

    path: str
    subject: Subject
    acts: Mapping[str, Act]


def addresses(surface: Surface) -> Iterator[Address]:
    """Every address at which something is served, in the order of the document."""
    base = surface.base_path
    for view in surface.views:
        yield Address(f"{base}/{view.name}", view, acts.view_acts(view))
    for each in surface.feeds:
        yield Address(f"{base}/{each.name}", each, feed.feed_acts(each))
    for resource in surface.resources:
        path = f"{base}/{resource.name}"
        yield Address(path, resource, acts.collection_acts(resource))
        yield Address(f"{path}/query", resource, acts.query_acts(resource))
        yield Address(f"{path}/{{id}}", resource, acts.element_acts(resource))


def paths(surface: Surface, refused: Refused) -> Schema:
    """The operations of a surface by address and method; `refused` gathers how they refuse."""
    return {
        address.path: {
            method.lower(): _operation(address, method, act, surface.limits, refused)
            for method, act in address.acts.items()
        }
        for address in addresses(surface)
    }


def singular(resource: Resource) -> str:
    """What one of a resource is called in the names of the document."""
    return "".join(word.capitalize() for word in resource.word.split(" "))


def plural(name: str) -> str:
    """What a list is called in the names of the document."""
    return "".join(word.capitalize() for word in name.split("-"))


def _operation(address: Address, method: str, act: Act, limits: Limits, refused: Refused) -> Schema:
    assert isinstance(act.run, partial)
    told = _TOLD[act.run.func](address.subject, method, limits)
    refusals: Refusals = (*ALWAYS, *told.refusals)
    parameters = list(told.parameters)
    if act.needs_organisation:
        refusals += OF_AN_ORGANISATION
        parameters.append(ORGANISATION)
    if act.scope is not None:
        refusals += OF_A_SCOPE
    if act.takes_body:
        refusals += OF_A_BODY
    answers = dict(told.answers)
    for status, found in by_status(refusals).items():
        name = name_of(status, found)
        refused[name] = (status, found)
        answers[status] = {"$ref": f"#/components/responses/{name}"}
    operation: Schema = {
        "operationId": told.name,
        "summary": told.summary,
        "tags": [plural(address.subject.name)],
        "security": _security(address.subject, act),
        "parameters": parameters,
        "responses": answers,
    }
    if told.description:
        operation["description"] = told.description
    if told.body is not None:
        operation["requestBody"] = told.body
    return operation


def _security(subject: Subject, act: Act) -> list[Schema]:
    """One of these credentials, with one of these scopes."""
    if isinstance(subject, Feed):
        scopes = sorted(set(subject.scopes.values()))
        return [{name: [scope]} for scope in scopes for name in ("oauth", "bearer")]
    scopes = [] if act.scope is None else [act.scope]
    return [{"oauth": scopes}, {"bearer": scopes}]


def _find(resource: Resource, method: str, limits: Limits) -> Told:
    name = plural(resource.name)
    return Told(
        name=f"list{name}",
        summary=f"List {resource.name.replace('-', ' ')}",
        parameters=[*list_parameters(resource, limits), IF_NONE_MATCH],
        answers={
            "200": answer("A page of the list.", ref(f"{name}Page"), "ETag", "Link"),
            "304": UNCHANGED,
        },
        refusals=(*OF_READING, QueryBudgetSpent),
    )


def _ask(resource: Resource, method: str, limits: Limits) -> Told:
    name = plural(resource.name)
    return Told(
        name=f"query{name}",
        summary=f"List {resource.name.replace('-', ' ')} by a body, where an address is too long",
        parameters=[],
        body=_body(f"{singular(resource)}Query", body_of(resource.name, "/query")),
        answers={"200": answer("A page of the list.", ref(f"{name}Page"))},
        refusals=(*OF_READING, QueryBudgetSpent),
    )


def _get(resource: Resource, method: str, limits: Limits) -> Told:
    fields = resource.listing.fields
    return Told(
        name=f"get{singular(resource)}",
        summary=f"Read {_one(resource)}",
        parameters=[
            item_parameter(resource),
            *showing_parameters(fields),
            IF_NONE_MATCH,
            IF_MATCH,
        ],
        answers={
            "200": answer("The object.", envelope(shown(resource)), "ETag"),
            "304": UNCHANGED,
        },
        refusals=(*OF_ONE, *OF_READING),
    )


def _create(resource: Resource, method: str, limits: Limits) -> Told:
    name = singular(resource)
    return Told(
        name=f"create{name}",
        summary=f"Create {_one(resource)}",
        description=(
            "What is worked out here may be null or empty, and nothing else. A name that means"
            " nothing is told in `warnings`."
        ),
        parameters=[],
        body=_body(f"{name}Create", body_of(resource.name, "")),
        answers={
            "201": {
                **answer(
                    "What was made.", envelope(ref(name), has_warnings=True), "Location", "ETag"
                ),
                "links": _links(resource),
            }
        },
        refusals=(*OF_RULES[resource.name], *OF_WRITING),
    )


def _links(resource: Resource) -> Schema:
    """What can be done next with what was made."""
    verbs = ["get"]
    verbs += ["update", "merge"] if resource.change is not None else []
    verbs += ["delete"] if resource.remove is not None else []
    return {
        verb: {
            "operationId": f"{verb}{singular(resource)}",
            "parameters": {"id": "$response.body#/data/id"},
        }
        for verb in verbs
    }


# What is left out stays as it is, whichever of them is sent.
_CHANGES: Final = {
    "PATCH": "Change {one} (PATCH)",
    "PUT": "Change {one} (PUT, merges as PATCH does)",
}


def _merge(resource: Resource, method: str, limits: Limits) -> Told:
    name = singular(resource)
    verb = "update" if method == "PATCH" else "merge"
    return Told(
        name=f"{verb}{name}",
        summary=_CHANGES[method].format(one=_one(resource)),
        description=(
            "What is left out stays as it is. Null clears a field, and a list that is sent becomes"
            " the whole list. What is worked"
            " out here may be sent back as it is shown. A name that means nothing is told in"
            " `warnings`. The body may be `application/merge-patch+json` as well."
        ),
        parameters=[item_parameter(resource), IF_MATCH],
        body=_body(f"{name}Change", body_of(resource.name, "/{id}")),
        answers={"200": answer("As it is now.", envelope(ref(name), has_warnings=True), "ETag")},
        refusals=(
            *(*OF_ONE, *OF_RULES[resource.name], *OF_STATE[resource.name]),
            *(*OF_WRITING, *OF_CHANGING),
        ),
    )


def _remove(resource: Resource, method: str, limits: Limits) -> Told:
    return Told(
        name=f"delete{singular(resource)}",
        summary=f"Delete {_one(resource)}",
        parameters=[item_parameter(resource), IF_MATCH],
        answers={"204": {"description": "It is gone.", "headers": headers()}},
        refusals=(*OF_ONE, *OF_DELETING[resource.name], *OF_WRITING, *OF_CHANGING),
    )


def _tell(view: View, method: str, limits: Limits) -> Told:
    name = plural(view.name)
    return Told(
        name=f"{'list' if view.tells_many else 'get'}{name}",
        summary=f"{'List' if view.tells_many else 'Read'} {view.name}",
        parameters=[],
        answers={"200": answer("What is told of the caller.", envelope(view_schema(view)))},
        refusals=OF_VIEWS.get(view.name, ()),
    )


def _follow(each: Feed, method: str, limits: Limits) -> Told:
    name = plural(each.name)
    return Told(
        name=f"list{name}",
        summary="Follow what changed, oldest first",
        parameters=[
            {
                "name": "after",
                "in": "query",
                "description": "The next_cursor of the answer before; left out, from the start.",
                "schema": {"type": "string", "pattern": f"^(?:[0-9]{{1,18}}|{SEALED_PATTERN})$"},
            },
            {
                "name": "limit",
                "in": "query",
                "description": f"Changes at most; {limits.page_rows_default} where it is left out.",
                "schema": {"type": "integer", "minimum": 1, "maximum": limits.page_rows_max},
            },
            IF_NONE_MATCH,
        ],
        answers={
            "200": answer(
                "The changes; next_cursor is always where to go on from.",
                ref(f"{name}Page"),
                "ETag",
            ),
            "304": UNCHANGED,
        },
        refusals=(*OF_A_SCOPE, *OF_CONDITIONS),
    )


_TOLD: Final[Mapping[Callable[..., Any], Callable[[Any, str, Limits], Told]]] = {
    lists.find: _find,
    lists.ask: _ask,
    acts.get: _get,
    acts.create: _create,
    acts.merge: _merge,
    acts.remove: _remove,
    acts.tell: _tell,
    feed.follow: _follow,
}


def shown(resource: Resource) -> Schema:
    """One of a resource, whole or the part that `fields` chose."""
    name = singular(resource)
    return {"anyOf": [ref(name), ref(f"{name}Part")]}


def view_schema(view: View) -> Schema:
    """What a view tells."""
    one = ref(view.shows.__name__)
    return {"type": "array", "items": one} if view.tells_many else one


def forms_of(surface: Surface) -> list[Any]:
    """Every type whose schema the document publishes."""
    found: list[Any] = []
    for resource in surface.resources:
        sent = sent_forms(resource.shape)
        found += [shown_form(resource), shown_form(resource, is_part=True)]
        found += [form for form in (sent.create, sent.change) if form is not None]
    found.append(PlanTold)
    return [*found, *(view.shows for view in surface.views), *(one.shows for one in surface.feeds)]


def _body(name: str, example: Mapping[str, object] | None) -> Schema:
    content: Schema = {"schema": ref(name)}
    if example is not None:
        content["example"] = example
    return {"required": True, "content": {MEDIA_TYPE: content}}


def _one(resource: Resource) -> str:
    return f"{'an' if resource.word[0] in 'aeiou' else 'a'} {resource.word}"
