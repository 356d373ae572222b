"""The playground's own client: public, and kept to test organisations."""

from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.domain.audit.record import record
from app.domain.clients.register import RegistrationRefused, register
from app.domain.clients.registration import Registration, registration_faults
from app.domain.clients.tables import Client, RedirectUri
from app.domain.identity.installation import note, noted

NAME: Final = "Playground"
COMPANY_NAME: Final = "Countinghouse"
REDIRECT_PATH: Final = "/playground/oauth2-redirect.html"
SCOPE: Final = ("contacts:read", "invoices:read")
OPTIONAL_SCOPE: Final = ("contacts:write", "invoices:write")

_NOTED: Final = "playground_client"


def playground_client(session: Session) -> str | None:
    """The id of the playground's client; None where none was opened, or it was suspended."""
    client_id = noted(session, name=_NOTED)
    if client_id is None:
        return None
    return session.scalar(
        select(Client.id).where(Client.id == client_id, Client.suspended_at.is_(None))
    )


def open_playground(session: Session, *, issuer: str, development: bool) -> str:
    """Register the playground's client, or point it to where the playground is now; its id.

    A client that was suspended stays so. Raises RegistrationRefused where the address of the
    playground may not be a redirect URI.
    """
    wanted = Registration(
        name=NAME,
        company_name=COMPANY_NAME,
        redirect_uris=(f"{issuer}{REDIRECT_PATH}",),
        type="public",
        auth_method="none",
        scope=SCOPE,
        optional_scope=OPTIONAL_SCOPE,
        is_test_only=True,
    )
    client_id = noted(session, name=_NOTED)
    if client_id is None or session.get(Client, client_id) is None:
        made = register(session, registration=wanted, owner_id=None, development=development)
        note(session, name=_NOTED, value=made.client_id)
        return made.client_id
    faults = registration_faults(wanted, development=development)
    if faults:
        raise RegistrationRefused(tuple(faults))
    _point(session, client_id, to=wanted.redirect_uris)
    return client_id


def _point(session: Session, client_id: str, *, to: tuple[str, ...]) -> None:
    own = RedirectUri.client_id == client_id
    if tuple(session.scalars(select(RedirectUri.uri).where(own))) == to:
        return
    session.execute(delete(RedirectUri).where(own))
    session.add_all(RedirectUri(client_id=client_id, uri=uri) for uri in to)
    record(session, "client.redirect_uris_changed", client=client_id, redirect_uris=list(to))
