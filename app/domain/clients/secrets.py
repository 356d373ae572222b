"""A client's secrets: made here, shown once, stored hashed, two live at most (oauth.md §5.8)."""

from dataclasses import dataclass
from typing import Final

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from app.domain.audit.record import record
from app.domain.clients.tables import Client, ClientSecret
from app.kernel.clock import epoch_s
from app.kernel.errors import CountinghouseError, Fault, Invalid, Missing
from app.kernel.ids import new_id
from app.kernel.secrets import digest, new_secret
from app.kernel.text import name_faults, tidied

LIVE_SECRETS_MAX: Final = 2
LABEL_CHARACTERS_MAX: Final = 60
LAST_SHOWN: Final = 4


class TooManySecrets(CountinghouseError):
    """Two secrets are enough to change from one to the other without an outage."""

    kind, code, number = "rule", "too_many_secrets", 30

    def __init__(self) -> None:
        super().__init__(f"A client has at most {LIVE_SECRETS_MAX} live secrets; revoke one first.")


@dataclass(frozen=True, slots=True, kw_only=True)
class SecretFacts:
    """What may be shown of a secret. Instants are in seconds since the epoch."""

    id: str
    label: str
    last_four: str
    created_at: int
    expires_at: int | None


@dataclass(frozen=True, slots=True)
class MadeSecret:
    """A fresh secret; `plain` is shown this once and never again."""

    id: str
    plain: str


def add_secret(
    session: Session, *, client_id: str, label: str, expires_at: int | None = None
) -> MadeSecret:
    """Make a secret for a client. Raises Missing, Invalid, TooManySecrets."""
    client = session.scalar(select(Client).where(Client.id == client_id).with_for_update())
    if client is None:
        raise Missing("No such client.")
    faults = name_faults(
        label, what="The label", pointer="/label", characters_max=LABEL_CHARACTERS_MAX
    )
    if client.auth_method == "none":
        detail = "A public client cannot keep a secret, so it has none."
        faults.append(Fault("not_allowed", detail, pointer="/auth_method"))
    if faults:
        raise Invalid("This secret cannot be made.", faults=tuple(faults))
    now_s = epoch_s()
    if len(session.scalars(_live(client_id, now_s)).all()) >= LIVE_SECRETS_MAX:
        raise TooManySecrets
    plain = new_secret("cs")
    row = ClientSecret(
        id=new_id("sec"),
        client_id=client_id,
        digest=digest(plain),
        label=tidied(label),
        last_four=plain[-LAST_SHOWN:],
        created_at=now_s,
        expires_at=expires_at,
        revoked_at=None,
    )
    session.add(row)
    session.flush()
    record(session, "client.secret_added", client=client_id, secret_id=row.id)
    return MadeSecret(id=row.id, plain=plain)


def revoke_secret(session: Session, *, client_id: str, secret_id: str) -> None:
    """End a secret at once. Raises Missing where the client has no such live secret."""
    row = session.get(ClientSecret, secret_id)
    if row is None or row.client_id != client_id or row.revoked_at is not None:
        raise Missing("No such live secret.")
    row.revoked_at = epoch_s()
    session.flush()
    record(session, "client.secret_revoked", client=client_id, secret_id=secret_id)


def secrets_of(session: Session, *, client_id: str) -> tuple[SecretFacts, ...]:
    """The live secrets of a client, oldest first."""
    return tuple(
        SecretFacts(
            id=row.id,
            label=row.label,
            last_four=row.last_four,
            created_at=row.created_at,
            expires_at=row.expires_at,
        )
        for row in session.scalars(_live(client_id, epoch_s()))
    )


def _live(client_id: str, now_s: int) -> Select[ClientSecret]:
    return (
        select(ClientSecret)
        .where(
            ClientSecret.client_id == client_id,
            ClientSecret.revoked_at.is_(None),
            or_(ClientSecret.expires_at.is_(None), ClientSecret.expires_at > now_s),
        )
        .order_by(ClientSecret.created_at, ClientSecret.id)
    )
