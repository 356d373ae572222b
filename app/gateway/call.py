"""One call on its way through the gateway, and who turned out to be calling."""

from dataclasses import dataclass

from app.gateway.limiter.decision import Window


@dataclass(frozen=True, slots=True)
class GrantedOrganisation:
    """An organisation that the caller reaches, and what it may do there now.

    `scopes` is the grant's expanded scopes within what the person's current role allows there.
    """

    id: str
    name: str
    country: str
    currency: str
    timezone: str
    role: str
    scopes: frozenset[str]
    granted_at: int
    last_used_at: int | None


@dataclass(frozen=True, slots=True)
class Caller:
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


@dataclass(frozen=True, slots=True)
class Call:
    """What the gateway needs of a request. `needs_scope` None means any live token will do."""

    method: str
    path: str
    authorization: tuple[str, ...]
    organisation: tuple[str, ...]
    address: str
    query_names: frozenset[str]
    needs_scope: str | None
    needs_organisation: bool


@dataclass(frozen=True, slots=True)
class Admission:
    """A call that may be answered: by whom, for which organisation, with which headers."""

    caller: Caller
    organisation: GrantedOrganisation | None
    headers: tuple[tuple[str, str], ...]
