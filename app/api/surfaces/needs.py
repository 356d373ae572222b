"""What a question leads to beyond its own resource: other scopes, and other changes."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from app.api.resources.resource import Expansion, Many, Resource
from app.api.resources.showing import Showing
from app.api.surfaces.refusals import UnreadableField
from app.gateway.errors import challenge
from app.kernel.errors import Fault
from app.query.grammar import Query
from app.query.references import predicates_of

EVERYTHING: Final = "*"


@dataclass(frozen=True, slots=True)
class Need:
    """A scope beside the resource's own, and the reference that needs it, with its place."""

    scope: str
    path: str
    parameter: str | None = None
    position: int | None = None
    pointer: str | None = None


def needs_of(resource: Resource, query: Query, showing: Showing) -> tuple[Need, ...]:
    """What a filter, sort, search, `fields` or `expand` needs: each of them tells of a field."""
    by_name = resource.listing.fields.by_name
    needs = [
        Need(scope, one.path, one.parameter, one.position, one.pointer)
        for one in _references(resource, query)
        if one.path in by_name and (scope := by_name[one.path].scope) is not None
    ]
    needs += [
        Need(one.target.read_scope, one.path, "expand" if one.path in query.expand else "fields")
        for one in showing.expanded
    ]
    return tuple(need for need in needs if need.scope != resource.read_scope)


def refuse_unreadable(needs: tuple[Need, ...], *, scopes: frozenset[str], own: str) -> None:
    """Raise UnreadableField, naming each scope that is missing and the field that needs it."""
    missing = [need for need in needs if need.scope not in scopes]
    if not missing:
        return
    faults = tuple(
        Fault(
            UnreadableField.code,
            f"{need.path} needs the scope {need.scope}",
            parameter=need.parameter,
            position=need.position,
            pointer=need.pointer,
            field=need.path,
        )
        for need in missing
    )
    wanted = " ".join(sorted({own, *(need.scope for need in missing)}))
    raise UnreadableField(
        f"This refers to {missing[0].path}, which needs the scope {missing[0].scope}.",
        headers=(challenge(error="insufficient_scope", scope=wanted),),
        faults=faults,
    )


def heads_for(resource: Resource, query: Query, showing: Showing) -> tuple[str, ...]:
    """The heads (see `heads_of`) of all that the answer to a question is made from."""
    names = {resource.name, *resource.draws_on}
    names.update(one.target.name for one in showing.expanded)
    names.update(_home(resource, one.path) for one in _references(resource, query))
    return tuple(sorted(names))


@dataclass(frozen=True, slots=True)
class _Reference:
    """A field that a question refers to, and where it does."""

    path: str
    parameter: str | None = None
    position: int | None = None
    pointer: str | None = None


def _references(resource: Resource, query: Query) -> Iterator[_Reference]:
    for one in predicates_of(query.where):
        yield _Reference(one.field, one.parameter, one.position, one.pointer)
    for order in query.sort:
        yield _Reference(order.field, "sort")
    search = resource.listing.fields.search
    if query.search and search is not None:
        for path in search.covers:
            yield _Reference(path, "q")


def _home(resource: Resource, path: str) -> str:
    """The head that rises whenever what stands at this path may have changed."""
    if "." not in path:
        return resource.name
    for one in resource.expansions:
        if one.shows(path):
            return resource.name if _is_drawn_on(resource, one, path) else one.target.name
    lists = {one.name for one in resource.shape.shown if isinstance(one, Many)}
    return resource.name if path.partition(".")[0] in lists else EVERYTHING


def _is_drawn_on(resource: Resource, expansion: Expansion, path: str) -> bool:
    """Whether the resource itself shows this of another, and so names its head in `draws_on`."""
    declared = resource.listing.fields.by_name.get(path)
    is_open = declared is not None and declared.scope is None
    return is_open and expansion.target.read_scope != resource.read_scope
