"""The fields of what is answered, each with what it holds, who writes it and what it means."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import NoneType
from typing import Annotated, Any, Final, Literal, get_args, get_origin

import msgspec
from msgspec import Struct

from app.api.resources.resource import Attribute, Many, Resource, Shape
from app.api.resources.schemas import nullable_of
from app.api.resources.words import WORDS, Meaning, Meanings
from app.web.docs.field_words import ACCESS, in_words

# What the types of a view or a feed hold.
_PLAIN: Final[Mapping[object, str]] = {
    str: "text",
    int: "whole number",
    datetime: "moment, RFC 3339 in UTC",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownField:
    """One field of a record; `within` are the fields of a list's entries or of an object.

    `is_required` of something new; `otherwise` is what a new one has without it.
    """

    name: str
    holds: str
    access: str
    meaning: Meaning
    is_required: bool = False
    mark: str = "."
    within: tuple["ShownField", ...] = field(default=())


def fields_of(resource: Resource) -> tuple[ShownField, ...]:
    """The fields of a resource, in the order in which they are shown."""
    return tuple(_of_shape(resource.shape, WORDS[resource.name], ""))


def fields_told(name: str, shows: type[Struct]) -> tuple[ShownField, ...]:
    """The fields of what a view or a feed tells."""
    return tuple(_of_struct(shows, WORDS[name], ""))


def _of_shape(shape: Shape, words: Meanings, above: str) -> Iterator[ShownField]:
    nullable = nullable_of(shape)
    for declared in shape.shown:
        path = above + declared.name
        if isinstance(declared, Many):
            yield ShownField(
                name=declared.name,
                holds=f"list of up to {declared.entries_max:,} entries",
                access=ACCESS["editable"],
                meaning=words[path],
                is_required=declared.name in shape.needs,
                mark="[].",
                within=tuple(_of_shape(declared.shape, words, f"{path}.")),
            )
        elif isinstance(declared, Attribute):
            holds = in_words(declared.kind)
            yield ShownField(
                name=declared.name,
                holds=f"{holds}; or `null`" if declared.name in nullable else holds,
                access=ACCESS[declared.access],
                meaning=words[path],
                is_required=declared.name in shape.needs,
            )


def _of_struct(shows: type[Struct], words: Meanings, above: str) -> Iterator[ShownField]:
    for told in msgspec.structs.fields(shows):
        path = above + told.name
        inner = told.type if isinstance(told.type, type) and issubclass(told.type, Struct) else None
        yield ShownField(
            name=told.name,
            holds="object" if inner else _held(told.type),
            access=ACCESS["computed"],
            meaning=words[path],
            within=tuple(_of_struct(inner, words, f"{path}.")) if inner else (),
        )


def _held(kind: Any) -> str:
    """What a type of a view or a feed holds, in words."""
    if kind in _PLAIN:
        return _PLAIN[kind]
    parts = get_args(kind)
    if get_origin(kind) is Annotated:
        return _held(parts[0])
    if get_origin(kind) is Literal:
        return "one of " + ", ".join(f"`{value}`" for value in parts)
    if get_origin(kind) is list:
        return f"list of {_held(parts[0])}"
    assert NoneType in parts, f"no words for {kind}"
    (held,) = (each for each in parts if each is not NoneType)
    return f"{_held(held)}; or `null`"
