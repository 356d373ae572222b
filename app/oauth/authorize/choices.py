"""What a person may choose on the consent page: organisations and permissions."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.clients.scopes import SCOPES, Access, expand
from app.domain.identity.roles import ROLES, allows, why_not_connect
from app.domain.identity.tables import Membership, Organisation


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganisationChoice:
    """One of the person's organisations; `reason` says why it cannot be chosen."""

    id: str
    name: str
    country: str
    currency: str
    role: str
    is_test: bool
    is_allowed: bool
    reason: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Permission:
    """One thing the app asks to do, in plain words."""

    scope: str
    title: str
    detail: str
    access: Access
    is_required: bool


def permissions(scope: Sequence[str], *, required: Sequence[str]) -> tuple[Permission, ...]:
    """The scopes asked for, as the page words them."""
    return tuple(
        Permission(
            scope=name,
            title=SCOPES[name].title,
            detail=SCOPES[name].detail,
            access=SCOPES[name].access,
            is_required=name in required,
        )
        for name in scope
        if name in SCOPES
    )


def organisation_choices(
    session: Session, *, user_id: str, required: Sequence[str], is_test_only: bool = False
) -> tuple[OrganisationChoice, ...]:
    """Every organisation of the person, by name; those that cannot be shared say why.

    An app that `is_test_only` reaches test organisations alone.
    """
    rows = session.execute(
        select(Organisation, Membership.role)
        .join(Membership, Membership.org_id == Organisation.id)
        .where(Membership.user_id == user_id, Organisation.suspended_at.is_(None))
        .order_by(Organisation.name, Organisation.id)
    ).all()
    choices = (_choice(row.Organisation, role=row.role, required=required) for row in rows)
    return tuple(
        _kept_from(each) if is_test_only and not each.is_test else each for each in choices
    )


def _choice(
    organisation: Organisation, *, role: str, required: Sequence[str]
) -> OrganisationChoice:
    reason = _reason(role, required=required)
    return OrganisationChoice(
        id=organisation.id,
        name=organisation.name,
        country=organisation.country,
        currency=organisation.currency,
        role=ROLES[role].title,
        is_test=not organisation.livemode,
        is_allowed=reason is None,
        reason=reason,
    )


def _kept_from(choice: OrganisationChoice) -> OrganisationChoice:
    reason = "This app works with test organisations only, and this one keeps real books."
    return replace(choice, is_allowed=False, reason=reason)


def _reason(role: str, *, required: Sequence[str]) -> str | None:
    refused = why_not_connect(role)
    if refused is not None:
        return refused
    beyond = [scope for scope in sorted(expand(required)) if not allows(role, scope)]
    if beyond:
        wanted = SCOPES[beyond[0]].title if beyond[0] in SCOPES else beyond[0]
        return f"Your role here is {ROLES[role].title}, which does not include: {wanted}."
    return None
