"""The whole demo in one transaction, made by the acts that everyone else uses."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from sqlalchemy.orm import Session

from app.domain.identity.installation import mark_demo
from app.seed.apps import DemoClient, register_apps
from app.seed.books import fill_books
from app.seed.catalogue import BUSINESSES
from app.seed.people import DemoUser, settle_people
from app.storage.statistics import gather_statistics

VERSION: Final = "2"


@dataclass(frozen=True, slots=True)
class DemoOrganisation:
    """A demo business as demo.json shows it."""

    id: str
    name: str
    country: str


@dataclass(frozen=True, slots=True)
class Demo:
    """What was made, with the passwords and secrets that nobody can read again."""

    organisations: tuple[DemoOrganisation, ...]
    users: tuple[DemoUser, ...]
    clients: Mapping[str, DemoClient]


def seed(session: Session) -> Demo:
    """Make the demo and mark the database with it; passwords and secrets are random each time."""
    organisations = [fill_books(session, business) for business in BUSINESSES]
    users = settle_people(session, organisations={made.name: made.id for made in organisations})
    clients = register_apps(session)
    mark_demo(session, version=VERSION)
    gather_statistics(session)
    return Demo(
        organisations=tuple(
            DemoOrganisation(made.id, made.name, made.country) for made in organisations
        ),
        users=users,
        clients=clients,
    )
