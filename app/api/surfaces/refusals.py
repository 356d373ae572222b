"""Refusals that only HTTP knows: each with the status it is answered with."""

from typing import ClassVar

from app.gateway.errors import Headers, InsufficientScope
from app.kernel.errors import CountinghouseError, Fault, Kind, Malformed, Missing


class NoSuchAddress(Missing):
    """Nothing is served at this address."""

    code = "no_such_address"


class MethodNotAllowed(CountinghouseError):
    """This address does not answer to the method; the `Allow` header says which it does."""

    kind: ClassVar[Kind] = "malformed"
    code, number, status = "method_not_allowed", 2, 405

    def __init__(self, method: str, *, allowed: str) -> None:
        super().__init__(f"{method} is not served here, but {allowed}.")
        self.headers = (("Allow", allowed),)


class NotAcceptable(Malformed):
    """`Accept` leaves no room for JSON (RFC 9110 §15.5.7)."""

    code, status = "not_acceptable", 406


class PreconditionFailed(CountinghouseError):
    """The object is not as the request's own condition says (RFC 9110 §15.5.13)."""

    kind: ClassVar[Kind] = "conflict"
    code, number, status = "precondition_failed", 30, 412


class PreconditionRequired(CountinghouseError):
    """The organisation lets nothing be changed without a condition (RFC 6585 §3)."""

    kind: ClassVar[Kind] = "conflict"
    code, number, status = "precondition_required", 30, 428


class UnreadableField(InsufficientScope):
    """The request refers to a field that the scope cannot read; each such fault names one."""

    def __init__(self, message: str, *, headers: Headers, faults: tuple[Fault, ...]) -> None:
        super().__init__(message, headers=headers)
        self.faults = faults


class UnsupportedMediaType(Malformed):
    """The body is not JSON in UTF-8, or is encoded (RFC 9110 §15.5.16)."""

    code, status = "unsupported_media_type", 415

    def __init__(self, message: str, *, accepts: tuple[str, str]) -> None:
        super().__init__(message)
        self.headers = (accepts,)


class BodyTooLarge(Malformed):
    """The body is over the limit."""

    code, status = "body_too_large", 413


class Broken(CountinghouseError):
    """Something of ours failed; what, stands in our own log."""

    kind: ClassVar[Kind] = "unavailable"
    code, number, status = "internal_error", 0, 500
