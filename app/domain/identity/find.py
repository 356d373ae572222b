"""Read people, organisations and roles."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.identity.organisations import OrganisationFacts
from app.domain.identity.organisations import facts_of as organisation_facts
from app.domain.identity.tables import Membership, Organisation, User
from app.domain.identity.users import UserFacts, email_key
from app.domain.identity.users import facts_of as user_facts


@dataclass(frozen=True, slots=True)
class Belonging:
    """An organisation, and the role that one person has in it."""

    organisation: OrganisationFacts
    role: str


def user_of(session: Session, user_id: str) -> UserFacts | None:
    """The person with this id."""
    user = session.get(User, user_id)
    return None if user is None else user_facts(user)


def user_by_email(session: Session, email: str) -> UserFacts | None:
    """The person who signs in with this address, however its letters are cased."""
    user = session.scalar(select(User).where(User.email_key == email_key(email)))
    return None if user is None else user_facts(user)


def organisation_of(session: Session, organisation_id: str) -> OrganisationFacts | None:
    """The organisation with this id."""
    organisation = session.get(Organisation, organisation_id)
    return None if organisation is None else organisation_facts(organisation)


def organisations_of(session: Session, user_id: str) -> tuple[Belonging, ...]:
    """Every organisation that a person belongs to, by name."""
    rows = session.execute(
        select(Organisation, Membership.role)
        .join(Membership, Membership.org_id == Organisation.id)
        .where(Membership.user_id == user_id)
        .order_by(Organisation.name, Organisation.id)
    )
    return tuple(Belonging(organisation_facts(found), role) for found, role in rows)


def role_of(session: Session, *, user_id: str, organisation_id: str) -> str | None:
    """The person's role in an organisation, or None where they have none."""
    membership = session.get(Membership, (organisation_id, user_id))
    return None if membership is None else membership.role
