"""A request to the token or revocation endpoint, as Authlib's grants read it."""

from typing import Any, Final

from authlib.oauth2.rfc6749 import OAuth2Request
from authlib.oauth2.rfc6749.requests import BasicOAuth2Payload
from sqlalchemy.orm import Session

from app.domain.clients.authenticate import LiveClient
from app.oauth.forms import Parameters

# Authlib refuses plain http by the address it is given. Whether TLS is in front is a matter of
# settings, which refuse an http issuer in production, so it is given a constant.
_ADDRESS: Final = "https://authorization-server.invalid/"


class FormRequest(OAuth2Request):  # type: ignore[misc] # Authlib is untyped
    """The form, the `Authorization` header, and the transaction that it is served in.

    `session` is that of the moment: a reading one while the client proves itself, so that no
    stranger takes the one writer's place, and then the one that writes.
    """

    session: Session

    def __init__(
        self,
        *,
        parameters: Parameters,
        authorization: str | None,
        network: str,
        reference: str,
        now_s: int,
    ) -> None:
        super().__init__("POST", _ADDRESS)
        self.parameters = parameters
        self.authorization = authorization
        self.network = network
        self.reference = reference
        self.now_s = now_s
        self.payload = BasicOAuth2Payload(dict(parameters.values))
        self.client: LiveClient | None = None

    @property
    def form(self) -> dict[str, Any]:
        return dict(self.parameters.values)
