"""What a request makes its own condition: If-Match and If-None-Match (RFC 9110 §13).

Conditions on dates are not heeded: an instant cannot tell two changes of one moment apart.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from app.api.surfaces.refusals import PreconditionFailed, PreconditionRequired
from app.kernel.errors import Malformed

Named = tuple[str, ...]

ANY: Final[Named] = ("*",)
# RFC 9110 §8.8.3, with the empty list elements that §5.6.1.2 asks recipients to bear.
_TAG: Final = re.compile(r'[ \t,]*((?:W/)?"[\x21\x23-\x7e\x80-\xff]*")[ \t]*(?=,|\Z)')
_REST: Final = re.compile(r"[ \t,]*")


@dataclass(frozen=True, slots=True)
class Conditions:
    """The tags named by each header, None where it was not sent and ANY for `*`."""

    if_match: Named | None = None
    if_none_match: Named | None = None


UNCONDITIONAL: Final = Conditions()


def read_conditions(environ: Mapping[str, Any]) -> Conditions:
    """The conditions of a request. Raises Malformed for what is no list of entity tags."""
    match, none_match = environ.get("HTTP_IF_MATCH"), environ.get("HTTP_IF_NONE_MATCH")
    if match is None and none_match is None:
        return UNCONDITIONAL
    return Conditions(
        None if match is None else _tags("If-Match", match),
        None if none_match is None else _tags("If-None-Match", none_match),
    )


def is_known(conditions: Conditions, tag: str) -> bool:
    """Whether the caller of a safe method has this already, and 304 will do.

    Raises PreconditionFailed where If-Match names something else.
    """
    if conditions is UNCONDITIONAL:
        return False
    _check_match(conditions, tag)
    named = conditions.if_none_match
    return named is not None and _is_among(named, tag)


def refuse_changed(conditions: Conditions, tag: str, *, is_demanded: bool) -> None:
    """Let a change pass only where the object, of this tag now, is the one that was meant.

    Raises PreconditionRequired where a version is demanded and If-Match names none, which `*`
    does not; PreconditionFailed.
    """
    if is_demanded and conditions.if_match in (None, ANY):
        raise PreconditionRequired(
            "This organisation asks that every change names what it changes: read the object, and"
            " send its ETag as If-Match."
        )
    _check_match(conditions, tag)
    if conditions.if_none_match is not None and _is_among(conditions.if_none_match, tag):
        raise PreconditionFailed("The object is as If-None-Match says it must not be.")


def refuse_for_list(conditions: Conditions) -> None:
    """Let something be added to a list, which exists and has no strong tag to be named by.

    Raises PreconditionFailed where the request's condition cannot hold of any list.
    """
    if conditions.if_match not in (None, ANY) or conditions.if_none_match == ANY:
        raise PreconditionFailed("A list is added to without a condition on the list.")


def _tags(header: str, text: str) -> Named:
    if text.strip(" \t") == "*":
        return ANY
    tags, place = [], 0
    while match := _TAG.match(text, place):
        tags.append(match.group(1))
        place = match.end()
    if not tags or not _REST.fullmatch(text, place):
        message = (
            f'{header} must be * or entity tags in quotes, such as "9f86d081884c7d659a2feaa0".'
        )
        raise Malformed(message)
    return tuple(tags)


def _check_match(conditions: Conditions, tag: str) -> None:
    named = conditions.if_match
    if named is None or named == ANY:
        return
    if not any(_own(one) == tag or one == tag for one in named) or tag.startswith("W/"):
        raise PreconditionFailed("The object is no longer as If-Match says; read it again.")


def _own(tag: str) -> str:
    """The tag of the whole object, from that of an object shown in part or expanded."""
    own, point, _ = tag.partition(".")
    return f'{own}"' if point else tag


def _is_among(named: Named, tag: str) -> bool:
    # The weak comparison (RFC 9110 §8.8.3.2), as If-None-Match asks for.
    return named == ANY or tag.removeprefix("W/") in [one.removeprefix("W/") for one in named]
