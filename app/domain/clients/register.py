"""Register a client: one act for the command line, the portal and RFC 7591."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.domain.audit.record import record
from app.domain.clients.logos import Logo, LogoRefused, redrawn
from app.domain.clients.registration import Registration, registration_faults
from app.domain.clients.secrets import add_secret
from app.domain.clients.tables import Client, RedirectUri
from app.domain.identity.find import user_of
from app.kernel.clock import epoch_s
from app.kernel.errors import Fault, Invalid
from app.kernel.ids import new_id
from app.kernel.text import tidied

FIRST_SECRET_LABEL = "First secret"


class RegistrationRefused(Invalid):
    """The app cannot be registered as described; `faults` names every fault."""

    code = "registration_refused"

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__("This app cannot be registered as described.", faults=faults)


@dataclass(frozen=True, slots=True)
class Registered:
    """A registered client; the secret is shown this once, and a public client has none."""

    client_id: str
    client_secret: str | None


def register(
    session: Session, *, registration: Registration, owner_id: str | None, development: bool
) -> Registered:
    """Register an app. Development also accepts http on loopback for every type of client.

    Raises RegistrationRefused with every fault.
    """
    faults = registration_faults(registration, development=development)
    logo = _drawn(registration.logo, faults)
    if owner_id is not None and user_of(session, owner_id) is None:
        faults.append(Fault("unknown_user", "No such person.", pointer="/owner"))
    if faults:
        raise RegistrationRefused(tuple(faults))
    client = _row(registration, logo=logo, owner_id=owner_id)
    session.add(client)
    session.flush()  # the rows below point at it
    session.add_all(RedirectUri(client_id=client.id, uri=uri) for uri in registration.redirect_uris)
    record(session, "client.registered", user=owner_id, client=client.id, type=client.type)
    if client.auth_method == "none":
        return Registered(client_id=client.id, client_secret=None)
    secret = add_secret(session, client_id=client.id, label=FIRST_SECRET_LABEL)
    return Registered(client_id=client.id, client_secret=secret.plain)


def _drawn(upload: bytes | None, faults: list[Fault]) -> Logo | None:
    if not upload:
        return None
    try:
        return redrawn(upload)
    except LogoRefused as refused:
        faults.extend(refused.faults)
        return None


def _row(registration: Registration, *, logo: Logo | None, owner_id: str | None) -> Client:
    return Client(
        id=new_id("cli"),
        name=tidied(registration.name),
        company_name=tidied(registration.company_name),
        website=registration.website,
        logo=None if logo is None else logo.png,
        logo_digest=None if logo is None else logo.digest,
        type=registration.type,
        auth_method=registration.auth_method,
        profile="standard",
        scope=" ".join(dict.fromkeys(registration.scope)),
        optional_scope=" ".join(dict.fromkeys(registration.optional_scope)),
        is_test_only=int(registration.is_test_only),
        owner_id=owner_id,
        suspended_at=None,
        created_at=epoch_s(),
    )
