"""The request on its way to the consent page: sealed, so that reading a page writes nothing."""

import base64
import binascii
from dataclasses import dataclass
from typing import Final

import msgspec

from app.kernel.ids import new_id
from app.kernel.secrets import bind, seal, unseal
from app.oauth.authorize.request import AuthorizationRequest

BINDING: Final = bind("consent request", "1")
SEALED_LENGTH_MAX: Final = 12_000


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedRequest:
    """A checked request, whom it was shown to, and the id that lets it be decided once."""

    id: str
    user_id: str
    issued_at: int
    client_id: str
    redirect_uri: str
    scope: tuple[str, ...]
    state: str | None
    code_challenge: str


def seal_request(key: bytes, request: AuthorizationRequest, *, user_id: str, now_s: int) -> str:
    """Seal a checked request for one person; base64url text for the consent page's address."""
    sealed = SealedRequest(
        id=new_id("con"),
        user_id=user_id,
        issued_at=now_s,
        client_id=request.client.id,
        redirect_uri=request.redirect_uri,
        scope=request.scope,
        state=request.state,
        code_challenge=request.code_challenge,
    )
    raw = seal(key, msgspec.msgpack.encode(sealed), bound_to=BINDING)
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")


def open_request(key: bytes, text: str) -> SealedRequest | None:
    """What was sealed, or None for anything that was not sealed here."""
    if len(text) > SEALED_LENGTH_MAX or not text.isascii():
        return None
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except binascii.Error:
        return None
    plain = unseal(key, raw, bound_to=BINDING)
    return None if plain is None else msgspec.msgpack.decode(plain, type=SealedRequest)
