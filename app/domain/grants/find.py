"""What a person has connected, for the page that shows it."""

from dataclasses import dataclass

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from app.domain.clients.tables import Client
from app.domain.grants.tables import Grant, GrantOrganisation
from app.domain.identity.tables import Membership, Organisation


@dataclass(frozen=True, slots=True)
class Connection:
    """One live grant of a person. Instants in seconds since the epoch."""

    grant_id: str
    client_id: str
    client_name: str
    company_name: str
    logo_digest: str | None
    organisations: tuple[tuple[str, str], ...]
    scopes: tuple[str, ...]
    granted_at: int
    last_used_at: int | None


def connections_of(session: Session, *, user_id: str) -> tuple[Connection, ...]:
    """Every live, activated grant of the person, the newest first."""
    rows = session.execute(
        select(
            Grant.id,
            Grant.client_id,
            Client.name,
            Client.company_name,
            Client.logo_digest,
            Grant.scope,
            Grant.created_at,
            Grant.last_used_at,
        )
        .join(Client, Client.id == Grant.client_id)
        .where(
            Grant.user_id == user_id,
            Grant.revoked_at.is_(None),
            Grant.activated_at.is_not(None),
        )
        .order_by(Grant.id.desc())
    ).all()
    reached = _organisations_by_grant(session, user_id=user_id)
    return tuple(
        Connection(
            grant_id=row.id,
            client_id=row.client_id,
            client_name=row.name,
            company_name=row.company_name,
            logo_digest=row.logo_digest,
            organisations=tuple(reached.get(row.id, ())),
            scopes=tuple(row.scope.split()),
            granted_at=row.created_at,
            last_used_at=row.last_used_at,
        )
        for row in rows
    )


def _organisations_by_grant(session: Session, *, user_id: str) -> dict[str, list[tuple[str, str]]]:
    # Only where the person's membership is older than the grant does the grant still reach.
    belongs = and_(
        Membership.org_id == GrantOrganisation.org_id,
        Membership.user_id == Grant.user_id,
        Membership.created_at <= GrantOrganisation.granted_at,
    )
    reached: dict[str, list[tuple[str, str]]] = {}
    for grant_id, org_id, name in session.execute(
        select(GrantOrganisation.grant_id, Organisation.id, Organisation.name)
        .join(Organisation, Organisation.id == GrantOrganisation.org_id)
        .join(Grant, Grant.id == GrantOrganisation.grant_id)
        .join(Membership, belongs)
        .where(
            Grant.user_id == user_id,
            Grant.revoked_at.is_(None),
            GrantOrganisation.revoked_at.is_(None),
        )
        .order_by(Organisation.name)
    ):
        reached.setdefault(grant_id, []).append((org_id, name))
    return reached
