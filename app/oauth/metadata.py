"""What this server can do, for clients that discover it (RFC 8414)."""

from collections.abc import Sequence

from app.oauth.client_auth import METHODS


def server_metadata(*, issuer: str, scopes: Sequence[str]) -> dict[str, object]:
    """The document at `/.well-known/oauth-authorization-server`: only what is really served."""
    return {
        "issuer": issuer,
        "authorization_endpoint": f"{issuer}/oauth/authorize",
        "token_endpoint": f"{issuer}/oauth/token",
        "revocation_endpoint": f"{issuer}/oauth/revoke",
        "scopes_supported": list(scopes),
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code", "refresh_token"],
        "token_endpoint_auth_methods_supported": list(METHODS),
        "revocation_endpoint_auth_methods_supported": list(METHODS),
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": True,
        "service_documentation": f"{issuer}/",
    }
