"""What the protocol must know of a client before it believes it."""

from dataclasses import dataclass

from sqlalchemy import and_, bindparam, or_, select
from sqlalchemy.orm import Session

from app.domain.clients.tables import Client, ClientSecret
from app.kernel.secrets import digest, same
from app.storage.fetch import Prepared, fetch


@dataclass(frozen=True, slots=True)
class LiveClient:
    """A client that is not suspended, and the SHA-256 of each of its live secrets."""

    id: str
    type: str
    auth_method: str
    profile: str
    secrets: tuple[bytes, ...]

    def has_secret(self, secret: str) -> bool:
        """Whether the secret is one of the live ones; every one is compared, in constant time."""
        presented = digest(secret)
        matches = [same(known, presented) for known in self.secrets]
        return True in matches


_STATEMENT = Prepared(
    select(
        Client.id,
        Client.type,
        Client.auth_method,
        Client.profile,
        ClientSecret.digest,
    )
    .outerjoin(
        ClientSecret,
        and_(
            ClientSecret.client_id == Client.id,
            ClientSecret.revoked_at.is_(None),
            or_(
                ClientSecret.expires_at.is_(None),
                ClientSecret.expires_at > bindparam("now_s"),
            ),
        ),
    )
    .where(Client.id == bindparam("client_id"), Client.suspended_at.is_(None))
)


def live_client(session: Session, *, client_id: str, now_s: int) -> LiveClient | None:
    """The client, or None when it is unknown or suspended."""
    rows = fetch(session, _STATEMENT, {"client_id": client_id, "now_s": now_s})
    if not rows:
        return None
    secrets = tuple(bytes(row[4]) for row in rows if row[4] is not None)
    found_id, kind, auth_method, profile, _ = rows[0]
    return LiveClient(found_id, kind, auth_method, profile, secrets)
