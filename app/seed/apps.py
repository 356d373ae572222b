"""The demo's OAuth clients: a partner's confidential and public one, and the demo app's own."""

from dataclasses import dataclass
from typing import Final

from sqlalchemy.orm import Session

from app.domain.clients.register import register
from app.domain.clients.registration import Registration

BOOKS: Final = ("contacts:read", "contacts:write", "invoices:read", "invoices:write")


@dataclass(frozen=True, slots=True)
class DemoClient:
    """A client of this instance's demo; `scope` is space-separated (RFC 6749 §3.3)."""

    client_id: str
    client_secret: str | None
    redirect_uris: tuple[str, ...]
    scope: str
    optional_scope: str


# The demo app takes the next free port, and loopback addresses match on any (RFC 8252 §7.3).
CLIENTS: Final = {
    "confidential": Registration(
        name="Tally",
        company_name="Tally Reporting",
        website="https://tally.example",
        redirect_uris=("http://127.0.0.1:8765/callback", "https://tally.example/callback"),
        type="confidential",
        auth_method="client_secret_basic",
        scope=(*BOOKS, "offline_access"),
    ),
    "public": Registration(
        name="Pocket Books",
        company_name="Pocket Books Mobile",
        website="https://pocketbooks.example",
        redirect_uris=("http://127.0.0.1:8766/callback", "example.pocketbooks.app:/callback"),
        type="public",
        auth_method="none",
        scope=(*BOOKS, "offline_access"),
    ),
    "ledgerline": Registration(
        name="Ledgerline",
        company_name="Ledgerline Cash Flow",
        website="https://ledgerline.example",
        redirect_uris=("http://127.0.0.1/callback",),
        type="confidential",
        auth_method="client_secret_basic",
        scope=("invoices:read", "offline_access"),
        optional_scope=("contacts:read", "invoices:write"),
    ),
}


def register_apps(session: Session) -> dict[str, DemoClient]:
    """Register every demo client, by its name in the demo."""
    return {name: _registered(session, wanted) for name, wanted in CLIENTS.items()}


def _registered(session: Session, wanted: Registration) -> DemoClient:
    made = register(session, registration=wanted, owner_id=None, development=True)
    return DemoClient(
        client_id=made.client_id,
        client_secret=made.client_secret,
        redirect_uris=wanted.redirect_uris,
        scope=" ".join(wanted.scope),
        optional_scope=" ".join(wanted.optional_scope),
    )
