"""Commands on organisations."""

import click
from flask.cli import AppGroup
from sqlalchemy.orm import Session

from app.cli.people import person_id
from app.cli.speak import act, answer, json_option
from app.domain.identity.memberships import add_member
from app.domain.identity.organisations import (
    OrganisationFacts,
    add_organisation,
    require_versions,
)

organisations = AppGroup("organisations", help="Businesses whose books are kept here.")


@organisations.command("add")
@click.option("--name", required=True)
@click.option("--country", required=True, help="ISO 3166-1, such as AU.")
@click.option("--currency", required=True, help="ISO 4217, such as AUD.")
@click.option("--timezone", required=True, help="IANA name, such as Australia/Sydney.")
@click.option("--test", "is_test", is_flag=True, help="For trying things out: no real books.")
@click.option("--owner", help="Id or e-mail address of the person who will own it.")
@json_option
def add(
    *,
    name: str,
    country: str,
    currency: str,
    timezone: str,
    is_test: bool,
    owner: str | None,
    as_json: bool,
) -> None:
    """Add an organisation, and give it its owner where one is named."""

    def deed(session: Session) -> OrganisationFacts:
        made = add_organisation(
            session,
            name=name,
            country=country,
            currency=currency,
            timezone=timezone,
            is_test=is_test,
        )
        if owner is not None:
            owner_id = person_id(session, owner)
            add_member(session, user_id=owner_id, organisation_id=made.id, role="owner")
        return made

    made = act(deed)
    found = {
        "id": made.id,
        "name": made.name,
        "country": made.country,
        "currency": made.currency,
        "timezone": made.timezone,
        "is_test": made.is_test,
    }
    answer(found, [f"Added {made.name}: {made.id}"], as_json=as_json)


@organisations.command("require-versions")
@click.argument("organisation_id")
@click.option("--on/--off", "required", default=True, show_default=True)
@json_option
def require(*, organisation_id: str, required: bool, as_json: bool) -> None:
    """Demand If-Match of every app that changes or deletes something there (RFC 6585, 428)."""
    act(lambda session: require_versions(session, organisation_id, required=required))
    told = "must name the version they saw" if required else "need not name a version"
    answer(
        {"id": organisation_id, "requires_if_match": required},
        [f"{organisation_id}: apps {told}"],
        as_json=as_json,
    )
