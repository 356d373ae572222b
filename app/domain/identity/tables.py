"""People, the organisations whose books are kept here, and who may do what in them."""

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.storage.db import Row
from app.storage.types import BYTEWISE, Code, Digest, Id, InstantS, Whole


class Installation(Row):
    """Facts about this database as a whole, such as `demo` when it holds demo data."""

    __tablename__ = "installation"

    name: Mapped[str] = mapped_column(BYTEWISE, primary_key=True)
    value: Mapped[str]


class User(Row):
    """A person. `email_key` is the address as it is compared: casefolded."""

    __tablename__ = "users"

    id: Mapped[str] = mapped_column(BYTEWISE, primary_key=True)
    email: Mapped[str]
    email_key: Mapped[str] = mapped_column(BYTEWISE, unique=True)
    name: Mapped[str]
    password_hash: Mapped[str]
    email_verified_at: Mapped[InstantS | None]
    suspended_at: Mapped[InstantS | None]
    created_at: Mapped[InstantS]


class Organisation(Row):
    """A business. `country` is ISO 3166-1 alpha-2, `currency` ISO 4217, `timezone` IANA.

    `livemode` is 1 for a real business and 0 for a test organisation. With `requires_if_match`
    at 1 no app changes or deletes anything without saying which version it saw.
    """

    __tablename__ = "organisations"

    id: Mapped[str] = mapped_column(BYTEWISE, primary_key=True)
    name: Mapped[str]
    country: Mapped[Code]
    currency: Mapped[Code]
    timezone: Mapped[str]
    livemode: Mapped[Whole] = mapped_column(default=1, server_default="1")
    requires_if_match: Mapped[Whole] = mapped_column(default=0, server_default="0")
    suspended_at: Mapped[InstantS | None]
    created_at: Mapped[InstantS]


class Membership(Row):
    """One person's role in one organisation: owner, admin, accountant, member or readonly."""

    __tablename__ = "memberships"
    __table_args__ = (Index("ix_memberships_user", "user_id"),)

    org_id: Mapped[str] = mapped_column(BYTEWISE, ForeignKey("organisations.id"), primary_key=True)
    user_id: Mapped[str] = mapped_column(BYTEWISE, ForeignKey("users.id"), primary_key=True)
    role: Mapped[Code]
    created_at: Mapped[InstantS]


class SignInSession(Row):
    """A browser in which someone is signed in; the cookie's secret is stored as its SHA-256."""

    __tablename__ = "sign_in_sessions"
    __table_args__ = (
        Index("ix_sign_in_sessions_user", "user_id"),
        Index("ix_sign_in_sessions_expires", "expires_at"),
    )

    digest: Mapped[Digest] = mapped_column(primary_key=True)
    id: Mapped[Id]
    user_id: Mapped[str] = mapped_column(BYTEWISE, ForeignKey("users.id"))
    created_at: Mapped[InstantS]
    expires_at: Mapped[InstantS]
    address: Mapped[str]
    user_agent: Mapped[str]
