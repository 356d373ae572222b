"""Take access back: a grant by its person, a token by its client, a grant after misuse."""

from dataclasses import dataclass
from typing import Final

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from app.domain.audit.record import record
from app.domain.grants.tables import AccessToken, Grant, RefreshToken
from app.kernel.errors import Missing
from app.kernel.secrets import digest, is_secret


class GrantMissing(Missing):
    """No such connection of this person."""

    code = "grant_not_found"


@dataclass(frozen=True, slots=True)
class TokenOfAnother:
    """The token presented for revocation belongs to another client (RFC 7009 §2.1)."""

    grant_id: str


GRANT_REASONS: Final = ("person", "client", "code_replayed", "refresh_reused")


def revoke(session: Session, *, grant_id: str, user_id: str, reason: str, now_s: int) -> None:
    """A person takes one of their own grants back. Raises GrantMissing for anyone else's."""
    if not _end(session, Grant.user_id == user_id, grant_id=grant_id, reason=reason, now_s=now_s):
        known = session.execute(
            select(Grant.id).where(Grant.id == grant_id, Grant.user_id == user_id)
        ).first()
        if known is None:
            raise GrantMissing("There is no such connection.")


def revoke_app(session: Session, *, user_id: str, client_id: str, now_s: int) -> None:
    """A person takes back everything from one app, consents still to be redeemed included."""
    live = session.scalars(
        select(Grant.id)
        .where(
            Grant.user_id == user_id,
            Grant.client_id == client_id,
            Grant.revoked_at.is_(None),
        )
        # One order for everyone, so that two of these cannot wait for each other.
        .order_by(Grant.id)
    ).all()
    for grant_id in live:
        revoke(session, grant_id=grant_id, user_id=user_id, reason="person", now_s=now_s)


def revoke_after_misuse(session: Session, *, grant_id: str, reason: str, now_s: int) -> None:
    """End a grant because a code or a refresh token of it was presented twice."""
    _end(session, Grant.id == grant_id, grant_id=grant_id, reason=reason, now_s=now_s)


def revoke_token(
    session: Session, *, token: str, client_id: str, now_s: int
) -> TokenOfAnother | None:
    """A client gives a token back (RFC 7009); unknown tokens are no error.

    A refresh token stands for the whole connection, so its grant ends with it; an access token
    ends alone.
    """
    key = digest(token)
    if is_secret(token, kind="at"):
        row = session.execute(
            select(AccessToken.grant_id, AccessToken.client_id).where(AccessToken.digest == key)
        ).first()
        if row is None or row.client_id != client_id:
            return None if row is None else TokenOfAnother(row.grant_id)
        session.execute(
            update(AccessToken)
            .where(AccessToken.digest == key, AccessToken.revoked_at.is_(None))
            .values(revoked_at=now_s)
            .execution_options(synchronize_session=False)
        )
        record(session, "access_token.revoked", client=client_id, grant=row.grant_id)
    elif is_secret(token, kind="rt"):
        found = session.execute(
            select(RefreshToken.grant_id, RefreshToken.client_id).where(RefreshToken.digest == key)
        ).first()
        if found is None or found.client_id != client_id:
            return None if found is None else TokenOfAnother(found.grant_id)
        session.execute(
            update(RefreshToken)
            .where(RefreshToken.digest == key)
            .values(state="revoked", sealed=None)
            .execution_options(synchronize_session=False)
        )
        _end(
            session,
            Grant.client_id == client_id,
            grant_id=found.grant_id,
            reason="client",
            now_s=now_s,
        )
    return None


def _end(
    session: Session, whose: ColumnElement[bool], *, grant_id: str, reason: str, now_s: int
) -> bool:
    ended = session.execute(
        update(Grant)
        .where(Grant.id == grant_id, whose, Grant.revoked_at.is_(None))
        .values(revoked_at=now_s, revoked_reason=reason)
        .returning(Grant.user_id, Grant.client_id)
        .execution_options(synchronize_session=False)
    ).first()
    if ended is None:
        return False
    record(
        session,
        "grant.revoked",
        user=ended.user_id,
        client=ended.client_id,
        grant=grant_id,
        reason=reason,
    )
    return True
