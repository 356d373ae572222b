"""The token response as bytes (RFC 6749 §5.1)."""

import msgspec

from app.domain.grants.issue import Issued


def written(issued: Issued) -> bytes:
    """The JSON body of a successful token response."""
    body: dict[str, object] = {
        "access_token": issued.access_token,
        "token_type": "Bearer",
        "expires_in": issued.expires_in_s,
    }
    if issued.refresh_token is not None:
        body["refresh_token"] = issued.refresh_token
    body["scope"] = issued.scope
    return msgspec.json.encode(body)
