"""All that a schema refuses, by JSON pointer: asked only once something is known to be wrong."""

from decimal import Decimal
from functools import cache
from typing import Any, Final

from jsonschema import Draft202012Validator, FormatChecker, TypeChecker, ValidationError
from jsonschema.validators import extend
from msgspec import Struct

from app.api.resources.decimals import read_decimal
from app.api.resources.kinds import Day, Instant
from app.api.resources.misread import Misread
from app.api.resources.schemas import schema_of

# Absent fields are told by the acts, which know what a thing is that lacks them.
_UNTOLD: Final = ("required",)


def places_refused(form: type[Struct], sent: object) -> dict[str, str]:
    """What the form's schema says against each place, by pointer, in the order of the body."""
    found: dict[str, str] = {}
    for error in _validator(form).iter_errors(sent):
        if error.validator not in _UNTOLD:
            found.setdefault(_pointer(error), error.message)
    return found


def escaped(name: str) -> str:
    """A name inside a JSON pointer (RFC 6901 §3)."""
    return name.replace("~", "~0").replace("/", "~1")


def _pointer(error: ValidationError) -> str:
    return "".join(f"/{escaped(str(part))}" for part in error.absolute_path)


def _is_whole(_checker: TypeChecker, value: object) -> bool:
    if isinstance(value, Decimal):
        return value == value.to_integral_value()
    return isinstance(value, int) and not isinstance(value, bool)


def _reads(read: Any) -> Any:
    """A format that holds where a kind can read the value; of null it says nothing."""

    def holds(value: object) -> bool:
        try:
            return value is None or read(value) is not None
        except Misread:
            return False

    return holds


FORMATS: Final = FormatChecker(formats=())
FORMATS.checks("decimal")(_reads(read_decimal))
FORMATS.checks("date")(_reads(Day().read))
FORMATS.checks("date-time")(_reads(Instant().read))
VALIDATOR: Final = extend(  # type: ignore[no-untyped-call] # its stubs leave it untyped
    Draft202012Validator,
    type_checker=Draft202012Validator.TYPE_CHECKER.redefine("integer", _is_whole),
)


@cache
def _validator(form: type[Struct]) -> Any:
    return VALIDATOR(schema_of(form), format_checker=FORMATS)
