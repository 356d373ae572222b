"""The organisations that a credential reaches, and what it may do in each."""

from datetime import datetime
from typing import Annotated, Final

from msgspec import Meta, Struct

from app.api.resources.view import View
from app.gateway.call import Caller
from app.kernel.clock import rfc3339

_SECOND_US: Final = 1_000_000


class Organisation(Struct, kw_only=True):
    """An organisation that the credential reaches."""

    id: str
    name: str
    country: str
    currency: str


class Connection(Struct, kw_only=True):
    """What the credential may do in one organisation."""

    organisation: Organisation
    scopes: list[str]
    granted_at: Annotated[datetime, Meta(tz=True)]
    last_used_at: Annotated[datetime, Meta(tz=True)] | None


def tell_connections(caller: Caller) -> object:
    """Each organisation of the grant. `scopes` are those that the person's role there allows."""
    return [
        {
            "organisation": {
                "id": organisation.id,
                "name": organisation.name,
                "country": organisation.country,
                "currency": organisation.currency,
            },
            "scopes": sorted(organisation.scopes),
            "granted_at": _written(organisation.granted_at),
            "last_used_at": _written(organisation.last_used_at),
        }
        for organisation in caller.organisations
    ]


def _written(instant_s: int | None) -> str | None:
    return None if instant_s is None else rfc3339(instant_s * _SECOND_US)


CONNECTIONS: Final = View(
    name="connections", tell=tell_connections, shows=Connection, tells_many=True
)
