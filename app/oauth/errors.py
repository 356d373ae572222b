"""Refusals of the protocol: RFC codes, and words for the person who has to mend it."""

from dataclasses import dataclass
from typing import ClassVar, Final

import msgspec
from authlib.oauth2.rfc6749 import OAuth2Error

from app.kernel.errors import Aftermath, CountinghouseError, Kind

NO_STORE: Final = (("Cache-Control", "no-store"), ("Pragma", "no-cache"))
JSON: Final = ("Content-Type", "application/json")


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back to the client: status, JSON bytes and headers."""

    status: int
    body: bytes
    headers: tuple[tuple[str, str], ...]


class ProtocolError(OAuth2Error):  # type: ignore[misc] # Authlib is untyped
    """An error response (RFC 6749 §5.2). `hint` says what would be right; nothing is echoed."""

    def __init__(
        self,
        error: str,
        description: str,
        *,
        hint: str | None = None,
        status: int = 400,
        headers: tuple[tuple[str, str], ...] = (),
        aftermath: Aftermath | None = None,
    ) -> None:
        super().__init__(description=description, status_code=status, error=error)
        self.hint = hint
        self.extra_headers = headers
        self.aftermath = aftermath


class RequestRefused(CountinghouseError):
    """Raised at the edge of an endpoint so that its transaction rolls back; holds the answer."""

    kind: ClassVar[Kind] = "malformed"
    code: ClassVar[str] = "oauth_error"

    def __init__(self, answer: Answer, *, aftermath: Aftermath | None = None) -> None:
        super().__init__("The request was refused.", aftermath=aftermath)
        self.answer = answer


def invalid_request(description: str, *, hint: str | None = None) -> ProtocolError:
    """The request misses a parameter, repeats one, or is malformed otherwise."""
    return ProtocolError("invalid_request", description, hint=hint)


def invalid_client(*, challenged: bool) -> ProtocolError:
    """Unknown client and wrong secret answer alike (RFC 6749 §5.2)."""
    headers = (("WWW-Authenticate", 'Basic realm="countinghouse"'),) if challenged else ()
    return ProtocolError(
        "invalid_client", "Client authentication failed.", status=401, headers=headers
    )


def invalid_grant() -> ProtocolError:
    """The code or token is not valid for this client, whatever the reason."""
    return ProtocolError(
        "invalid_grant",
        "The code or token is invalid, expired, revoked, or was issued to another client.",
    )


def refusal(error: OAuth2Error, *, reference: str) -> Answer:
    """Write an error response; `error_ref` is the request id that a partner can quote."""
    body = {"error": error.error, "error_description": error.get_error_description()}
    hint = getattr(error, "hint", None)
    if hint:
        body["error_hint"] = hint
    body["error_ref"] = reference
    extra = getattr(error, "extra_headers", ())
    return Answer(error.status_code, msgspec.json.encode(body), (JSON, *NO_STORE, *extra))
