"""What is shown of a record and what may be sent of it, as msgspec types made from its shape.

They are the one source: bodies are read by them, and the document publishes their schemas.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from types import NoneType
from typing import Annotated, Any, Final, get_args, get_type_hints

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from app.api.resources.decimals import Exact, read_decimal
from app.api.resources.kinds import Named
from app.api.resources.resource import Attribute, Expansion, Many, Resource, Shape

REFERENCES: Final = "#/components/schemas/{name}"
# As text to any size of plain decimal that is read; as a number within the same bounds.
EXACT_SCHEMA: Final[Mapping[str, object]] = {
    "type": ["string", "number"],
    "format": "decimal",
    "pattern": r"^-?[0-9]{1,15}(?:\.[0-9]{1,6})?\Z",
    "exclusiveMinimum": -(10**15),
    "exclusiveMaximum": 10**15,
}

_NAMED: Final = frozenset(one.name for one in msgspec.structs.fields(Named))

# What the name of a form adds to that of the thing.
_VARIANT: Final = re.compile("(?:Part|Create|Change)$")

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Sent:
    """What may be sent to make one and to change one; None where a client sends nothing."""

    create: type[Struct] | None
    change: type[Struct] | None


@cache
def sent_forms(shape: Shape, within: str = "") -> Sent:
    """The types of what is sent; `within` begins the names of what lies inside another."""
    if shape.given is None:
        return Sent(None, None)
    name = within + _name_of(shape)
    return Sent(
        create=_sent(shape, name, is_new=True),
        change=_sent(shape, name, is_new=False),
    )


def shown_form(resource: Resource, *, is_part: bool = False) -> type[Struct]:
    """The type of what is shown: whole, or the part that `fields` chose, which keeps the id."""
    return _shown_form(resource, is_part)


@cache
def _shown_form(resource: Resource, is_part: bool) -> type[Struct]:
    expanded = {expansion.path: expansion for expansion in resource.expansions}
    return _shown(resource.shape, _Showing(_name_of(resource.shape), "", expanded, is_part))


def read_as(form: type[Struct], sent: object) -> Any:
    """What was sent as the form's own values. Raises msgspec.ValidationError at the first fault."""
    return msgspec.convert(sent, form, dec_hook=_read_exact)


@cache
def schema_of(form: type[Struct]) -> Json:
    """A form's schema with all that it refers to, as Python reads patterns."""
    schema: Json = _plain(msgspec.json.schema(form, schema_hook=_exact_schema))
    return schema


def components(forms: Iterable[Any]) -> dict[str, Any]:
    """The schemas of these types by name, as they are published."""
    _, named = msgspec.json.schema_components(
        list(forms), schema_hook=_exact_schema, ref_template=REFERENCES
    )
    return _with_sets({name: published(_plain(schema)) for name, schema in named.items()})


def published(schema: Any) -> Any:
    r"""A schema as others read it: ECMA-262 writes the end of a text as `$`, Python as `\Z`."""
    if isinstance(schema, dict):
        return {
            name: _published_pattern(value) if name == "pattern" else published(value)
            for name, value in schema.items()
        }
    return [published(one) for one in schema] if isinstance(schema, list) else schema


def _with_sets(schemas: dict[str, Any]) -> dict[str, Any]:
    """The schemas with each closed set of words under a name of its own, for typed clients."""
    names: dict[tuple[str, ...], str] = {}
    for name, schema in schemas.items():
        for field, told in schema.get("properties", {}).items():
            held = told["anyOf"][0] if "anyOf" in told else told
            if "enum" in held:
                words = tuple(held.pop("enum"))
                of = _VARIANT.sub("", name)
                held["$ref"] = REFERENCES.format(
                    name=names.setdefault(words, f"{of}{field.title().replace('_', '')}")
                )
    sets = {name: {"type": "string", "enum": list(words)} for words, name in names.items()}
    return schemas | sets


