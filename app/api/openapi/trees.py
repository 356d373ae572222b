"""The body of a list that is asked for by POST: the same question as a tree of JSON."""

from collections.abc import Iterable
from typing import Any, Final

from app.api.openapi.answers import ref
from app.api.openapi.parameters import page_properties, sort_of
from app.api.resources.resource import Resource
from app.query.grammar import OPERATORS, Limits

Schema = dict[str, Any]

_PARTED: Final = r"^[-+ a-z0-9_.]+(?:,[-+ a-z0-9_.]+)*$"
_SCALAR: Final[Schema] = {"type": ["string", "number", "boolean", "null"]}


def query_schemas(resource: Resource, name: str, limits: Limits) -> dict[str, Schema]:
    """The body of `POST /{resource}/query`, and the condition that it holds."""
    return {
        f"{name}Query": _query(resource, name, limits),
        f"{name}Condition": _condition(resource, name, limits),
    }


def _query(resource: Resource, name: str, limits: Limits) -> Schema:
    fields = resource.listing.fields
    properties: Schema = {"filter": ref(f"{name}Condition")}
    if fields.search is not None:
        properties["q"] = {"type": "string", "maxLength": limits.value_characters_max}
    properties["sort"] = {
        **_words(
            [f"{sign}{key}" for key in fields.sortable for sign in ("", "-")],
            limits.sort_keys_max,
        ),
        "x-sort": sort_of(fields, limits),
    }
    if fields.selectable:
        properties["fields"] = _words(fields.selectable)
    if fields.expandable:
        properties["expand"] = _words(fields.expandable)
    return {
        "title": f"{name}Query",
        "type": "object",
        "additionalProperties": False,
        "properties": {
            **properties,
            **page_properties(limits),
            "explain": {"type": "string", "enum": ["plan"]},
        },
    }


def _condition(resource: Resource, name: str, limits: Limits) -> Schema:
    """A comparison, or others joined: one object of one kind, so that every generator knows it."""
    fields = resource.listing.fields
    offered = [word for word in OPERATORS if any(word in one.offered for one in fields.fields)]
    values = {
        "type": "array",
        "items": _SCALAR,
        "minItems": 1,
        "maxItems": limits.posted_list_values_max,
    }
    terms = {"type": "array", "minItems": 1, "items": ref(f"{name}Condition")}
    compared = ("field", "op", "value")
    return {
        "title": f"{name}Condition",
        "description": (
            "Either field, op and value, or one of and, or, not; nested"
            f" {limits.nesting_max} deep at most."
        ),
        "type": "object",
        "additionalProperties": False,
        "minProperties": 1,
        "properties": {
            "field": {"type": "string", "enum": list(fields.filterable)},
            "op": {"type": "string", "enum": offered},
            "value": {"description": "A list for in and notin.", "anyOf": [_SCALAR, values]},
            "and": terms,
            "or": terms,
            "not": ref(f"{name}Condition"),
        },
        "dependentRequired": {
            word: [other for other in compared if other != word] for word in compared
        },
        "dependentSchemas": {word: {"maxProperties": 1} for word in ("and", "or", "not")},
        "examples": [{"field": fields.unique, "op": "not", "value": None}],
    }


def _words(words: Iterable[str], most: int | None = None) -> Schema:
    """A list of words, or one text in which commas part them."""
    listed: Schema = {"type": "array", "items": {"type": "string", "enum": list(words)}}
    if most is not None:
        listed["maxItems"] = most
    return {"anyOf": [listed, {"type": "string", "pattern": _PARTED}]}
