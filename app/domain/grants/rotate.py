"""Rotate a refresh token: once, with a sealed answer for the response that got lost.

The rules are those of oauth.md §5.5; RFC 9700 §4.14.2 asks for the reuse detection.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from sqlalchemy import bindparam, null, select, update
from sqlalchemy.orm import Session

from app.domain.grants.issue import (
    Generation,
    Issued,
    is_live,
    issue_access_token,
    issue_refresh_token,
)
from app.domain.grants.policy import (
    ACCESS_TOKEN_LIFETIME_S,
    REPLAY_WINDOW_S,
    REPLAYED_GENERATIONS_MAX,
    REPLAYS_MAX,
)
from app.domain.grants.tables import RefreshToken
from app.kernel import secrets
from app.kernel.secrets import bind, derive, digest, is_secret, seal, unseal
from app.storage.fetch import Prepared, change, fetch

PURPOSE: Final = "refresh replay"
Written = Callable[[Issued], bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Presented:
    """A refresh request, once its client is authenticated.

    `scope` is what was asked for, None for all; `network` the caller's /24 or /64.
    """

    token: str
    client_id: str
    is_public: bool
    scope: tuple[str, ...] | None
    network: str


@dataclass(frozen=True, slots=True)
class Rotated:
    """The answer to send; `is_replay` when it was given before, byte for byte."""

    body: bytes
    grant_id: str
    is_replay: bool


@dataclass(frozen=True, slots=True)
class RefusedRefresh:
    """Why not: unknown, foreign, revoked, expired, ended, scope or reused.

    `grant_id` names the grant where the token was known.
    """

    reason: str
    grant_id: str | None = None


@dataclass(frozen=True, slots=True)
class _Rotating:
    grant_id: str
    scope: str
    generation: int
    expires_at: int
    absolute_expires_at: int


_ROTATE = Prepared(
    update(RefreshToken)
    .where(
        RefreshToken.digest == bindparam("digest"),
        RefreshToken.client_id == bindparam("client_id"),
        RefreshToken.state == "active",
    )
    .values(state="rotated", rotated_at=bindparam("now_s"))
    .returning(
        RefreshToken.grant_id,
        RefreshToken.scope,
        RefreshToken.generation,
        RefreshToken.expires_at,
        RefreshToken.absolute_expires_at,
    )
)
_KEEP_ANSWER = Prepared(
    update(RefreshToken)
    .where(RefreshToken.digest == bindparam("digest"))
    .values(
        successor=bindparam("next_digest"),
        sealed=bindparam("sealed_body"),
        sealed_until=bindparam("until_s"),
        network=bindparam("from_network"),
        replayed_generations=bindparam("replayed_before"),
    )
)
_FORGET_ANSWER = Prepared(
    update(RefreshToken)
    .where(RefreshToken.successor == bindparam("digest"))
    .values(sealed=null())
    .returning(RefreshToken.replays, RefreshToken.replayed_generations)
)


def rotate(
    session: Session, presented: Presented, *, now_s: int, write: Written
) -> Rotated | RefusedRefresh:
    """Rotate the token, or answer again what the rotation answered, or refuse.

    `write` turns what was issued into the bytes of the response; they are sealed under a key
    that only the old token yields, so that a dump of the database cannot open them.
    """
    if not is_secret(presented.token, kind="rt"):
        return RefusedRefresh("unknown")
    key = digest(presented.token)
    # The conditional update comes first: of any number of simultaneous attempts one matches.
    rows = fetch(
        session,
        _ROTATE,
        {"digest": key, "client_id": presented.client_id, "now_s": now_s},
    )
    if not rows:
        return _answer_again(session, presented, key=key, now_s=now_s)
    row = _Rotating(*rows[0])
    refused = _refusal(session, presented, row=row, now_s=now_s)
    if refused is not None:
        return refused
    return _succeed(session, presented, key=key, row=row, now_s=now_s, write=write)


def _refusal(
    session: Session, presented: Presented, *, row: _Rotating, now_s: int
) -> RefusedRefresh | None:
    if not is_live(session, grant_id=row.grant_id):
        return RefusedRefresh("ended", row.grant_id)
    if row.expires_at <= now_s:
        return RefusedRefresh("expired", row.grant_id)
    asked_for = presented.scope
    if asked_for is not None and (not asked_for or not set(asked_for) <= set(row.scope.split(" "))):
        return RefusedRefresh("scope", row.grant_id)
    return None


def _succeed(
    session: Session,
    presented: Presented,
    *,
    key: bytes,
    row: _Rotating,
    now_s: int,
    write: Written,
) -> Rotated:
    # A narrower scope narrows this access token alone (RFC 6749 §6).
    scope = row.scope if presented.scope is None else " ".join(presented.scope)
    live = secrets.is_live(presented.token)
    refresh_token = issue_refresh_token(
        session,
        grant_id=row.grant_id,
        client_id=presented.client_id,
        scope=row.scope,
        now_s=now_s,
        generation=Generation(row.generation + 1, row.absolute_expires_at),
        live=live,
    )
    access_token = issue_access_token(
        session,
        grant_id=row.grant_id,
        client_id=presented.client_id,
        scope=scope,
        now_s=now_s,
        live=live,
    )
    body = write(Issued(access_token, ACCESS_TOKEN_LIFETIME_S, refresh_token, scope))
    window_s = REPLAY_WINDOW_S["public" if presented.is_public else "confidential"]
    # Only the immediate predecessor may be answered again, so the one before forgets its answer
    # and hands on how many generations in a row were answered again.
    before = fetch(session, _FORGET_ANSWER, {"digest": key})
    replayed_before = before[0][1] + 1 if before and before[0][0] else 0
    change(
        session,
        _KEEP_ANSWER,
        {
            "digest": key,
            "next_digest": digest(refresh_token),
            "sealed_body": seal(
                _seal_key(presented.token), body, bound_to=_binding(presented, row.grant_id)
            ),
            "until_s": now_s + window_s,
            "from_network": presented.network,
            "replayed_before": replayed_before,
        },
    )
    return Rotated(body, row.grant_id, is_replay=False)


def _answer_again(
    session: Session, presented: Presented, *, key: bytes, now_s: int
) -> Rotated | RefusedRefresh:
    row = session.execute(
        select(RefreshToken).where(RefreshToken.digest == key).with_for_update()
    ).scalar_one_or_none()
    if row is None:
        return RefusedRefresh("unknown")
    if row.client_id != presented.client_id:
        return RefusedRefresh("foreign", row.grant_id)
    if row.state == "revoked":
        return RefusedRefresh("revoked", row.grant_id)
    if not is_live(session, grant_id=row.grant_id):
        # A deliberately revoked grant is no sign of theft (oauth.md §5.5).
        return RefusedRefresh("ended", row.grant_id)
    if row.expires_at <= now_s:
        return RefusedRefresh("expired", row.grant_id)
    body = _open(session, presented, row=row, now_s=now_s)
    if body is None:
        return RefusedRefresh("reused", row.grant_id)
    # A replay writes its own row alone: the successor's may be held by its own rotation, which
    # waits for this one.
    row.replays += 1
    return Rotated(body, row.grant_id, is_replay=True)


def _open(session: Session, presented: Presented, *, row: RefreshToken, now_s: int) -> bytes | None:
    if row.sealed is None or row.sealed_until is None or now_s > row.sealed_until:
        return None
    if row.replays >= REPLAYS_MAX:
        return None
    if presented.is_public and (
        row.network != presented.network or row.replayed_generations >= REPLAYED_GENERATIONS_MAX
    ):
        return None
    successor_state = session.execute(
        select(RefreshToken.state).where(RefreshToken.digest == row.successor)
    ).scalar_one_or_none()
    if successor_state != "active":
        return None
    return unseal(
        _seal_key(presented.token), row.sealed, bound_to=_binding(presented, row.grant_id)
    )


def _seal_key(token: str) -> bytes:
    return derive(token.encode("ascii"), purpose=PURPOSE)


def _binding(presented: Presented, grant_id: str) -> bytes:
    scope = "*" if presented.scope is None else " ".join(sorted(presented.scope))
    return bind(PURPOSE, grant_id, presented.client_id, scope)
