"""Add a business whose books are kept here."""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final
from zoneinfo import available_timezones

from sqlalchemy.orm import Session

from app.domain.audit.record import record
from app.domain.identity.tables import Organisation
from app.kernel.clock import epoch_s
from app.kernel.errors import Fault, Invalid, Missing
from app.kernel.ids import new_id
from app.kernel.money import is_currency
from app.kernel.text import name_faults, tidied

NAME_CHARACTERS_MAX: Final = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganisationFacts:
    """A business: `country` ISO 3166-1 alpha-2, `currency` ISO 4217, `timezone` IANA."""

    id: str
    name: str
    country: str
    currency: str
    timezone: str
    is_test: bool
    is_suspended: bool


def add_organisation(
    session: Session,
    *,
    name: str,
    country: str,
    currency: str,
    timezone: str,
    is_test: bool = False,
) -> OrganisationFacts:
    """Add a business, or a test organisation; nobody belongs to it yet.

    What an organisation is for is settled here and never changes, since tokens say it too.
    Raises Invalid with every fault.
    """
    faults = [
        *name_faults(name, what="The name", pointer="/name", characters_max=NAME_CHARACTERS_MAX),
        *_place_faults(country=country, currency=currency, timezone=timezone),
    ]
    if faults:
        raise Invalid("This organisation cannot be added.", faults=tuple(faults))
    organisation = Organisation(
        id=new_id("org"),
        name=tidied(name),
        country=country,
        currency=currency,
        timezone=timezone,
        livemode=int(not is_test),
        suspended_at=None,
        created_at=epoch_s(),
    )
    session.add(organisation)
    session.flush()  # what follows in this transaction may point at the organisation
    record(session, "organisation.added", organisation=organisation.id, is_test=is_test)
    return facts_of(organisation)


def require_versions(session: Session, organisation_id: str, *, required: bool) -> None:
    """Demand of every app that it says which version it saw before it changes or deletes.

    Raises Missing where there is no such organisation.
    """
    organisation = session.get(Organisation, organisation_id)
    if organisation is None:
        raise Missing("There is no such organisation.")
    organisation.requires_if_match = int(required)
    record(
        session, "organisation.versions_required", organisation=organisation_id, required=required
    )


def facts_of(organisation: Organisation) -> OrganisationFacts:
    """The facts of an organisation's row."""
    return OrganisationFacts(
        id=organisation.id,
        name=organisation.name,
        country=organisation.country,
        currency=organisation.currency,
        timezone=organisation.timezone,
        is_test=not organisation.livemode,
        is_suspended=organisation.suspended_at is not None,
    )


def _place_faults(*, country: str, currency: str, timezone: str) -> list[Fault]:
    faults = []
    if country not in _countries():
        detail = "The country must be two capital letters of ISO 3166-1, such as AU or FR."
        faults.append(Fault("unknown_country", detail, pointer="/country"))
    if not is_currency(currency):
        detail = "The currency must be three capital letters of ISO 4217, such as AUD or EUR."
        faults.append(Fault("unknown_currency", detail, pointer="/currency"))
    if timezone not in _timezones():
        detail = "The timezone must be an IANA name such as Australia/Sydney or Europe/Paris."
        faults.append(Fault("unknown_timezone", detail, pointer="/timezone"))
    return faults


@cache
def _countries() -> frozenset[str]:
    # The IANA time zone database carries the ISO 3166-1 codes: one country a line, tab-separated.
    table = files("tzdata").joinpath("zoneinfo/iso3166.tab").read_text(encoding="utf-8")
    lines = (line for line in table.splitlines() if line and not line.startswith("#"))
    return frozenset(line.split("\t")[0] for line in lines)


@cache
def _timezones() -> frozenset[str]:
    # These name whatever the machine is set to, or nothing.
    return frozenset(available_timezones() - {"localtime", "Factory", "posixrules"})
