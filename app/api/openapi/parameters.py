"""What a list may be asked, as parameters of the document: filters, sort, page and the rest."""

from typing import Any, Final

from app.api.openapi.samples import sample_id, values_of
from app.api.resources.resource import Resource
from app.kernel.ids import ULID_LENGTH
from app.query.fields import Field, QueryFields
from app.query.grammar import OPERATORS, Limits, Order
from app.query.paging import COUNTS, CURSOR_CHARACTERS_MAX
from app.query.values import CodeType, DecimalType

Schema = dict[str, Any]

_ITEM: Final[Schema] = {
    "name": "id",
    "in": "path",
    "required": True,
    "description": "Its id, as lists show it.",
}
_TAGS: Final[Schema] = {
    "type": "string",
    "pattern": r'^(?:\*|(?:W/)?"[!#-~]*"(?:[ \t]*,[ \t]*(?:W/)?"[!#-~]*")*)$',
}
SEALED_PATTERN: Final = f"[A-Za-z0-9_-]{{40,{CURSOR_CHARACTERS_MAX}}}"
ORGANISATION: Final[Schema] = {
    "name": "Organisation",
    "in": "header",
    "description": "The organisation meant; needed where the connection reaches several.",
    "schema": {"type": "string", "pattern": f"^org_[0-9A-HJKMNP-TV-Z]{{{ULID_LENGTH}}}$"},
}
IF_NONE_MATCH: Final[Schema] = {
    "name": "If-None-Match",
    "in": "header",
    "description": "The ETag of what the caller has: answered with 304 while it still holds.",
    "schema": _TAGS,
}
IF_MATCH: Final[Schema] = {
    "name": "If-Match",
    "in": "header",
    "description": "The ETag of what is to be changed: 412 where it is no longer so.",
    "schema": _TAGS,
}


def examples_of(field: Field) -> tuple[str, ...]:
    """Values that this field's parameter takes, one for each operator it offers."""
    return tuple(_example(field, operator) for operator in field.offered)


def item_parameter(resource: Resource) -> Schema:
    """The id in the address of one object."""
    return {**_ITEM, "schema": {"type": "string", "examples": [sample_id(resource.prefix)]}}


def list_parameters(resource: Resource, limits: Limits) -> list[Schema]:
    """Everything that a list may be asked, filters first."""
    fields = resource.listing.fields
    filters = [filter_parameter(field) for field in fields.fields if field.offered]
    return [
        *filters,
        *_of_the_list(fields, limits),
        *showing_parameters(fields),
        *_paging(limits),
    ]


def filter_parameter(field: Field) -> Schema:
    """One field to filter by: repeated, each of its values must hold."""
    words = "|".join(field.offered)
    return {
        "name": field.name,
        "in": "query",
        "description": f"Keeps the rows whose {field.name} compares so; repeat it for AND.",
        "style": "form",
        "explode": True,
        "schema": {
            "type": "array",
            "items": {"type": "string", "pattern": rf"^(?:(?:{words}):)?[\s\S]*$"},
        },
        "examples": {
            operator: {"summary": OPERATORS[operator].meaning, "value": [example]}
            for operator, example in zip(field.offered, examples_of(field), strict=True)
        },
        "x-filter": filter_of(field),
    }


def filter_of(field: Field) -> Schema:
    """What a typed client needs to know of a filter."""
    told: Schema = {
        "type": field.type.name,
        "operators": list(field.offered),
        "nullable": field.has_nulls,
        "examples": list(examples_of(field)),
    }
    if isinstance(field.type, CodeType):
        told["values"] = list(field.type.values)
    if isinstance(field.type, DecimalType):
        told["decimals"] = field.type.scale
    if field.scope is not None:
        told["scope"] = field.scope
    return told


def sort_of(fields: QueryFields, limits: Limits) -> Schema:
    """What a typed client needs to know of the sort."""
    return {
        "fields": list(fields.sortable),
        "keys_max": limits.sort_keys_max,
        "default": [_key(order) for order in fields.default_sort],
    }


