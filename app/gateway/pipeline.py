"""One pipeline guards every call: who is it, may it, how often; in this order, always."""

from collections.abc import Callable
from functools import lru_cache
from typing import Final, Never

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy.orm import Session

from app.domain.clients.scopes import expand
from app.domain.grants.usage import Use
from app.domain.identity.roles import allows
from app.gateway.call import Admission, Call, Caller, GrantedOrganisation
from app.gateway.errors import (
    Headers,
    InsufficientScope,
    OrganisationNotGranted,
    OrganisationRequired,
    RateLimited,
    Refusal,
    TokenInQuery,
    Unauthenticated,
    challenge,
)
from app.gateway.gateway import Gateway
from app.gateway.limiter.decision import Decision, Demand, Window
from app.gateway.limiter.plan import parse_plan
from app.gateway.lookup import ReachedOrganisation, token_holder
from app.kernel.clock import epoch_s
from app.kernel.networks import subscriber_of
from app.kernel.secrets import is_secret


class Passage(Struct, frozen=True):
    """How far a call has come."""

    session: Session
    call: Call
    gateway: Gateway
    now_s: int
    caller: Caller | None = None
    organisation: GrantedOrganisation | None = None
    headers: Headers = ()


def admit(session: Session, call: Call, *, gateway: Gateway) -> Admission:
    """Take a call through every step. Raises a Refusal with the headers of its answer."""
    passage = Passage(session, call, gateway, epoch_s())
    for step in STEPS:
        passage = step(passage)
    assert passage.caller is not None
    reached = None if passage.organisation is None else passage.organisation.id
    gateway.meter.note(Use(passage.caller.grant_id, reached), now_s=passage.now_s)
    return Admission(passage.caller, passage.organisation, passage.headers)


def spend_address(address: str, *, gateway: Gateway) -> Headers:
    """Spend one call of an address's own budget. Raises RateLimited when it is spent."""
    demand = Demand(f"address:{subscriber_of(address)}", gateway.address_windows)
    decision = gateway.limiter.acquire((demand,))
    headers = _rate_headers(decision)
    if not decision.admitted:
        _refuse_rate(decision, headers, "Rate limited: too many refused calls from this address.")
    return headers


def confirm(session: Session, call: Call, *, gateway: Gateway) -> Admission:
    """Ask again, inside the transaction that is about to write, without spending again.

    Time passes between admission and the write while the body is read. The grant's row is held
    until the transaction ends, so that nothing authorised before a revocation commits after it
    (security.md 11). Raises a Refusal as `admit` does.
    """
    passage = authorize(authenticate(Passage(session, call, gateway, epoch_s())))
    assert passage.caller is not None
    return Admission(passage.caller, passage.organisation, ())


def authenticate(passage: Passage) -> Passage:
    """Bearer tokens alone (RFC 6750 §2.1): cookies are ignored, Basic is never asked for."""
    call = passage.call
    if "access_token" in call.query_names:
        _refuse(passage, TokenInQuery, "Send the token in the Authorization header.")
    if not call.authorization:
        _refuse(
            passage,
            Unauthenticated,
            "Unauthorized: an access token is required.",
            header=challenge(scope=call.needs_scope),
        )
    scheme, _, token = call.authorization[0].partition(" ")
    holder = None
    is_bearer = len(call.authorization) == 1 and scheme.lower() == "bearer"
    if is_bearer and is_secret(token, kind="at"):
        holder = token_holder(passage.session, token=token, now_s=passage.now_s)
    if holder is None:
        _refuse(
            passage,
            Unauthenticated,
            "Unauthorized: the provided token is not active",
            header=challenge(error="invalid_token", scope=call.needs_scope),
        )
    scope, scopes = _expanded(holder.scope)
    windows = passage.gateway.token_windows if holder.windows is None else _plan(holder.windows)
    caller = Caller(
        grant_id=holder.grant_id,
        client_id=holder.client_id,
        user_id=holder.user_id,
        user_name=holder.user_name,
        user_email=holder.user_email,
        scope=scope,
        scopes=scopes,
        organisations=tuple([_granted(o, holder.scope) for o in holder.organisations]),
        windows=windows,
    )
    return replace(passage, caller=caller)


