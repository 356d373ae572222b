"""Browsers in which someone is signed in: begun at sign-in, found by their secret, ended."""

from dataclasses import dataclass
from typing import Final

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from app.domain.audit.record import record
from app.domain.identity.tables import SignInSession, User
from app.kernel.ids import new_id
from app.kernel.secrets import digest, is_secret, new_secret

USER_AGENT_CHARACTERS_MAX: Final = 256


@dataclass(frozen=True, slots=True)
class BegunSession:
    """A session that has just begun; this is the only time its secret is known."""

    id: str
    secret: str
    expires_at: int


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who is signed in, and in which session."""

    session_id: str
    user_id: str
    name: str
    email: str


def begin(
    session: Session,
    *,
    user_id: str,
    replaces: str | None,
    address: str,
    user_agent: str,
    lifetime_s: int,
    now_s: int,
) -> BegunSession:
    """Begin a session under a fresh secret; the one whose secret is `replaces` ends.

    A secret known before sign-in is worth nothing after it, so none can be planted.
    """
    if replaces is not None:
        session.execute(delete(SignInSession).where(SignInSession.digest == digest(replaces)))
    session.execute(
        delete(SignInSession).where(
            SignInSession.user_id == user_id, SignInSession.expires_at <= now_s
        )
    )
    begun = BegunSession(new_id("ses"), new_secret("ss"), now_s + lifetime_s)
    session.execute(
        insert(SignInSession).values(
            digest=digest(begun.secret),
            id=begun.id,
            user_id=user_id,
            created_at=now_s,
            expires_at=begun.expires_at,
            address=address,
            user_agent=user_agent[:USER_AGENT_CHARACTERS_MAX],
        )
    )
    return begun


def find(session: Session, *, secret: str, now_s: int) -> SignedIn | None:
    """Who is signed in with this secret: nobody once it expired, or the person is suspended."""
    if not is_secret(secret, kind="ss"):
        return None
    row = session.execute(
        select(SignInSession.id, User.id.label("user_id"), User.name, User.email)
        .join(User, User.id == SignInSession.user_id)
        .where(
            SignInSession.digest == digest(secret),
            SignInSession.expires_at > now_s,
            User.suspended_at.is_(None),
        )
    ).first()
    return None if row is None else SignedIn(row.id, row.user_id, row.name, row.email)


def end(session: Session, *, secret: str) -> None:
    """Sign this browser out; a secret that is not known any more is no error."""
    ended = session.execute(
        delete(SignInSession)
        .where(SignInSession.digest == digest(secret))
        .returning(SignInSession.id, SignInSession.user_id)
    ).first()
    if ended is not None:
        record(session, "session.ended", user=ended.user_id, session_id=ended.id)
