"""What people have allowed: the grant is the root, and everything issued points at it."""

from sqlalchemy import ForeignKey, Index, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from app.storage.db import Row
from app.storage.types import BYTEWISE, Code, Digest, Id, InstantS, Whole


class Grant(Row):
    """One consent: a person, a client, scopes; revoking it is one row (oauth.md §5.4).

    It is active from the moment its code was redeemed; until then nothing was issued on it.
    """

    __tablename__ = "grants"
    __table_args__ = (
        Index("ix_grants_user", "user_id", "client_id"),
        Index("ix_grants_client", "client_id"),
    )

    id: Mapped[str] = mapped_column(BYTEWISE, primary_key=True)
    user_id: Mapped[str | None] = mapped_column(BYTEWISE, ForeignKey("users.id"))
    client_id: Mapped[str] = mapped_column(BYTEWISE, ForeignKey("clients.id"))
    scope: Mapped[str]
    created_at: Mapped[InstantS]
    activated_at: Mapped[InstantS | None]
    last_used_at: Mapped[InstantS | None]
    revoked_at: Mapped[InstantS | None]
    revoked_reason: Mapped[Code | None]


class GrantOrganisation(Row):
    """An organisation that a grant reaches; each can be taken back on its own."""

    __tablename__ = "grant_organisations"
    __table_args__ = (Index("ix_grant_organisations_org", "org_id"),)

    grant_id: Mapped[str] = mapped_column(BYTEWISE, ForeignKey("grants.id"), primary_key=True)
    org_id: Mapped[str] = mapped_column(BYTEWISE, ForeignKey("organisations.id"), primary_key=True)
    granted_at: Mapped[InstantS]
    last_used_at: Mapped[InstantS | None]
    revoked_at: Mapped[InstantS | None]


class AuthorizationCode(Row):
    """A code (RFC 6749 §4.1), kept as a tombstone after use so that a replay is noticed."""

    __tablename__ = "authorization_codes"
    __table_args__ = (
        Index("ix_authorization_codes_sweep", "keep_until"),
        Index("ix_authorization_codes_challenge", "client_id", "code_challenge", unique=True),
    )

    digest: Mapped[Digest] = mapped_column(primary_key=True)
    grant_id: Mapped[str] = mapped_column(BYTEWISE, ForeignKey("grants.id"))
    client_id: Mapped[Id]
    redirect_uri: Mapped[str]
    code_challenge: Mapped[Code]
    scope: Mapped[str]
    created_at: Mapped[InstantS]
    expires_at: Mapped[InstantS]
    keep_until: Mapped[InstantS]
    consumed_at: Mapped[InstantS | None]


class AccessToken(Row):
    """An opaque access token, stored as its SHA-256."""

    __tablename__ = "access_tokens"
    __table_args__ = (Index("ix_access_tokens_sweep", "expires_at"),)

    digest: Mapped[Digest] = mapped_column(primary_key=True)
    grant_id: Mapped[str] = mapped_column(BYTEWISE, ForeignKey("grants.id"))
    client_id: Mapped[Id]
    scope: Mapped[str]
    created_at: Mapped[InstantS]
    expires_at: Mapped[InstantS]
    revoked_at: Mapped[InstantS | None]


class RefreshToken(Row):
    """One generation of a grant's refresh token (oauth.md §5.5).

    `sealed` is the answer that rotated it, readable only with the token itself, kept for
    seconds so that a lost response can be answered again, byte for byte.
    """

    __tablename__ = "refresh_tokens"
    __table_args__ = (
        Index("ix_refresh_tokens_sweep", "expires_at"),
        Index("ix_refresh_tokens_successor", "successor", unique=True),
        Index(
            "ix_refresh_tokens_sealed",
            "sealed_until",
            sqlite_where=text("sealed IS NOT NULL"),
            postgresql_where=text("sealed IS NOT NULL"),
        ),
    )

    digest: Mapped[Digest] = mapped_column(primary_key=True)
    grant_id: Mapped[str] = mapped_column(BYTEWISE, ForeignKey("grants.id"))
    client_id: Mapped[Id]
    scope: Mapped[str]
    generation: Mapped[Whole]
    state: Mapped[Code]  # active, rotated or revoked
    created_at: Mapped[InstantS]
    expires_at: Mapped[InstantS]
    absolute_expires_at: Mapped[InstantS]
    rotated_at: Mapped[InstantS | None]
    successor: Mapped[Digest | None]
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    sealed_until: Mapped[InstantS | None]
    network: Mapped[str | None]
    replays: Mapped[Whole] = mapped_column(default=0)
    replayed_generations: Mapped[Whole] = mapped_column(default=0)


class ConsentDecision(Row):
    """A decision already taken on one consent page, so that a double submit answers the same."""

    __tablename__ = "consent_decisions"
    __table_args__ = (Index("ix_consent_decisions_sweep", "expires_at"),)

    id: Mapped[str] = mapped_column(BYTEWISE, primary_key=True)
    user_id: Mapped[Id]
    sealed_location: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[InstantS]
    expires_at: Mapped[InstantS]
