"""Third-party apps that may ask people for access (RFC 6749 §2)."""

from sqlalchemy import ForeignKey, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from app.storage.db import Row
from app.storage.types import BYTEWISE, Code, Digest, InstantS, Whole


class Client(Row):
    """An OAuth client. Scopes are space-separated lists (RFC 6749 §3.3).

    With `is_test_only` at 1 its grants reach test organisations and no others.
    """

    __tablename__ = "clients"
    __table_args__ = (Index("ix_clients_owner", "owner_id"),)

    id: Mapped[str] = mapped_column(BYTEWISE, primary_key=True)
    name: Mapped[str]
    company_name: Mapped[str]
    website: Mapped[str | None]
    logo: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    logo_digest: Mapped[str | None]
    type: Mapped[Code]  # confidential, public or machine
    auth_method: Mapped[Code]  # client_secret_basic, client_secret_post or none
    profile: Mapped[Code] = mapped_column(default="standard")
    scope: Mapped[str]
    optional_scope: Mapped[str]
    is_test_only: Mapped[Whole] = mapped_column(default=0, server_default="0")
    owner_id: Mapped[str | None] = mapped_column(BYTEWISE, ForeignKey("users.id"))
    suspended_at: Mapped[InstantS | None]
    created_at: Mapped[InstantS]


class RedirectUri(Row):
    """One address that a client may be answered at, compared exactly (RFC 9700 §2.1)."""

    __tablename__ = "client_redirect_uris"

    client_id: Mapped[str] = mapped_column(BYTEWISE, ForeignKey("clients.id"), primary_key=True)
    uri: Mapped[str] = mapped_column(BYTEWISE, primary_key=True)


class ClientSecret(Row):
    """A secret of a client, stored as its SHA-256; at most two are live at once."""

    __tablename__ = "client_secrets"
    __table_args__ = (Index("ix_client_secrets_client", "client_id"),)

    id: Mapped[str] = mapped_column(BYTEWISE, primary_key=True)
    client_id: Mapped[str] = mapped_column(BYTEWISE, ForeignKey("clients.id"))
    digest: Mapped[Digest] = mapped_column(unique=True)
    label: Mapped[str]
    last_four: Mapped[str]
    created_at: Mapped[InstantS]
    expires_at: Mapped[InstantS | None]
    revoked_at: Mapped[InstantS | None]