def _plain(schema: Any) -> Any:
    """A schema whose nullable types are written as one, so that faults inside keep their place."""
    if isinstance(schema, list):
        return [_plain(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    plain = {name: _plain(value) for name, value in schema.items()}
    match plain.get("anyOf"):
        case [{"type": str() as kind} as one, {"type": "null"}]:
            return {**one, "type": [kind, "null"]}
        case [{"type": [*kinds]} as one, {"type": "null"}]:
            return {**one, "type": [*kinds, "null"]}
    return plain


def _published_pattern(value: Any) -> Any:
    return value.removesuffix(r"\Z") + "$" if isinstance(value, str) else published(value)


@dataclass(frozen=True, slots=True)
class _Showing:
    """How a shape is shown: its name, the path to it, what is expanded inside, whole or part."""

    name: str
    path: str
    expanded: Mapping[str, Expansion]
    is_part: bool

    def inside(self, declared: Many) -> "_Showing":
        name = self.name + _name_of(declared.shape)
        return _Showing(name, f"{self.path}{declared.name}.", self.expanded, self.is_part)


def _shown(shape: Shape, showing: _Showing) -> type[Struct]:
    nullable = nullable_of(shape)
    fields: list[Any] = []
    for declared in shape.shown:
        form = _shown_type(declared, showing)
        if declared.name in nullable:
            form = form | None
        is_kept = not showing.is_part or (declared.name == "id" and not showing.path)
        fields.append(
            (declared.name, form) if is_kept else (declared.name, form | UnsetType, UNSET)
        )
    known = {declared.name for declared in shape.shown}
    for path, expansion in showing.expanded.items():
        above, _, name = path.rpartition(".")
        if f"{above}." == (showing.path or ".") and name not in known:
            # Shown only once it is expanded, and null where there is nothing to refer to.
            whole = (
                _reference(expansion, showing) if showing.is_part else shown_form(expansion.target)
            )
            fields.append((name, whole | None | UnsetType, UNSET))
    name = f"{showing.name}Part" if showing.is_part else showing.name
    return msgspec.defstruct(name, fields, kw_only=True)


def _shown_type(declared: Attribute | Many, showing: _Showing) -> Any:
    if isinstance(declared, Many):
        entry: Any = _shown(declared.shape, showing.inside(declared))
        return list[entry]
    expansion = showing.expanded.get(showing.path + declared.name)
    if expansion is None:
        return declared.kind.shown_type
    return _reference(expansion, showing)


def _reference(expansion: Expansion, showing: _Showing) -> type[Struct]:
    """A reference by id and name, with all that stands beside them once it is expanded."""
    whole = msgspec.structs.fields(shown_form(expansion.target, is_part=showing.is_part))
    fields: list[Any] = [
        (one.name, one.type | UnsetType, UNSET) if showing.is_part else (one.name, one.type)
        for one in msgspec.structs.fields(Named)
    ]
    fields += [(one.name, one.type | UnsetType, UNSET) for one in whole if one.name not in _NAMED]
    name = showing.name + _name_of(expansion.target.shape)
    return msgspec.defstruct(f"{name}Part" if showing.is_part else name, fields, kw_only=True)


def _sent(shape: Shape, name: str, *, is_new: bool) -> type[Struct]:
    fields: list[Any] = []
    for declared in shape.shown:
        if isinstance(declared, Attribute) and declared.access in ("computed", "placed"):
            continue
        form = _sent_type(declared, name, is_new=is_new)
        is_needed = declared.name in shape.needs
        if is_needed and is_new:
            fields.append((declared.name, form))
        else:
            optional = form | UnsetType if is_needed else form | None | UnsetType
            fields.append((declared.name, optional, UNSET))
    return msgspec.defstruct(f"{name}{'Create' if is_new else 'Change'}", fields, kw_only=True)


def _sent_type(declared: Attribute | Many, name: str, *, is_new: bool) -> Any:
    if isinstance(declared, Attribute):
        return declared.kind.sent_type
    forms = sent_forms(declared.shape, name)
    entry: Any = forms.create if is_new else forms.change
    return Annotated[list[entry], Meta(max_length=declared.entries_max)]


def nullable_of(shape: Shape) -> frozenset[str]:
    """The fields that may be shown as null, by the record's own types."""
    hints = get_type_hints(shape.record)
    return frozenset(
        declared.name
        for declared in shape.shown
        if NoneType in get_args(hints.get(declared.source or declared.name))
    )


def _name_of(shape: Shape) -> str:
    return shape.record.__name__.removesuffix("Record")


def _read_exact(kind: type, sent: Any) -> Any:
    assert kind is Exact
    return Exact(read_decimal(sent))


def _exact_schema(kind: type) -> dict[str, object]:
    assert kind is Exact
    return dict(EXACT_SCHEMA)
