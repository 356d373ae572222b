"""One call on its way through the gateway, and who turned out to be calling.

Structs rather than dataclasses: as frozen, and several times cheaper to make on every call.
"""

from msgspec import Struct

from app.gateway.limiter.decision import Window


class GrantedOrganisation(Struct, frozen=True):
    """An organisation that the caller reaches, and what it may do there now.

    `scopes` is the grant's expanded scopes within what the person's current role allows there.
    With `requires_if_match` a change must say which version it saw (RFC 6585 §3).
    """

    id: str
    name: str
    country: str
    currency: str
    timezone: str
    requires_if_match: bool
    role: str
    scopes: frozenset[str]
    granted_at: int
    last_used_at: int | None


class Caller(Struct, frozen=True):
    """Whoever holds the credential: a grant of a person to a client.

    `scope` is as granted, `scopes` with bundles expanded. `windows` is the plan that holds.
    """

    grant_id: str
    client_id: str
    user_id: str | None
    user_name: str | None
    user_email: str | None
    scope: tuple[str, ...]
    scopes: frozenset[str]
    organisations: tuple[GrantedOrganisation, ...]
    windows: tuple[Window, ...]


class Call(Struct, frozen=True):
    """What the gateway needs of a request. `needs_scope` None means any live token will do."""

    method: str
    path: str
    authorization: tuple[str, ...]
    organisation: tuple[str, ...]
    address: str
    query_names: frozenset[str]
    needs_scope: str | None
    needs_organisation: bool


class Admission(Struct, frozen=True):
    """A call that may be answered: by whom, for which organisation, with which headers."""

    caller: Caller
    organisation: GrantedOrganisation | None
    headers: tuple[tuple[str, str], ...]