def authorize(passage: Passage) -> Passage:
    """The scope, then the organisation, then what the person's role allows there today."""
    call, caller = passage.call, passage.caller
    assert caller is not None
    if call.needs_scope is not None and call.needs_scope not in caller.scopes:
        _refuse_scope(passage, "The access token does not carry the scope this needs.")
    if not call.needs_organisation:
        return passage
    organisation = _organisation(passage, caller)
    if call.needs_scope is not None and call.needs_scope not in organisation.scopes:
        _refuse_scope(passage, "The person's role in this organisation does not allow this.")
    return replace(passage, organisation=organisation)


def limit(passage: Passage) -> Passage:
    """Spend one call of the grant's budget, so that a refreshed token has no fresh one."""
    caller = passage.caller
    assert caller is not None
    demand = Demand(f"grant:{caller.grant_id}", caller.windows)
    decision = passage.gateway.limiter.acquire((demand,))
    headers = _rate_headers(decision)
    if not decision.admitted:
        _refuse_rate(decision, headers, "Rate limited: the calls of this connection are spent.")
    return replace(passage, headers=headers)


# The order matters: never spend a budget for a stranger.
STEPS: Final[tuple[Callable[[Passage], Passage], ...]] = (authenticate, authorize, limit)


def _organisation(passage: Passage, caller: Caller) -> GrantedOrganisation:
    named = passage.call.organisation
    reached = caller.organisations
    listed = [{"id": organisation.id, "name": organisation.name} for organisation in reached]
    if len(named) > 1:
        _refuse(
            passage,
            OrganisationRequired,
            "Name one organisation in the Organisation header.",
            organisations=listed,
        )
    if not named and len(reached) > 1:
        _refuse(
            passage,
            OrganisationRequired,
            "This connection reaches several organisations; name one in the Organisation header.",
            organisations=listed,
        )
    wanted = named[0] if named else None
    found = next((o for o in reached if wanted is None or o.id == wanted), None)
    if found is None:
        _refuse(
            passage,
            OrganisationNotGranted,
            "This connection does not reach that organisation.",
        )
    return found


def _refuse_scope(passage: Passage, message: str) -> Never:
    header = challenge(error="insufficient_scope", scope=passage.call.needs_scope)
    _refuse(passage, InsufficientScope, message, header=header)


def _refuse(
    passage: Passage,
    refusal: type[Refusal],
    message: str,
    *,
    header: tuple[str, str] | None = None,
    **facts: object,
) -> Never:
    """Refuse, at the cost of the address: strangers spend their own budget and no other."""
    headers = spend_address(passage.call.address, gateway=passage.gateway)
    raise refusal(message, headers=headers if header is None else (header, *headers), **facts)


def _refuse_rate(decision: Decision, headers: Headers, message: str) -> Never:
    violated = [s.window.name for s in decision.standings if s.is_violated]
    spent = " and ".join(
        f"{s.window.amount} calls in {s.window.length_s} s"
        for s in decision.standings
        if s.is_violated
    )
    raise RateLimited(
        f"{message} No more than {spent}; wait {decision.retry_after_s} s.",
        headers=(*headers, ("Retry-After", str(decision.retry_after_s))),
        violated_policies=violated,
        retry_after_s=decision.retry_after_s,
    )


def _rate_headers(decision: Decision) -> Headers:
    primary = decision.standings[0]
    return (
        ("X-RateLimit-Limit", str(primary.window.amount)),
        ("X-RateLimit-Remaining", str(primary.remaining)),
        ("X-RateLimit-Reset", str(primary.reset_epoch_s)),
    )


def _granted(reached: ReachedOrganisation, scope: str) -> GrantedOrganisation:
    return GrantedOrganisation(
        id=reached.id,
        name=reached.name,
        country=reached.country,
        currency=reached.currency,
        timezone=reached.timezone,
        requires_if_match=bool(reached.requires_if_match),
        role=reached.role,
        scopes=_scopes_in_role(scope, reached.role),
        granted_at=reached.granted_at,
        last_used_at=reached.last_used_at,
    )


@lru_cache(maxsize=1_024)
def _expanded(scope: str) -> tuple[tuple[str, ...], frozenset[str]]:
    names = tuple(scope.split())
    return names, frozenset(expand(names))


@lru_cache(maxsize=4_096)
def _scopes_in_role(scope: str, role: str) -> frozenset[str]:
    return frozenset(name for name in _expanded(scope)[1] if allows(role, name))


@lru_cache(maxsize=256)
def _plan(text: str) -> tuple[Window, ...]:
    return parse_plan(text)
