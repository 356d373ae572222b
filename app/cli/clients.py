"""Commands on OAuth clients, with the names of RFC 7591 in JSON."""

from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup
from sqlalchemy.orm import Session

from app.cli.people import person_id
from app.cli.speak import act, answer, json_option, refuse, spaced
from app.domain.clients.find import ClientFacts, client_of, every_client
from app.domain.clients.logos import LOGO_BYTES_MAX
from app.domain.clients.register import Registered, register
from app.domain.clients.registration import AUTH_METHODS_BY_TYPE, Registration
from app.settings import Settings

clients = AppGroup("clients", help="Third-party apps that may ask people for access.")


@clients.command("register")
@click.option("--name", required=True, help="What people will see on the consent page.")
@click.option("--company", help="Who makes the app; its name where left out.")
@click.option("--type", "kind", default="confidential", help="confidential, public or machine.")
@click.option("--auth-method", help="client_secret_basic, client_secret_post or none.")
@click.option("--redirect-uri", "redirect_uris", multiple=True, help="Repeat for several.")
@click.option("--scope", "scopes", multiple=True, help="Space-separated; may be repeated.")
@click.option("--optional-scope", "optional_scopes", multiple=True, help="As --scope.")
@click.option("--website")
@click.option("--logo", type=click.Path(path_type=Path), help="A PNG or JPEG file.")
@click.option("--owner", help="Id or e-mail address of the partner whose app it is.")
@json_option
def register_client(
    *,
    name: str,
    company: str | None,
    kind: str,
    auth_method: str | None,
    redirect_uris: tuple[str, ...],
    scopes: tuple[str, ...],
    optional_scopes: tuple[str, ...],
    website: str | None,
    logo: Path | None,
    owner: str | None,
    as_json: bool,
) -> None:
    """Register a client; its secret is shown this once."""
    registration = Registration(
        name=name,
        company_name=name if company is None else company,
        website=website,
        logo=None if logo is None else _read(logo),
        redirect_uris=redirect_uris,
        type=kind,
        auth_method=auth_method or AUTH_METHODS_BY_TYPE.get(kind, ("",))[0],
        scope=spaced(scopes),
        optional_scope=spaced(optional_scopes),
    )
    settings: Settings = current_app.extensions["countinghouse"]

    def deed(session: Session) -> tuple[Registered, ClientFacts]:
        made = register(
            session,
            registration=registration,
            owner_id=None if owner is None else person_id(session, owner),
            development=not settings.is_production,
        )
        facts = client_of(session, made.client_id)
        assert facts is not None
        return made, facts

    made, facts = act(deed)
    found = _metadata(facts)
    lines = [f"Registered {facts.name}", f"client_id     {facts.id}"]
    if made.client_secret is not None:
        # RFC 7591 §3.2.1: 0 says that the secret does not expire.
        found |= {"client_secret": made.client_secret, "client_secret_expires_at": 0}
        lines.append(f"client_secret {made.client_secret}   (shown this once)")
    answer(found, lines, as_json=as_json)


@clients.command("list")
@json_option
def list_clients(as_json: bool) -> None:
    """List all clients, newest first."""
    known = act(every_client, writes=False)
    lines = [f"{client.id}  {client.type:<12}  {client.name}" for client in known]
    answer({"clients": [_metadata(client) for client in known]}, lines, as_json=as_json)


def _metadata(client: ClientFacts) -> dict[str, object]:
    return {
        "client_id": client.id,
        "client_id_issued_at": client.created_at,
        "client_name": client.name,
        "company_name": client.company_name,
        "client_uri": client.website,
        "type": client.type,
        "redirect_uris": client.redirect_uris,
        "token_endpoint_auth_method": client.auth_method,
        "scope": " ".join(client.scope),
        "optional_scope": " ".join(client.optional_scope),
        "suspended": client.suspended,
    }


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            # One byte more than may be, so that the act sees that it is too large.
            return file.read(LOGO_BYTES_MAX + 1)
    except OSError as error:
        raise refuse(f"The logo {path} cannot be read: {error.strerror}.") from error
