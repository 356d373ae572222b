"""What each role may do with an organisation's books, and who may let apps into them."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

_EVERYTHING: Final = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """A role in one organisation.

    `resources` None means every resource. `connecting_refused` says, in words for the person,
    why this role may not connect apps; None where it may.
    """

    name: str
    title: str
    resources: frozenset[str] | None
    access: frozenset[str]
    connecting_refused: str | None = None


def _role(name: str, title: str, *, resources: tuple[str, ...] | None = _EVERYTHING) -> Role:
    return Role(
        name=name,
        title=title,
        resources=None if resources is None else frozenset(resources),
        access=frozenset(("read", "write")),
    )


ROLES: Final[Mapping[str, Role]] = MappingProxyType(
    {
        role.name: role
        for role in (
            _role("owner", "Owner"),
            _role("admin", "Admin"),
            _role("accountant", "Accountant"),
            _role("member", "Member", resources=("contacts", "invoices")),
            Role(
                name="readonly",
                title="Read only",
                resources=None,
                access=frozenset(("read",)),
                connecting_refused=(
                    "Your role here is Read only; ask an owner or admin to connect apps."
                ),
            ),
        )
    }
)


def allows(role: str, scope: str) -> bool:
    """Whether someone in this role may exercise a scope, `resource:access`, and so grant it.

    Bundles are to be expanded first. A scope that names no resource, such as `offline_access`,
    says nothing about the books and is open to every role. An unknown role allows nothing.
    """
    known = ROLES.get(role)
    if known is None:
        return False
    resource, names_resource, access = scope.partition(":")
    if not names_resource:
        return True
    return access in known.access and (known.resources is None or resource in known.resources)


def why_not_connect(role: str) -> str | None:
    """Why someone in this role may not connect apps, in words for them; None where they may."""
    known = ROLES.get(role)
    return "You have no role here." if known is None else known.connecting_refused
