"""The developer portal's front page, and the page of one app."""

from dataclasses import dataclass

from flask import Blueprint, Response
from sqlalchemy.orm import Session

from app.domain.clients.find import ClientFacts, client_of, clients_of
from app.domain.clients.scopes import SCOPES
from app.domain.clients.secrets import SecretFacts, secrets_of
from app.kernel.errors import Missing
from app.storage.db import db
from app.storage.transaction import perform
from app.web.door import guarded
from app.web.logos import logo_path
from app.web.pages import page
from app.web.person import Person, signed_in_only
from app.web.surroundings import surroundings

blueprint = guarded(Blueprint("portal", __name__))


@dataclass(frozen=True, slots=True)
class OwnApp:
    """An app of the person who is looking."""

    client: ClientFacts
    logo_path: str | None
    secrets: tuple[SecretFacts, ...]


class AppMissing(Missing):
    """The app does not exist, or is someone else's: which of the two is not said."""

    code = "app_not_found"


@blueprint.get("/portal/")
@signed_in_only
def show(person: Person) -> Response:
    """Every app that the person registered."""
    clients = perform(
        db.engine,
        lambda session: clients_of(session, owner_id=person.user_id),
        writes=False,
    )
    apps = [OwnApp(client, logo_path(client.id, client.logo_digest), ()) for client in clients]
    return page("portal/apps.html", person=person, apps=apps)


@blueprint.get("/portal/apps/<client_id>")
@signed_in_only
def show_app(person: Person, client_id: str) -> Response:
    """One app: what it is called, where it may lead, and how its developer addresses us."""
    own = perform(
        db.engine,
        lambda session: _own(session, client_id=client_id, user_id=person.user_id),
        writes=False,
    )
    return page(
        "portal/app.html",
        person=person,
        own=own,
        scopes=SCOPES,
        issuer=surroundings().policy.issuer,
    )


def _own(session: Session, *, client_id: str, user_id: str) -> OwnApp:
    client = client_of(session, client_id)
    if client is None or client.owner_id != user_id:
        raise AppMissing("There is no such app among yours.")
    return OwnApp(
        client,
        logo_path(client.id, client.logo_digest),
        secrets_of(session, client_id=client_id),
    )
