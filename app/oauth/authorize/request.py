"""What an app asked for at the authorization endpoint, and how its asking is refused."""

from dataclasses import dataclass
from typing import ClassVar
from urllib.parse import urlencode

from app.domain.clients.find import ClientFacts
from app.kernel.errors import CountinghouseError, Kind
from app.oauth.forms import Parameters


@dataclass(frozen=True, slots=True)
class Asked:
    """The request as it came: its parameters, and when."""

    parameters: Parameters
    development: bool

    def value(self, name: str) -> str | None:
        return self.parameters.values.get(name)


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorizationRequest:
    """A request that passed every check (RFC 6749 §4.1.1, RFC 7636 §4.3)."""

    client: ClientFacts
    redirect_uri: str
    scope: tuple[str, ...]
    state: str | None
    code_challenge: str


class AuthorizationRefused(CountinghouseError):
    """A check failed. With `redirect_uri` the app is told by redirect, without it by a page.

    RFC 6749 §4.1.2.1: nobody is redirected before client and address are proven.
    """

    kind: ClassVar[Kind] = "malformed"
    code: ClassVar[str] = "authorization_refused"

    def __init__(
        self,
        error: str,
        description: str,
        *,
        hint: str | None = None,
        redirect_uri: str | None = None,
        state: str | None = None,
    ) -> None:
        super().__init__(description)
        self.error = error
        self.hint = hint
        self.redirect_uri = redirect_uri
        self.state = state


def answer_uri(redirect_uri: str, *, issuer: str, state: str | None, **answer: str) -> str:
    """The address that carries an answer to the app; `iss` always goes along (RFC 9207)."""
    parameters = dict(answer)
    if state is not None:
        parameters["state"] = state
    parameters["iss"] = issuer
    joint = "&" if "?" in redirect_uri else "?"
    return f"{redirect_uri}{joint}{urlencode(parameters)}"


def refusal_uri(refused: AuthorizationRefused, *, issuer: str) -> str:
    """The address that tells the app why (RFC 6749 §4.1.2.1)."""
    assert refused.redirect_uri is not None
    answer = {"error": refused.error, "error_description": refused.message}
    if refused.hint is not None:
        answer["error_hint"] = refused.hint
    return answer_uri(refused.redirect_uri, issuer=issuer, state=refused.state, **answer)
