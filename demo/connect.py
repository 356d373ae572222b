"""The OAuth part, by a client library written by others: Authlib's, over requests."""

import secrets
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final
from urllib.parse import urlsplit

import requests
from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.requests_client import OAuth2Session

from demo.settings import Settings
from demo.trouble import Silent, TakenBack, Trouble, declined
from demo.visitors import Visitor

ANSWER_WITHIN_S: Final = 10
METADATA_KEPT_S: Final = 300
METADATA_PATH: Final = "/.well-known/oauth-authorization-server"


class Connector:
    """Connects visitors' books to this app, keeps the connection alive, and ends it."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._metadata: dict[str, Any] = {}
        self._metadata_until = 0.0

    def begin(self, visitor: Visitor) -> str:
        """Make state and PKCE afresh; answer with the address to send the person to."""
        verifier = secrets.token_urlsafe(48)
        with self._session() as session:
            address, state = session.create_authorization_url(
                self.metadata()["authorization_endpoint"], code_verifier=verifier
            )
        visitor.expect(state, verifier)
        return str(address)

    def finish(self, visitor: Visitor, answer: Mapping[str, str]) -> None:
        """Take the person back: check state and issuer, then exchange the code.

        Raises Trouble for an answer that is not ours, or that carries an error.
        """
        verifier = visitor.pending.pop(answer.get("state", ""), None)
        if verifier is None:
            raise Trouble(
                "We did not expect you here",
                "This address belongs to a connection that was begun elsewhere, or is already "
                "finished. Begin again.",
            )
        # RFC 9207 §2.4: an answer from another server than the one asked must be dropped.
        if answer.get("iss") != self.metadata()["issuer"]:
            raise Trouble(
                "The answer came from elsewhere",
                "Another server than the one we asked has answered. Nothing was connected.",
            )
        if "error" in answer:
            raise declined(answer["error"])
        with self._session() as session:
            token = session.fetch_token(
                self.metadata()["token_endpoint"],
                grant_type="authorization_code",
                code=answer.get("code", ""),
                code_verifier=verifier,
                timeout=ANSWER_WITHIN_S,
            )
        visitor.token = dict(token)

    def refresh(self, visitor: Visitor) -> None:
        """Exchange the refresh token for a new pair.

        Raises TakenBack when it is refused, and forgets the tokens then: they are worth nothing.
        """
        with visitor.lock:
            token = visitor.token or {}
            if not token.get("refresh_token"):
                raise TakenBack
            try:
                # Without a scope: what was granted stays, also where the person ticked less.
                with self._session(scope=None, token=token) as session:
                    fresh = session.refresh_token(
                        self.metadata()["token_endpoint"], timeout=ANSWER_WITHIN_S
                    )
            except TakenBack:
                visitor.token = None
                raise
            visitor.token = dict(fresh)

    def end(self, visitor: Visitor) -> None:
        """Give the tokens back (RFC 7009), and forget them."""
        with visitor.lock:
            token, visitor.token = visitor.token or {}, None
            given_back = token.get("refresh_token") or token.get("access_token")
            if not given_back:
                return
            with self._session(scope=None) as session:
                session.revoke_token(
                    self.metadata()["revocation_endpoint"],
                    token=given_back,
                    timeout=ANSWER_WITHIN_S,
                )

    def metadata(self) -> dict[str, Any]:
        """What the server says of itself (RFC 8414), kept for a few minutes."""
        if time.monotonic() < self._metadata_until:
            return self._metadata
        with self._session() as session:
            answer = session.get(
                self.settings.server_url + METADATA_PATH,
                withhold_token=True,
                timeout=ANSWER_WITHIN_S,
            )
            answer.raise_for_status()
            found = answer.json()
        # RFC 8414 §3.3: metadata that names another issuer must not be used.
        if found.get("issuer") != self.settings.server_url:
            raise Trouble("Unknown server", "The server calls itself by another name.", status=502)
        self._metadata, self._metadata_until = found, time.monotonic() + METADATA_KEPT_S
        return self._metadata

    @contextmanager
    def _session(self, **changed: Any) -> Iterator[OAuth2Session]:
        settings = self.settings
        options = {
            "scope": settings.scope,
            "redirect_uri": settings.redirect_uri,
            "token_endpoint_auth_method": "client_secret_basic",
            "code_challenge_method": "S256",
            **changed,
        }
        session = OAuth2Session(settings.client_id, settings.client_secret, **options)
        session.trust_env = False  # the server is on loopback, where no proxy is
        try:
            with session:
                yield session
        except OAuthError as refused:
            if refused.error == "invalid_grant":
                raise TakenBack from refused
            raise declined(str(refused.error)) from refused
        except (requests.RequestException, ValueError) as error:
            raise Silent(urlsplit(settings.server_url).netloc) from error
