"""Give people a role in an organisation, change it, and take it away."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.audit.record import record
from app.domain.identity.roles import ROLES
from app.domain.identity.tables import Membership, Organisation, User
from app.kernel.clock import epoch_s
from app.kernel.errors import CountinghouseError, Fault, Invalid, Missing


class AlreadyMember(CountinghouseError):
    """The person already has a role in this organisation."""

    kind, code, number = "conflict", "already_member", 30

    def __init__(self) -> None:
        super().__init__(
            "This person already belongs to the organisation; change the role instead."
        )


class LastOwner(CountinghouseError):
    """Nobody would be left to run the organisation."""

    kind, code, number = "rule", "last_owner", 30

    def __init__(self) -> None:
        super().__init__("An organisation keeps at least one owner; name another owner first.")


class NotMember(Missing):
    """The person has no role in this organisation."""

    def __init__(self) -> None:
        super().__init__("This person does not belong to the organisation.")


@dataclass(frozen=True, slots=True, kw_only=True)
class MembershipFacts:
    """One person's role in one organisation."""

    user_id: str
    organisation_id: str
    role: str


def add_member(
    session: Session, *, user_id: str, organisation_id: str, role: str
) -> MembershipFacts:
    """Give a person a role. Raises Invalid with every fault; AlreadyMember."""
    faults = _role_faults(role)
    if session.get(User, user_id) is None:
        faults.append(Fault("unknown_user", "No such person.", pointer="/user_id"))
    if session.get(Organisation, organisation_id) is None:
        faults.append(
            Fault("unknown_organisation", "No such organisation.", pointer="/organisation_id")
        )
    if faults:
        raise Invalid("This person cannot be added to the organisation.", faults=tuple(faults))
    if session.get(Membership, (organisation_id, user_id)) is not None:
        raise AlreadyMember
    session.add(
        Membership(org_id=organisation_id, user_id=user_id, role=role, created_at=epoch_s())
    )
    session.flush()
    record(session, "member.added", user=user_id, organisation=organisation_id, role=role)
    return MembershipFacts(user_id=user_id, organisation_id=organisation_id, role=role)


def change_role(
    session: Session, *, user_id: str, organisation_id: str, role: str
) -> MembershipFacts:
    """Give a member another role, in force from the next call of any app they connected.

    Raises Invalid for an unknown role; NotMember; LastOwner.
    """
    faults = _role_faults(role)
    if faults:
        raise Invalid("The role cannot be changed.", faults=tuple(faults))
    membership = _found(session, user_id=user_id, organisation_id=organisation_id)
    if role != "owner":
        _keep_an_owner(session, membership)
    former, membership.role = membership.role, role
    session.flush()
    record(
        session,
        "member.role_changed",
        user=user_id,
        organisation=organisation_id,
        role=role,
        former=former,
    )
    return MembershipFacts(user_id=user_id, organisation_id=organisation_id, role=role)


def remove_member(session: Session, *, user_id: str, organisation_id: str) -> None:
    """Take a person's role away; apps they connected lose the organisation with it.

    Raises NotMember; LastOwner.
    """
    membership = _found(session, user_id=user_id, organisation_id=organisation_id)
    _keep_an_owner(session, membership)
    session.delete(membership)
    session.flush()
    record(session, "member.removed", user=user_id, organisation=organisation_id)


def _role_faults(role: str) -> list[Fault]:
    if role in ROLES:
        return []
    detail = f"The role must be one of {', '.join(ROLES)}."
    return [Fault("unknown_role", detail, pointer="/role", suggestions=tuple(ROLES))]


def _found(session: Session, *, user_id: str, organisation_id: str) -> Membership:
    membership = session.get(Membership, (organisation_id, user_id))
    if membership is None:
        raise NotMember
    return membership


def _keep_an_owner(session: Session, leaving: Membership) -> None:
    if leaving.role != "owner":
        return
    # Two owners who step down at the same moment must not both see the other one staying.
    session.execute(
        select(Organisation.id).where(Organisation.id == leaving.org_id).with_for_update()
    )
    owners = session.scalar(
        select(func.count())
        .select_from(Membership)
        .where(Membership.org_id == leaving.org_id, Membership.role == "owner")
    )
    if owners == 1:
        raise LastOwner
