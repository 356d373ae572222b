"""Refusals that only HTTP knows: each with the status it is answered with."""

from typing import ClassVar

from app.kernel.errors import CountinghouseError, Kind, Malformed, Missing


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
