"""Who holds an access token: one statement that tells all the gateway must know."""

from typing import Any

from msgspec import Struct
from sqlalchemy import Select, String, and_, bindparam, literal_column, select
from sqlalchemy.orm import Session

from app.domain.clients.tables import Client
from app.domain.grants.tables import AccessToken, Grant, GrantOrganisation
from app.domain.identity.tables import Membership, Organisation, User
from app.gateway.plans import RatePlan
from app.kernel.secrets import digest
from app.storage.fetch import Prepared, fetch


class ReachedOrganisation(Struct, frozen=True):
    """A live organisation of a grant, with the person's current role there."""

    id: str
    name: str
    country: str
    currency: str
    timezone: str
    requires_if_match: int
    role: str
    granted_at: int
    last_used_at: int | None


class TokenHolder(Struct, frozen=True):
    """A live access token's grant, client, person and organisations, as of this moment.

    `windows` is the plan an operator set for the client, None where none was set.
    """

    grant_id: str
    client_id: str
    scope: str
    user_id: str | None
    user_name: str | None
    user_email: str | None
    windows: str | None
    organisations: tuple[ReachedOrganisation, ...]


# Authority is the grant, its organisations and the person's role now (security.md 1): each is
# read on every call, so taking any of them away holds from the next one.
_LIVE_GRANT = and_(
    Grant.id == AccessToken.grant_id,
    Grant.client_id == AccessToken.client_id,
    Grant.revoked_at.is_(None),
)
_LIVE_CLIENT = and_(Client.id == Grant.client_id, Client.suspended_at.is_(None))
_REACHED = and_(GrantOrganisation.grant_id == Grant.id, GrantOrganisation.revoked_at.is_(None))
# A membership that began after the grant does not bring it back to life: whoever was dismissed
# and is asked in again consents again.
_ROLE = and_(
    Membership.org_id == GrantOrganisation.org_id,
    Membership.user_id == Grant.user_id,
    Membership.created_at <= GrantOrganisation.granted_at,
)
_LIVE_ORGANISATION = and_(Organisation.id == Membership.org_id, Organisation.suspended_at.is_(None))
_PLAN = RatePlan.subject == literal_column("'client:'", String) + Client.id
_HOLDER: Select[*tuple[Any, ...]] = (
    select(
        AccessToken.grant_id,
        AccessToken.client_id,
        AccessToken.scope,
        User.id,
        User.name,
        User.email,
        RatePlan.windows,
        Organisation.id,
        Organisation.name,
        Organisation.country,
        Organisation.currency,
        Organisation.timezone,
        Organisation.requires_if_match,
        Membership.role,
        GrantOrganisation.granted_at,
        GrantOrganisation.last_used_at,
    )
    .select_from(AccessToken)
    .join(Grant, _LIVE_GRANT)
    .join(Client, _LIVE_CLIENT)
    .outerjoin(User, User.id == Grant.user_id)
    .outerjoin(RatePlan, _PLAN)
    .outerjoin(GrantOrganisation, _REACHED)
    .outerjoin(Membership, _ROLE)
    .outerjoin(Organisation, _LIVE_ORGANISATION)
    .where(
        AccessToken.digest == bindparam("digest"),
        AccessToken.expires_at > bindparam("now_s"),
        AccessToken.revoked_at.is_(None),
        User.suspended_at.is_(None),
    )
)

_READ = Prepared(_HOLDER)
# A write holds the grant until it commits, so that no change lands after a revocation that
# was answered before it (security.md 11); SQLite's writer already excludes all others.
_HELD = Prepared(_HOLDER.with_for_update(of=Grant, read=True))


def token_holder(session: Session, *, token: str, now_s: int) -> TokenHolder | None:
    """The holder of a live access token, or None when it is unknown, expired or taken back."""
    prepared = _HELD if session.info["writes"] else _READ
    rows = fetch(session, prepared, {"digest": digest(token), "now_s": now_s})
    if not rows:
        return None
    grant_id, client_id, scope, user_id, name, email, windows = rows[0][:7]
    reached = tuple(ReachedOrganisation(*row[7:]) for row in rows if row[7] is not None)
    return TokenHolder(grant_id, client_id, scope, user_id, name, email, windows, reached)
