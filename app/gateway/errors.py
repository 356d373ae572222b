"""How the gateway refuses, each refusal with the headers that its answer must carry."""

from typing import ClassVar

from app.kernel.errors import CountinghouseError, Kind

Headers = tuple[tuple[str, str], ...]


class Refusal(CountinghouseError):
    """A call that goes no further. `headers` belong on the answer."""

    def __init__(
        self,
        message: str,
        *,
        headers: Headers = (),
        **facts: object,
    ) -> None:
        super().__init__(message)
        self.facts = {"headers": headers, **facts}
        self.headers = headers


class Unauthenticated(Refusal):
    """No credential, or one that is not active (RFC 6750 §3.1)."""

    kind: ClassVar[Kind] = "unauthenticated"
    code: ClassVar[str] = "unauthenticated"
    number: ClassVar[int] = 1


class InsufficientScope(Refusal):
    """The credential is live and does not reach this (RFC 6750 §3.1)."""

    kind: ClassVar[Kind] = "forbidden"
    code: ClassVar[str] = "insufficient_scope"
    number: ClassVar[int] = 1


class OrganisationNotGranted(Refusal):
    """The organisation named is not one that this credential reaches."""

    kind: ClassVar[Kind] = "forbidden"
    code: ClassVar[str] = "organisation_not_granted"
    number: ClassVar[int] = 1


class OrganisationRequired(Refusal):
    """The credential reaches several organisations and the call names none, or more than one.

    The fact `organisations` lists each with its id and name.
    """

    kind: ClassVar[Kind] = "malformed"
    code: ClassVar[str] = "organisation_required"
    number: ClassVar[int] = 5


class TokenInQuery(Refusal):
    """A token in the address ends in logs and histories, so it is not accepted there."""

    kind: ClassVar[Kind] = "malformed"
    code: ClassVar[str] = "token_in_query"
    number: ClassVar[int] = 5


class RateLimited(Refusal):
    """The budget of this credential, or of this address, is spent."""

    kind: ClassVar[Kind] = "limited"
    code: ClassVar[str] = "rate_limited"
    number: ClassVar[int] = 4


def challenge(*, error: str | None = None, scope: str | None = None) -> tuple[str, str]:
    """The `WWW-Authenticate` header (RFC 6750 §3); never Basic, for browsers would keep it."""
    parts = ['Bearer realm="countinghouse"']
    if error is not None:
        parts.append(f'error="{error}"')
    if scope is not None:
        parts.append(f'scope="{scope}"')
    return "WWW-Authenticate", ", ".join(parts)
