"""What operations answer with when all is well, and the headers of every answer."""

from collections.abc import Mapping
from typing import Any, Final

from app.api.surfaces.answers import MEDIA_TYPE

Schema = dict[str, Any]

BUDGET: Final = ("X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset")
ALWAYS: Final = ("X-Request-Id", *BUDGET)


def _header(description: str, schema: Schema, *, required: bool = False) -> Schema:
    told = {"description": description, "schema": schema}
    return {**told, "required": True} if required else told


_TEXT: Final[Schema] = {"type": "string"}
_COUNT: Final[Schema] = {"type": "integer", "minimum": 0}
_TAG: Final[Schema] = {"type": "string", "pattern": '^(?:W/)?"[!#-~]*"$'}
HEADERS: Final[Mapping[str, Schema]] = {
    "X-Request-Id": _header(
        "Names this call in our records; tell it when you ask us about one.",
        {"type": "string", "pattern": "^req_[0-9a-f]+$"},
        required=True,
    ),
    "X-RateLimit-Limit": _header("Calls that the primary window allows.", _COUNT, required=True),
    "X-RateLimit-Remaining": _header("Calls that are left of it.", _COUNT, required=True),
    "X-RateLimit-Reset": _header(
        "When all of it is there again, in seconds since 1970-01-01.", _COUNT, required=True
    ),
    "Retry-After": _header("How many seconds to wait.", _COUNT, required=True),
    "WWW-Authenticate": _header("Which credential or scope is needed (RFC 6750).", _TEXT),
    "ETag": _header("Names what is shown; send it back as a condition.", _TAG, required=True),
    "Location": _header(
        "Where it can be read.", {"type": "string", "format": "uri-reference"}, required=True
    ),
    "Link": _header("The neighbouring pages, rel next and prev (RFC 8288).", _TEXT),
    "Allow": _header("The methods that are served here.", _TEXT, required=True),
}
PAGINATION: Final[Schema] = {
    "title": "Pagination",
    "type": "object",
    "description": "Where this page stands; what does not apply to its mode is null.",
    "required": ["next_cursor", "prev_cursor", "page", "per_page", "total", "total_is"],
    "properties": {
        "next_cursor": {"type": ["string", "null"]},
        "prev_cursor": {"type": ["string", "null"]},
        "page": {"type": ["integer", "null"]},
        "per_page": {"type": ["integer", "null"]},
        "total": {"type": ["integer", "null"]},
        "total_is": {"enum": ["exact", "at_least", None]},
        "scanned": {
            "type": "integer",
            "description": "Rows looked at, where that cut the page short; go on with next_cursor.",
        },
    },
}
WARNING: Final[Schema] = {
    "title": "Warning",
    "type": "object",
    "description": "Something that was sent and has no effect.",
    "required": ["pointer", "detail"],
    "properties": {"pointer": {"type": "string"}, "detail": {"type": "string"}},
}
SCHEMAS: Final[Mapping[str, Schema]] = {"Pagination": PAGINATION, "Warning": WARNING}


def ref(name: str) -> Schema:
    """A schema of the document by its name."""
    return {"$ref": f"#/components/schemas/{name}"}


def headers(*names: str) -> Schema:
    """The headers of an answer: those that every answer has, and these."""
    return {name: {"$ref": f"#/components/headers/{name}"} for name in (*ALWAYS, *names)}


def answer(description: str, schema: Schema, *named: str) -> Schema:
    """An answer with a JSON body."""
    return {
        "description": description,
        "headers": headers(*named),
        "content": {MEDIA_TYPE: {"schema": schema}},
    }


def envelope(data: Schema, *, has_warnings: bool = False, is_list: bool = False) -> Schema:
    """What stands around the data."""
    properties: Schema = {"data": data}
    required = ["data"]
    if is_list:
        properties["pagination"] = ref("Pagination")
        properties["plan"] = {**ref("PlanTold"), "description": "How it was found, where asked."}
        required.append("pagination")
    if has_warnings:
        properties["warnings"] = {"type": "array", "items": ref("Warning")}
    return {"type": "object", "required": required, "properties": properties}


UNCHANGED: Final[Schema] = {
    "description": "What the caller has is still as it was.",
    "headers": headers("ETag"),
}
