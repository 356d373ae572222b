"""Commands on who belongs to which organisation."""

import click
from flask.cli import AppGroup
from sqlalchemy.orm import Session

from app.cli.people import person_id
from app.cli.speak import act, answer, json_option
from app.domain.identity.memberships import (
    MembershipFacts,
    add_member,
    change_role,
    remove_member,
)
from app.domain.identity.roles import ROLES

members = AppGroup("members", help="Who belongs to which organisation, in which role.")

user_option = click.option("--user", required=True, help="Id or e-mail address of the person.")
organisation_option = click.option("--organisation", required=True, help="Id, such as org_01…")
role_option = click.option("--role", required=True, help=f"One of {', '.join(ROLES)}.")


@members.command("add")
@user_option
@organisation_option
@role_option
@json_option
def add(user: str, organisation: str, role: str, as_json: bool) -> None:
    """Give a person a role in an organisation."""

    def deed(session: Session) -> MembershipFacts:
        user_id = person_id(session, user)
        return add_member(session, user_id=user_id, organisation_id=organisation, role=role)

    _answer(act(deed), as_json=as_json)


@members.command("change")
@user_option
@organisation_option
@role_option
@json_option
def change(user: str, organisation: str, role: str, as_json: bool) -> None:
    """Give a member another role, in force from the next call of any app they connected."""

    def deed(session: Session) -> MembershipFacts:
        user_id = person_id(session, user)
        return change_role(session, user_id=user_id, organisation_id=organisation, role=role)

    _answer(act(deed), as_json=as_json)


@members.command("remove")
@user_option
@organisation_option
@json_option
def remove(user: str, organisation: str, as_json: bool) -> None:
    """Take a member's role away; apps they connected lose the organisation with it."""

    def deed(session: Session) -> str:
        user_id = person_id(session, user)
        remove_member(session, user_id=user_id, organisation_id=organisation)
        return user_id

    user_id = act(deed)
    found = {"user_id": user_id, "organisation_id": organisation, "role": None}
    answer(found, [f"{user_id} no longer belongs to {organisation}"], as_json=as_json)


def _answer(made: MembershipFacts, *, as_json: bool) -> None:
    found = {"user_id": made.user_id, "organisation_id": made.organisation_id, "role": made.role}
    line = f"{made.user_id} is now {made.role} in {made.organisation_id}"
    answer(found, [line], as_json=as_json)
