"""The authorization endpoint's checks, an ordered table one can hold against RFC 6749 §4.1.

Each check looks at one thing. Until client and redirect_uri are proven a failure is a page.
"""

import re
from collections.abc import Callable
from typing import Final

from sqlalchemy.orm import Session

from app.domain.clients.find import ClientFacts, client_of
from app.domain.clients.redirect_uris import acceptable, is_allowed
from app.domain.clients.scopes import named
from app.domain.grants.codes import challenge_was_used
from app.oauth.authorize.request import Asked, AuthorizationRefused, AuthorizationRequest

STATE_LENGTH_MAX: Final = 2_000
_CLIENT_ID = re.compile(r"[\x21-\x7e]{1,100}")
_S256_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")

Check = Callable[[Session, Asked, ClientFacts], tuple[str, str, str | None] | None]


def check(session: Session, asked: Asked) -> AuthorizationRequest:
    """Hold the request against every check. Raises AuthorizationRefused at the first failure."""
    client = _find_client(session, asked)
    redirect_uri = _prove_redirect_uri(asked, client)
    state = None if "state" in asked.parameters.repeated else asked.value("state")
    for look in CHECKS:
        failure = look(session, asked, client)
        if failure is not None:
            error, description, hint = failure
            raise AuthorizationRefused(
                error, description, hint=hint, redirect_uri=redirect_uri, state=state
            )
    return AuthorizationRequest(
        client=client,
        redirect_uri=redirect_uri,
        scope=_scope(asked, client),
        state=state,
        code_challenge=asked.value("code_challenge") or "",
    )


def _find_client(session: Session, asked: Asked) -> ClientFacts:
    client_id = asked.value("client_id")
    if client_id is None or "client_id" in asked.parameters.repeated:
        raise AuthorizationRefused(
            "invalid_request", "The app did not say who it is.", hint="Send client_id once."
        )
    client = None
    if _CLIENT_ID.fullmatch(client_id) is not None:
        client = client_of(session, client_id)
    if client is None or client.suspended:
        raise AuthorizationRefused("invalid_client", "This app is not known here.")
    return client


def _prove_redirect_uri(asked: Asked, client: ClientFacts) -> str:
    redirect_uri = asked.value("redirect_uri")
    if redirect_uri is None or "redirect_uri" in asked.parameters.repeated:
        raise AuthorizationRefused(
            "invalid_request",
            "The app did not say where to return to.",
            hint="Send redirect_uri once.",
        )
    # What was accepted at registration is judged again at use: rules and modes change.
    if not is_allowed(
        client.redirect_uris, redirect_uri, client_type=client.type
    ) or not acceptable(redirect_uri, type=client.type, development=asked.development):
        raise AuthorizationRefused(
            "invalid_request",
            "The app asked to return to an address that is not registered for it.",
            hint="redirect_uri must equal a registered one, character by character.",
        )
    return redirect_uri


def _nothing_twice(
    _session: Session, asked: Asked, _client: ClientFacts
) -> tuple[str, str, str | None] | None:
    if asked.parameters.repeated:
        return "invalid_request", "A parameter was sent more than once.", None
    return None


def _no_request_objects(
    _session: Session, asked: Asked, _client: ClientFacts
) -> tuple[str, str, str | None] | None:
    if asked.value("request") is not None:
        return "request_not_supported", "Request objects are not supported.", None
    if asked.value("request_uri") is not None:
        return "request_uri_not_supported", "Request URIs are not supported.", None
    return None


def _client_has_people(
    _session: Session, _asked: Asked, client: ClientFacts
) -> tuple[str, str, str | None] | None:
    if client.type == "machine":
        return "unauthorized_client", "This client may not ask people for access.", None
    return None


def _code_is_asked_for(
    _session: Session, asked: Asked, _client: ClientFacts
) -> tuple[str, str, str | None] | None:
    response_type = asked.value("response_type")
    if response_type is None:
        return "invalid_request", "response_type is missing.", "send response_type=code"
    if response_type != "code":
        return (
            "unsupported_response_type",
            "Only the code response type is served.",
            "send response_type=code",
        )
    return None


def _query_is_the_way_back(
    _session: Session, asked: Asked, _client: ClientFacts
) -> tuple[str, str, str | None] | None:
    if asked.value("response_mode") not in (None, "query"):
        return "invalid_request", "Only response_mode=query is served.", None
    return None


def _challenge_is_s256(
    _session: Session, asked: Asked, _client: ClientFacts
) -> tuple[str, str, str | None] | None:
    challenge = asked.value("code_challenge")
    if challenge is None:
        return (
            "invalid_request",
            "PKCE is required: code_challenge is missing.",
            "send code_challenge and code_challenge_method=S256",
        )
    # An omitted method means plain (RFC 7636 §4.3), which anyone who sees the URL can answer.
    if asked.value("code_challenge_method") != "S256":
        return (
            "invalid_request",
            "The code challenge method must be S256.",
            "send code_challenge_method=S256",
        )
    if _S256_CHALLENGE.fullmatch(challenge) is None:
        return (
            "invalid_request",
            "code_challenge is not an S256 challenge.",
            "send the 43 characters of BASE64URL(SHA256(code_verifier)), without padding",
        )
    return None


def _challenge_is_fresh(
    session: Session, asked: Asked, client: ClientFacts
) -> tuple[str, str, str | None] | None:
    challenge = asked.value("code_challenge") or ""
    if challenge_was_used(session, client_id=client.id, code_challenge=challenge):
        return (
            "invalid_request",
            "This code_challenge was used before.",
            "make a new code_verifier for every authorization request",
        )
    return None


def _scope_is_allowed(
    _session: Session, asked: Asked, client: ClientFacts
) -> tuple[str, str, str | None] | None:
    asked_for = set(named(asked.value("scope") or ""))
    if asked_for - set(client.scope) - set(client.optional_scope):
        return (
            "invalid_scope",
            "The scope holds something this client is not registered for.",
            "ask only for scopes listed at registration, separated by single spaces",
        )
    if not _scope(asked, client):
        return "invalid_scope", "No scope was asked for.", None
    return None


def _state_is_short(
    _session: Session, asked: Asked, _client: ClientFacts
) -> tuple[str, str, str | None] | None:
    if len(asked.value("state") or "") > STATE_LENGTH_MAX:
        return "invalid_request", f"state is longer than {STATE_LENGTH_MAX} characters.", None
    return None


def _scope(asked: Asked, client: ClientFacts) -> tuple[str, ...]:
    # Left out, the scope is all that the client registered (RFC 6749 §3.3).
    asked_for = asked.value("scope")
    return (*client.scope, *client.optional_scope) if asked_for is None else named(asked_for)


CHECKS: Final[tuple[Check, ...]] = (
    _nothing_twice,
    _no_request_objects,
    _client_has_people,
    _code_is_asked_for,
    _query_is_the_way_back,
    _challenge_is_s256,
    _challenge_is_fresh,
    _scope_is_allowed,
    _state_is_short,
)
