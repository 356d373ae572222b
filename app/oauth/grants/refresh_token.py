"""Refresh: rotate once, answer lost responses again, end the grant on reuse (oauth.md §5.5)."""

from typing import Any, Final

from authlib.oauth2.rfc6749.grants.base import BaseGrant, TokenEndpointMixin

from app.domain.audit.record import record
from app.domain.clients.scopes import named
from app.domain.grants.revoke import revoke_after_misuse
from app.domain.grants.rotate import Presented, RefusedRefresh, Rotated, rotate
from app.oauth.errors import (
    JSON,
    NO_STORE,
    ProtocolError,
    invalid_grant,
    invalid_request,
    refusal,
)
from app.oauth.grants.write import written
from app.oauth.requests import FormRequest

REPLAYED: Final = ("Idempotent-Replayed", "true")


class RefreshTokenGrant(BaseGrant, TokenEndpointMixin):  # type: ignore[misc] # Authlib is untyped
    """RFC 6749 §6 with rotation for every client."""

    GRANT_TYPE = "refresh_token"
    request: FormRequest

    def validate_token_request(self) -> None:
        self.server.authenticate_client(self.request, ())
        if "refresh_token" not in self.request.parameters.values:
            raise invalid_request("refresh_token is missing.")

    def create_token_response(self) -> tuple[int, bytes, Any]:
        request, client = self.request, self.request.client
        assert client is not None
        values = request.parameters.values
        presented = Presented(
            token=values["refresh_token"],
            client_id=client.id,
            is_public=client.type == "public",
            scope=named(values["scope"]) if "scope" in values else None,
            network=request.network,
        )
        outcome = rotate(request.session, presented, now_s=request.now_s, write=written)
        if isinstance(outcome, RefusedRefresh):
            return self._refuse(outcome)
        action = "refresh.replayed" if outcome.is_replay else "tokens.refreshed"
        record(request.session, action, client=client.id, grant=outcome.grant_id)
        return self._answer(outcome)

    def _answer(self, rotated: Rotated) -> tuple[int, bytes, Any]:
        again = (REPLAYED,) if rotated.is_replay else ()
        return 200, rotated.body, (JSON, *NO_STORE, *again)

    def _refuse(self, refused: RefusedRefresh) -> tuple[int, bytes, Any]:
        session, client = self.request.session, self.request.client
        assert client is not None
        if refused.reason == "scope":
            # Raising rolls the rotation back: a slip in `scope` does not cost the connection.
            raise ProtocolError(
                "invalid_scope",
                "The scope goes beyond what was granted.",
                hint="Ask for the granted scope or less, or leave scope out.",
            )
        if refused.reason != "unknown":
            record(session, f"refresh.{refused.reason}", client=client.id, grant=refused.grant_id)
        if refused.reason == "reused" and refused.grant_id is not None:
            revoke_after_misuse(
                session,
                grant_id=refused.grant_id,
                reason="refresh_reused",
                now_s=self.request.now_s,
            )
        answer = refusal(invalid_grant(), reference=self.request.reference)
        return answer.status, answer.body, answer.headers
