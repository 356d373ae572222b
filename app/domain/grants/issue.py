"""Issue tokens on a grant: an opaque access token, and the next refresh token where wanted."""

from dataclasses import dataclass

from sqlalchemy import bindparam, delete, insert, literal_column, select, update
from sqlalchemy.orm import Session

from app.domain.grants.policy import (
    ACCESS_TOKEN_LIFETIME_S,
    REFRESH_ABSOLUTE_LIFETIME_S,
    REFRESH_IDLE_LIFETIME_S,
    SWEPT_PER_ISSUE_ROWS,
)
from app.domain.grants.tables import AccessToken, Grant, RefreshToken
from app.domain.identity.tables import User
from app.kernel.secrets import digest, new_secret
from app.storage.fetch import Prepared, change, fetch


@dataclass(frozen=True, slots=True)
class Issued:
    """What a client receives, shown this once. Lifetimes in seconds, scope space-separated."""

    access_token: str
    expires_in_s: int
    refresh_token: str | None
    scope: str


@dataclass(frozen=True, slots=True)
class Generation:
    """Where a refresh token stands in its family: its number and the family's last instant."""

    number: int
    absolute_expires_at: int


_IS_LIVE = Prepared(
    select(Grant.id)
    .outerjoin(User, User.id == Grant.user_id)
    .where(
        Grant.id == bindparam("grant_id"),
        Grant.revoked_at.is_(None),
        User.suspended_at.is_(None),
    )
)
_ACTIVATE = Prepared(
    update(Grant)
    .where(Grant.id == bindparam("grant_id"), Grant.revoked_at.is_(None))
    .values(activated_at=bindparam("now_s"))
)
_ADD_ACCESS_TOKEN = Prepared(
    insert(AccessToken),
    columns=("digest", "grant_id", "client_id", "scope", "created_at", "expires_at"),
)
_ADD_REFRESH_TOKEN = Prepared(
    insert(RefreshToken).values(state="active", replays=0, replayed_generations=0),
    columns=(
        "digest",
        "grant_id",
        "client_id",
        "scope",
        "generation",
        "created_at",
        "expires_at",
        "absolute_expires_at",
        "state",
        "replays",
        "replayed_generations",
    ),
)
_SWEEP = Prepared(
    delete(AccessToken).where(
        AccessToken.digest.in_(
            select(AccessToken.digest)
            .where(AccessToken.expires_at < bindparam("now_s"))
            .order_by(AccessToken.expires_at)
            .limit(literal_column(str(SWEPT_PER_ISSUE_ROWS)))
            .with_for_update(skip_locked=True)
        )
    )
)


def is_live(session: Session, *, grant_id: str) -> bool:
    """Whether the grant still holds and its person is not suspended."""
    return bool(fetch(session, _IS_LIVE, {"grant_id": grant_id}))


def activate(session: Session, *, grant_id: str, now_s: int) -> bool:
    """Mark a live grant as active; False when it was revoked or its person is suspended."""
    if not is_live(session, grant_id=grant_id):
        return False
    return change(session, _ACTIVATE, {"grant_id": grant_id, "now_s": now_s}) == 1


def issue_access_token(
    session: Session,
    *,
    grant_id: str,
    client_id: str,
    scope: str,
    now_s: int,
    lifetime_s: int = ACCESS_TOKEN_LIFETIME_S,
    live: bool = True,
) -> str:
    """Make an access token; a few expired ones go in the same stroke (oauth.md §5.14).

    `live` is False for a grant of test organisations, whose tokens say so.
    """
    token = new_secret("at", live=live)
    change(
        session,
        _ADD_ACCESS_TOKEN,
        {
            "digest": digest(token),
            "grant_id": grant_id,
            "client_id": client_id,
            "scope": scope,
            "created_at": now_s,
            "expires_at": now_s + lifetime_s,
        },
    )
    change(session, _SWEEP, {"now_s": now_s})
    return token


def issue_refresh_token(
    session: Session,
    *,
    grant_id: str,
    client_id: str,
    scope: str,
    now_s: int,
    generation: Generation | None = None,
    live: bool = True,
) -> str:
    """Make the first refresh token of a family, or the one of the given generation."""
    place = generation or Generation(1, now_s + REFRESH_ABSOLUTE_LIFETIME_S)
    token = new_secret("rt", live=live)
    change(
        session,
        _ADD_REFRESH_TOKEN,
        {
            "digest": digest(token),
            "grant_id": grant_id,
            "client_id": client_id,
            "scope": scope,
            "generation": place.number,
            "created_at": now_s,
            "expires_at": min(now_s + REFRESH_IDLE_LIFETIME_S, place.absolute_expires_at),
            "absolute_expires_at": place.absolute_expires_at,
        },
    )
    return token
