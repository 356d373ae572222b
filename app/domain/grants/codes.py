"""Authorization codes: issued once, consumed once, remembered as tombstones."""

from dataclasses import dataclass

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.orm import Session

from app.domain.grants.policy import CODE_LIFETIME_S, CODE_TOMBSTONE_S
from app.domain.grants.tables import AuthorizationCode
from app.kernel.secrets import digest, is_secret, new_secret
from app.storage.fetch import Prepared, fetch


@dataclass(frozen=True, slots=True)
class ConsumedCode:
    """A code that this request, and no other, consumed."""

    grant_id: str
    redirect_uri: str
    code_challenge: str
    scope: str
    expires_at: int


_CONSUME = Prepared(
    update(AuthorizationCode)
    .where(
        AuthorizationCode.digest == bindparam("digest"),
        AuthorizationCode.client_id == bindparam("client_id"),
        AuthorizationCode.consumed_at.is_(None),
    )
    .values(consumed_at=bindparam("now_s"))
    .returning(
        AuthorizationCode.grant_id,
        AuthorizationCode.redirect_uri,
        AuthorizationCode.code_challenge,
        AuthorizationCode.scope,
        AuthorizationCode.expires_at,
    )
)


@dataclass(frozen=True, slots=True)
class RefusedCode:
    """A code that could not be consumed: `reason` is unknown, foreign or replayed."""

    reason: str
    grant_id: str | None = None


def issue_code(
    session: Session,
    *,
    grant_id: str,
    client_id: str,
    redirect_uri: str,
    code_challenge: str,
    scope: str,
    now_s: int,
    live: bool = True,
) -> str:
    """Make a code of 256 bits that lives 60 s, bound to client, address and challenge.

    `live` is False for a grant of test organisations; what is issued on the code says the same.
    """
    code = new_secret("ac", live=live)
    session.execute(
        insert(AuthorizationCode).values(
            digest=digest(code),
            grant_id=grant_id,
            client_id=client_id,
            redirect_uri=redirect_uri,
            code_challenge=code_challenge,
            scope=scope,
            created_at=now_s,
            expires_at=now_s + CODE_LIFETIME_S,
            keep_until=now_s + CODE_TOMBSTONE_S,
        )
    )
    return code


def challenge_was_used(session: Session, *, client_id: str, code_challenge: str) -> bool:
    """Whether this client already sent this challenge: constants are no proof (RFC 9700 §2.1.1)."""
    found = session.execute(
        select(AuthorizationCode.digest)
        .where(
            AuthorizationCode.client_id == client_id,
            AuthorizationCode.code_challenge == code_challenge,
        )
        .limit(1)
    )
    return found.first() is not None


def consume_code(
    session: Session, *, code: str, client_id: str, now_s: int
) -> ConsumedCode | RefusedCode:
    """Consume the code for its rightful client, before anything else about it is looked at.

    Exactly one of any number of simultaneous attempts gets ConsumedCode. A foreign client's
    attempt consumes nothing (oauth.md §5.3).
    """
    if not is_secret(code, kind="ac"):
        return RefusedCode("unknown")
    key = digest(code)
    consumed = fetch(session, _CONSUME, {"digest": key, "client_id": client_id, "now_s": now_s})
    if consumed:
        return ConsumedCode(*consumed[0])
    known = session.execute(
        select(AuthorizationCode.client_id, AuthorizationCode.grant_id).where(
            AuthorizationCode.digest == key
        )
    ).first()
    if known is None:
        return RefusedCode("unknown")
    return RefusedCode("replayed" if known.client_id == client_id else "foreign", known.grant_id)
