"""The token endpoint: Authlib dispatches to the grants, over our own models."""

import logging
from typing import Any

from authlib.oauth2.rfc6749 import AuthorizationServer, OAuth2Error, UnsupportedGrantTypeError
from sqlalchemy.orm import Session

from app.domain.clients.authenticate import LiveClient
from app.oauth.client_auth import authenticate
from app.oauth.errors import Answer, ProtocolError, RequestRefused, invalid_request, refusal
from app.oauth.grants.authorization_code import AuthorizationCodeGrant
from app.oauth.grants.refresh_token import RefreshTokenGrant
from app.oauth.requests import FormRequest

# Authlib writes token pairs to its debug log (oauth.md §4.8).
logging.getLogger("authlib").setLevel(logging.INFO)


class Server(AuthorizationServer):  # type: ignore[misc] # Authlib is untyped
    """Authlib's server without its storage: sessions travel in the request."""

    def __init__(self) -> None:
        super().__init__()
        self.register_grant(AuthorizationCodeGrant)
        self.register_grant(RefreshTokenGrant)

    def create_oauth2_request(self, request: FormRequest) -> FormRequest:
        return request

    def authenticate_client(
        self, request: FormRequest, methods: object, endpoint: str = "token"
    ) -> LiveClient:
        return authenticate(request)

    def send_signal(self, name: str, *args: Any, **kwargs: Any) -> None:
        """Nothing listens: what happens is told by audit rows."""

    def handle_response(self, status: int, body: bytes, headers: Any) -> Answer:
        return Answer(status, body, tuple(headers))

    def handle_error_response(self, request: FormRequest, error: OAuth2Error) -> Answer:
        if isinstance(error, UnsupportedGrantTypeError):
            # Authlib's own words repeat what was sent; ours never do.
            error = ProtocolError(
                "unsupported_grant_type",
                "This grant_type is not served.",
                hint="Send grant_type=authorization_code or grant_type=refresh_token.",
            )
        raise RequestRefused(
            refusal(error, reference=request.reference),
            aftermath=getattr(error, "aftermath", None),
        )


SERVER = Server()


def prove(request: FormRequest, session: Session, *, requires: str) -> None:
    """Let the client prove itself, in a transaction that only reads.

    `requires` names the parameter without which the request means nothing. Raises
    RequestRefused.
    """
    request.session = session
    try:
        if request.parameters.repeated:
            raise invalid_request("A parameter was sent more than once.")
        if requires not in request.parameters.values:
            raise invalid_request(f"{requires} is missing.")
        authenticate(request)
    except ProtocolError as error:
        SERVER.handle_error_response(request, error)


def answer_token(request: FormRequest, session: Session) -> Answer:
    """Answer a token request of a proven client (RFC 6749 §5).

    Returning commits; RequestRefused rolls back.
    """
    request.session = session
    answer: Answer = SERVER.create_token_response(request)
    return answer
