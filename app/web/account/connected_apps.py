"""The apps that a person has let in, and the way to take that back."""

from dataclasses import dataclass

from flask import Blueprint, Response, flash
from sqlalchemy.orm import Session

from app.domain.clients.scopes import SCOPES, Scope
from app.domain.grants.find import Connection, connections_of
from app.domain.grants.revoke import revoke, revoke_app
from app.kernel.clock import epoch_s
from app.kernel.errors import Missing
from app.storage.db import db
from app.storage.transaction import perform
from app.web.door import guarded
from app.web.logos import logo_path
from app.web.pages import page, see_other
from app.web.person import Person, signed_in_only

blueprint = guarded(Blueprint("connected_apps", __name__))


@dataclass(frozen=True, slots=True)
class ConnectedApp:
    """One app, and everything this person has allowed it, the newest first."""

    client_id: str
    name: str
    company_name: str
    logo_path: str | None
    connections: tuple[Connection, ...]


class NothingConnected(Missing):
    """The person has no connection to this app, or none any more."""

    code = "nothing_connected"


@blueprint.get("/account/connected-apps")
@signed_in_only
def show(person: Person) -> Response:
    """Each app with its organisations and permissions, when it was let in and last came."""
    connections = perform(
        db.engine,
        lambda session: connections_of(session, user_id=person.user_id),
        writes=False,
    )
    return page(
        "account/connected_apps.html", person=person, apps=_by_app(connections), words=_words
    )


@blueprint.post("/account/connected-apps/<grant_id>/take-back")
@signed_in_only
def take_back(person: Person, grant_id: str) -> Response:
    """End one connection at once."""

    def deed(session: Session) -> str:
        found = connections_of(session, user_id=person.user_id)
        name = next((each.client_name for each in found if each.grant_id == grant_id), "the app")
        revoke(
            session,
            grant_id=grant_id,
            user_id=person.user_id,
            reason="person",
            now_s=epoch_s(),
        )
        return name

    return _told_so(perform(db.engine, deed))


@blueprint.post("/account/connected-apps/by-app/<client_id>/take-back")
@signed_in_only
def take_everything_back(person: Person, client_id: str) -> Response:
    """End every connection to one app at once."""

    def deed(session: Session) -> str:
        found = connections_of(session, user_id=person.user_id)
        of_app = [each for each in found if each.client_id == client_id]
        if not of_app:
            raise NothingConnected("This app is not connected to your account.")
        revoke_app(session, user_id=person.user_id, client_id=client_id, now_s=epoch_s())
        return of_app[0].client_name

    return _told_so(perform(db.engine, deed))


def _told_so(name: str) -> Response:
    flash(f"Access taken back: {name} can no longer reach your books. It holds from this moment.")
    return see_other("/account/connected-apps")


def _by_app(connections: tuple[Connection, ...]) -> tuple[ConnectedApp, ...]:
    grouped: dict[str, list[Connection]] = {}
    for connection in connections:
        grouped.setdefault(connection.client_id, []).append(connection)
    return tuple(
        ConnectedApp(
            client_id=client_id,
            name=group[0].client_name,
            company_name=group[0].company_name,
            logo_path=logo_path(client_id, group[0].logo_digest),
            connections=tuple(group),
        )
        for client_id, group in grouped.items()
    )


def _words(scopes: tuple[str, ...]) -> tuple[Scope, ...]:
    """The permissions as people read them; one that is no longer known is left out."""
    return tuple(SCOPES[name] for name in scopes if name in SCOPES)
