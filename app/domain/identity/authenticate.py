"""Sign a person in by e-mail and password.

Three steps, because hashing takes longer than a writer of SQLite may be kept waiting: look the
account up in a reading transaction, compare outside any, and enter in a writing one.
"""

from dataclasses import dataclass

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.domain.audit.record import record
from app.domain.identity.passwords import hash_password, is_right, needs_rehash
from app.domain.identity.sessions import BegunSession, begin
from app.domain.identity.tables import User
from app.domain.identity.users import email_key
from app.kernel.errors import CountinghouseError


class WrongCredentials(CountinghouseError):
    """The e-mail is unknown or the password is wrong: it is never said which."""

    kind, code, number = "unauthenticated", "wrong_credentials", 1


class AccountSuspended(CountinghouseError):
    """The password is right, and the account may not be used."""

    kind, code, number = "forbidden", "account_suspended", 8


@dataclass(frozen=True, slots=True)
class Credentials:
    """What an e-mail address leads to; `user_id` and `password_hash` are None for a stranger."""

    email_key: str
    user_id: str | None
    password_hash: str | None


@dataclass(frozen=True, slots=True)
class Attempt:
    """The outcome of one comparison; `rehash` is today's hash, where the stored one is older."""

    credentials: Credentials
    succeeds: bool
    rehash: str | None


def look_up(session: Session, *, email: str) -> Credentials:
    """What is stored for an address; a stranger's answer has the same shape."""
    key = email_key(email)
    row = session.execute(select(User.id, User.password_hash).where(User.email_key == key)).first()
    return Credentials(key, None, None) if row is None else Credentials(key, row[0], row[1])


def compare(credentials: Credentials, *, password: str) -> Attempt:
    """Compare the password: the same work whether or not the account exists."""
    hashed = credentials.password_hash
    succeeds = is_right(password, hashed=hashed)
    is_old = succeeds and hashed is not None and needs_rehash(hashed)
    return Attempt(credentials, succeeds, hash_password(password) if is_old else None)


def enter(
    session: Session,
    attempt: Attempt,
    *,
    replaces: str | None,
    address: str,
    user_agent: str,
    lifetime_s: int,
    now_s: int,
) -> BegunSession:
    """Begin a session for an attempt that succeeded; `replaces` is the secret it came with.

    Raises WrongCredentials, also where the password was changed since it was compared, and
    AccountSuspended. Both leave an audit row by their aftermath.
    """
    known = attempt.credentials

    def trace(later: Session) -> None:
        record(later, "sign_in.failed", user=known.user_id, address=address)

    wrong = WrongCredentials("The e-mail address or the password is wrong.", aftermath=trace)
    if not attempt.succeeds:
        raise wrong
    user = session.execute(
        select(User.id, User.suspended_at)
        .where(User.id == known.user_id, User.password_hash == known.password_hash)
        .with_for_update()
    ).first()
    if user is None:
        raise wrong
    if user.suspended_at is not None:
        raise AccountSuspended("This account is suspended.", aftermath=trace)
    if attempt.rehash is not None:
        session.execute(update(User).where(User.id == user.id).values(password_hash=attempt.rehash))
    begun = begin(
        session,
        user_id=user.id,
        replaces=replaces,
        address=address,
        user_agent=user_agent,
        lifetime_s=lifetime_s,
        now_s=now_s,
    )
    record(session, "sign_in.succeeded", user=user.id, session_id=begun.id, address=address)
    return begun
