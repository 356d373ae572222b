"""A judge of JSON values by published schemas, as any client could build one."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from jsonschema import Draft202012Validator, ValidationError
from jsonschema.validators import extend
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from app.api.resources.refused import FORMATS, VALIDATOR

DOCUMENT = "urn:document"


def _pattern(_validator: Any, pattern: str, value: Any, _schema: Any) -> Iterator[ValidationError]:
    """The keyword as ECMA-262 means it: `$` is the end, and no line end before the end."""
    if isinstance(value, str) and not re.search(re.sub(r"\$$", r"\\Z", pattern), value):
        yield ValidationError(f"{value!r} does not match {pattern!r}")


Judge = extend(VALIDATOR, {"pattern": _pattern})


def judge(components: Mapping[str, Any], name: str, value: Any) -> dict[str, Any]:
    """The places of a value that a named schema refuses, each with what stands there."""
    return judge_by({"$ref": f"{DOCUMENT}#/components/schemas/{name}"}, components, value)


def judge_by(schema: Any, components: Mapping[str, Any], value: Any) -> dict[str, Any]:
    """The places of a value that a schema refuses; `components` are those it may refer to."""
    whole = {"components": {"schemas": components}}
    registry = Registry().with_resource(
        DOCUMENT, Resource.from_contents(whole, default_specification=DRAFT202012)
    )
    found = Judge(schema, registry=registry, format_checker=FORMATS)
    return {
        "".join(f"/{part}" for part in error.absolute_path): error.instance
        for error in found.iter_errors(value)
        if error.validator != "required"
    }


def is_schema(schema: Any) -> bool:
    """Tell whether this is a JSON Schema at all."""
    Draft202012Validator.check_schema(schema)
    return True