def showing_parameters(fields: QueryFields) -> list[Schema]:
    """Which fields to show, and which references to show whole."""
    shown: list[Schema] = []
    if fields.selectable:
        shown.append(
            _listed(
                "fields",
                "Shows these fields alone, and always the id.",
                list(fields.selectable),
            )
        )
    if fields.expandable:
        shown.append(
            _listed(
                "expand",
                "Shows these references whole.",
                list(fields.expandable),
            )
        )
    return shown


def page_properties(limits: Limits) -> dict[str, Schema]:
    """What chooses a page: `cursor` or `offset` go with `limit`, `page` with `per_page`."""
    # Told in words alone: a client that sent each default would ask for two ways of paging.
    usual = f"; {limits.page_rows_default} where it is left out"
    rows: Schema = {"type": "integer", "minimum": 1, "maximum": limits.page_rows_max}
    return {
        "cursor": {
            "type": "string",
            "pattern": f"^{SEALED_PATTERN}$",
            "description": "A next_cursor or prev_cursor of the same list.",
        },
        "limit": {**rows, "description": f"Rows at most, with cursor or offset{usual}."},
        "offset": {
            "type": "integer",
            "minimum": 0,
            "description": f"Rows to skip, down to the first {limits.depth_rows_max}.",
        },
        "page": {"type": "integer", "minimum": 1, "description": "A page by its number."},
        "per_page": {**rows, "description": f"Rows at most, with page{usual}."},
        "count": {
            "enum": list(COUNTS),
            "type": "string",
            "description": "How to count the list; total_is tells how it was counted.",
        },
    }


def _of_the_list(fields: QueryFields, limits: Limits) -> list[Schema]:
    keys = "|".join(fields.sortable).replace(".", r"\.")
    asked: list[Schema] = [
        {
            "name": "sort",
            "in": "query",
            "description": "Keys in their order, - before a key for descending.",
            "style": "form",
            "explode": False,
            "schema": {
                "type": "array",
                "maxItems": limits.sort_keys_max,
                "items": {"type": "string", "pattern": f"^[-+ ]?(?:{keys})$"},
            },
            "examples": {"newest": {"value": [_key(order) for order in fields.default_sort]}},
            "x-sort": sort_of(fields, limits),
        },
        {
            "name": "filter",
            "in": "query",
            "description": "Comparisons joined by and(…), or(…) and not(…).",
            "schema": {
                "type": "string",
                "maxLength": limits.value_characters_max,
                "pattern": r"^ *[a-z][a-z0-9_.]*[:(][\s\S]+$",
            },
            "examples": {"either": {"value": _either(fields)}},
        },
        {
            "name": "explain",
            "in": "query",
            "description": "Tells beside the list how it is found, and what would be faster.",
            "schema": {"type": "string", "enum": ["plan"]},
        },
    ]
    if fields.search is not None:
        asked.append(
            {
                "name": "q",
                "in": "query",
                "description": f"Words that are looked for in {', '.join(fields.search.covers)}.",
                "schema": {"type": "string", "maxLength": limits.value_characters_max},
            }
        )
    return asked


def _either(fields: QueryFields) -> str:
    """Two comparisons of which one must hold."""
    told = [one for one in fields.fields if "eq" in one.offered and one.name not in ("id", "oid")]
    first, second = told[:2]
    return f"or({','.join(f'{one.name}:eq:{values_of(one)[0]}' for one in (first, second))})"


def _key(order: Order) -> str:
    return f"{'-' if order.descending else ''}{order.field}"


def _listed(name: str, description: str, words: list[str]) -> Schema:
    return {
        "name": name,
        "in": "query",
        "description": description,
        "style": "form",
        "explode": False,
        "schema": {
            "type": "array",
            "items": {"type": "string", "enum": words},
        },
    }


def _paging(limits: Limits) -> list[Schema]:
    return [
        {
            "name": name,
            "in": "query",
            "description": schema["description"],
            "schema": {key: value for key, value in schema.items() if key != "description"},
        }
        for name, schema in page_properties(limits).items()
    ]


def _example(field: Field, operator: str) -> str:
    first, second = values_of(field, operator)
    if OPERATORS[operator].takes_list:
        return f"{operator}:({first},{second})"
    return first if operator == "eq" else f"{operator}:{first}"
