"""Read clients, without anything secret."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app.domain.clients.scopes import named
from app.domain.clients.tables import Client, RedirectUri


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientFacts:
    """A client as everyone else needs it. `created_at` is in seconds since the epoch."""

    id: str
    name: str
    company_name: str
    website: str | None
    type: str
    auth_method: str
    profile: str
    scope: tuple[str, ...]
    optional_scope: tuple[str, ...]
    redirect_uris: tuple[str, ...]
    logo_digest: str | None
    owner_id: str | None
    is_test_only: bool
    suspended: bool
    created_at: int


def client_of(session: Session, client_id: str) -> ClientFacts | None:
    """The client with this id."""
    client = session.get(Client, client_id)
    if client is None:
        return None
    uris = session.scalars(
        select(RedirectUri.uri).where(RedirectUri.client_id == client_id).order_by(RedirectUri.uri)
    )
    return _facts(client, list(uris))


def clients_of(session: Session, *, owner_id: str) -> tuple[ClientFacts, ...]:
    """The clients that one partner registered, newest first."""
    return _listed(session, _newest_first().where(Client.owner_id == owner_id))


def every_client(session: Session) -> tuple[ClientFacts, ...]:
    """All clients, newest first, for the operator."""
    return _listed(session, _newest_first())


def logo_of(session: Session, client_id: str) -> bytes | None:
    """The client's logo, a PNG; None where it has none."""
    return session.scalar(select(Client.logo).where(Client.id == client_id))


def _newest_first() -> Select[Client]:
    return select(Client).order_by(Client.created_at.desc(), Client.id.desc())


def _listed(session: Session, statement: Select[Client]) -> tuple[ClientFacts, ...]:
    clients = session.scalars(statement).all()
    ids = [client.id for client in clients]
    uris: dict[str, list[str]] = defaultdict(list)
    rows = session.execute(
        select(RedirectUri.client_id, RedirectUri.uri)
        .where(RedirectUri.client_id.in_(ids))
        .order_by(RedirectUri.uri)
    )
    for client_id, uri in rows:
        uris[client_id].append(uri)
    return tuple(_facts(client, uris[client.id]) for client in clients)


def _facts(client: Client, redirect_uris: Sequence[str]) -> ClientFacts:
    return ClientFacts(
        id=client.id,
        name=client.name,
        company_name=client.company_name,
        website=client.website,
        type=client.type,
        auth_method=client.auth_method,
        profile=client.profile,
        scope=named(client.scope),
        optional_scope=named(client.optional_scope),
        redirect_uris=tuple(redirect_uris),
        logo_digest=client.logo_digest,
        owner_id=client.owner_id,
        is_test_only=bool(client.is_test_only),
        suspended=client.suspended_at is not None,
        created_at=client.created_at,
    )
