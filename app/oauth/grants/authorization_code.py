"""Exchange a code for tokens: authenticate, consume first, then look (oauth.md §5.3)."""

import base64
import hashlib
import re
from typing import Any

from authlib.oauth2.rfc6749.grants.base import BaseGrant, TokenEndpointMixin

from app.domain.audit.record import record
from app.domain.clients.authenticate import LiveClient
from app.domain.grants.codes import ConsumedCode, RefusedCode, consume_code
from app.domain.grants.issue import Issued, activate, issue_access_token, issue_refresh_token
from app.domain.grants.policy import ACCESS_TOKEN_LIFETIME_S
from app.domain.grants.revoke import revoke_after_misuse
from app.kernel.secrets import is_live, same
from app.oauth.errors import JSON, NO_STORE, invalid_grant, invalid_request, refusal
from app.oauth.grants.write import written
from app.oauth.requests import FormRequest

_VERIFIER = re.compile(r"[A-Za-z0-9\-._~]{43,128}")


class AuthorizationCodeGrant(BaseGrant, TokenEndpointMixin):  # type: ignore[misc] # Authlib is untyped
    """RFC 6749 §4.1.3 with PKCE S256 for every client (RFC 9700 §2.1.1)."""

    GRANT_TYPE = "authorization_code"
    request: FormRequest

    def validate_token_request(self) -> None:
        self.server.authenticate_client(self.request, ())
        if "code" not in self.request.parameters.values:
            raise invalid_request("code is missing.")

    def create_token_response(self) -> tuple[int, bytes, Any]:
        request, client = self.request, self.request.client
        assert client is not None
        found = consume_code(
            request.session,
            code=request.parameters.values["code"],
            client_id=client.id,
            now_s=request.now_s,
        )
        if isinstance(found, RefusedCode):
            self._note(found, client)
            return self._refuse()
        if not self._fits(found) or not activate(
            request.session, grant_id=found.grant_id, now_s=request.now_s
        ):
            # The code stays consumed: a wrong verifier burns it.
            record(request.session, "code.burned", client=client.id, grant=found.grant_id)
            return self._refuse()
        issued = self._issue(found, client)
        record(request.session, "tokens.issued", client=client.id, grant=found.grant_id)
        return 200, written(issued), (JSON, *NO_STORE)

    def _fits(self, code: ConsumedCode) -> bool:
        values = self.request.parameters.values
        verifier = values.get("code_verifier", "")
        if _VERIFIER.fullmatch(verifier) is None:
            return False
        proof = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode("ascii")).digest())
        return (
            code.expires_at > self.request.now_s
            and values.get("redirect_uri") == code.redirect_uri
            and same(proof.rstrip(b"="), code.code_challenge.encode("ascii"))
        )

    def _issue(self, code: ConsumedCode, client: LiveClient) -> Issued:
        session, now_s = self.request.session, self.request.now_s
        live = is_live(self.request.parameters.values["code"])
        access_token = issue_access_token(
            session,
            grant_id=code.grant_id,
            client_id=client.id,
            scope=code.scope,
            now_s=now_s,
            live=live,
        )
        refresh_token = issue_refresh_token(
            session,
            grant_id=code.grant_id,
            client_id=client.id,
            scope=code.scope,
            now_s=now_s,
            live=live,
        )
        return Issued(access_token, ACCESS_TOKEN_LIFETIME_S, refresh_token, code.scope)

    def _note(self, refused: RefusedCode, client: LiveClient) -> None:
        session, now_s = self.request.session, self.request.now_s
        if refused.reason == "unknown":
            return
        record(session, f"code.{refused.reason}", client=client.id, grant=refused.grant_id)
        if refused.reason == "replayed" and refused.grant_id is not None:
            # RFC 6749 §4.1.2: tokens issued on a code that is used twice should be revoked.
            revoke_after_misuse(
                session, grant_id=refused.grant_id, reason="code_replayed", now_s=now_s
            )

    def _refuse(self) -> tuple[int, bytes, Any]:
        answer = refusal(invalid_grant(), reference=self.request.reference)
        return answer.status, answer.body, answer.headers
