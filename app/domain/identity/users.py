"""Add a person who can sign in."""

import re
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.audit.record import record
from app.domain.identity.passwords import PASSWORD_CHARACTERS_MAX, hash_password
from app.domain.identity.tables import User
from app.kernel.clock import epoch_s
from app.kernel.errors import CountinghouseError, Fault, Invalid
from app.kernel.ids import new_id
from app.kernel.text import name_faults, tidied

NAME_CHARACTERS_MAX: Final = 100
EMAIL_CHARACTERS_MAX: Final = 254  # RFC 5321 §4.5.3.1.3, without the angle brackets
PASSWORD_CHARACTERS_MIN: Final = 8

_LABEL: Final = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
# A dot-atom (RFC 5322 §3.2.3) at a host with at least two labels; quoted local parts are refused.
_EMAIL: Final = re.compile(
    r"(?=.{1,64}@)[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    rf"@{_LABEL}(?:\.{_LABEL})+"
)


class EmailTaken(CountinghouseError):
    """Someone already signs in with this e-mail address."""

    kind, code, number = "conflict", "email_taken", 30

    def __init__(self, email: str) -> None:
        super().__init__(
            f"Someone already signs in as {email}.",
            faults=(Fault("taken", "This e-mail address is already in use.", pointer="/email"),),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class UserFacts:
    """A person, without anything secret."""

    id: str
    email: str
    name: str
    is_verified: bool
    is_suspended: bool


def add_user(
    session: Session, *, email: str, name: str, password: str, verified: bool
) -> UserFacts:
    """Add a person. `verified` says that the address is known to be theirs.

    Raises Invalid with every fault; EmailTaken.
    """
    email = email.strip()
    faults = [
        *email_faults(email),
        *name_faults(name, what="The name", pointer="/name", characters_max=NAME_CHARACTERS_MAX),
        *password_faults(password),
    ]
    if faults:
        raise Invalid("This person cannot be added.", faults=tuple(faults))
    key = email_key(email)
    if session.scalar(select(User.id).where(User.email_key == key)) is not None:
        raise EmailTaken(email)
    now_s = epoch_s()
    user = User(
        id=new_id("usr"),
        email=email,
        email_key=key,
        name=tidied(name),
        password_hash=hash_password(password),
        email_verified_at=now_s if verified else None,
        suspended_at=None,
        created_at=now_s,
    )
    session.add(user)
    session.flush()  # what follows in this transaction may point at the person
    record(session, "user.added", user=user.id)
    return facts_of(user)


def facts_of(user: User) -> UserFacts:
    """The facts of a person's row."""
    return UserFacts(
        id=user.id,
        email=user.email,
        name=user.name,
        is_verified=user.email_verified_at is not None,
        is_suspended=user.suspended_at is not None,
    )


def email_key(email: str) -> str:
    """The form in which addresses are compared."""
    return email.strip().casefold()


def email_faults(email: str) -> list[Fault]:
    """What is wrong with an e-mail address, if anything."""
    if not email:
        return [Fault("required", "An e-mail address is needed.", pointer="/email")]
    if len(email) > EMAIL_CHARACTERS_MAX:
        detail = f"An e-mail address may have {EMAIL_CHARACTERS_MAX} characters."
        return [Fault("too_long", detail, pointer="/email")]
    if _EMAIL.fullmatch(email) is None:
        detail = "This is not an e-mail address such as name@example.com."
        return [Fault("invalid", detail, pointer="/email")]
    return []


def password_faults(password: str) -> list[Fault]:
    """What is wrong with a new password: its length alone counts (NIST SP 800-63B §5.1.1.2)."""
    if len(password) < PASSWORD_CHARACTERS_MIN:
        detail = f"A password needs at least {PASSWORD_CHARACTERS_MIN} characters."
        return [Fault("too_short", detail, pointer="/password")]
    if len(password) > PASSWORD_CHARACTERS_MAX:
        detail = f"A password may have {PASSWORD_CHARACTERS_MAX} characters."
        return [Fault("too_long", detail, pointer="/password")]
    return []
