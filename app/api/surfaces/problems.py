"""Errors as RFC 9457 problems: the one place where a kind becomes an HTTP status."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any, Final

import msgspec

from app.api.surfaces.answers import Answer
from app.kernel.errors import CountinghouseError, Fault

MEDIA_TYPE: Final = "application/problem+json"
RETRY_AFTER_S: Final = 1

STATUSES: Final[Mapping[str, int]] = {
    "malformed": 400,
    "unauthenticated": 401,
    "forbidden": 403,
    "missing": 404,
    "conflict": 409,
    "rule": 422,
    "limited": 429,
    "unavailable": 503,
}
# Facts that are headers, or for our own log, are not told again in the body.
_UNTOLD: Final = ("headers",)
_encode: Final = msgspec.json.Encoder().encode
_FAULT: Final = tuple(one.name for one in fields(Fault))


def problem(error: CountinghouseError, *, issuer: str, request_id: str) -> Answer:
    """The answer to a refused request, with every fault in `errors`."""
    status = status_of(error)
    reason = error.facts.get("reason")
    faults = error.faults or (Fault(error.code, str(reason or error.message)),)
    body: dict[str, object] = {
        "type": f"{issuer}/docs/errors/{error.code.replace('_', '-')}",
        "title": error.code.replace("_", " ").capitalize(),
        "status": status,
        "detail": f"{error.message} {reason}" if reason else error.message,
        "code": error.number,
        "request_id": request_id,
        "errors": [_told(fault) for fault in faults],
    }
    body |= {name: fact for name, fact in error.facts.items() if name not in _UNTOLD}
    return Answer(status, _encode(body), headers=_headers(error, status), media_type=MEDIA_TYPE)


def status_of(error: CountinghouseError) -> int:
    """The status that a refusal is answered with."""
    return int(getattr(error, "status", STATUSES[error.kind]))


def _told(fault: Fault) -> dict[str, Any]:
    told = {name: getattr(fault, name) for name in _FAULT}
    return {name: value for name, value in told.items() if value is not None and value != ()}


def _headers(error: CountinghouseError, status: int) -> tuple[tuple[str, str], ...]:
    headers: tuple[tuple[str, str], ...] = getattr(error, "headers", ())
    if status == STATUSES["unavailable"]:
        return (*headers, ("Retry-After", str(RETRY_AFTER_S)))
    return headers
