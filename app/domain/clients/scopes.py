"""The permissions an app may ask for, in words that a business owner understands."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal

Access = Literal["read", "write", "lasting"]


@dataclass(frozen=True, slots=True)
class Scope:
    """One permission: what it is called, what it lets an app do, and of which sort it is.

    A bundle `covers` other scopes, and stands for them wherever rights are decided.
    """

    name: str
    title: str
    detail: str
    access: Access
    covers: tuple[str, ...] = ()


_READS: Final = (
    Scope(
        "contacts:read",
        "See your contacts",
        "Names, addresses, phone numbers, e-mail and tax numbers of your customers and suppliers.",
        "read",
    ),
    Scope(
        "invoices:read",
        "See your invoices",
        "Every invoice with its lines, amounts, tax, dates and the customer it is for.",
        "read",
    ),
)
_WRITES: Final = (
    Scope(
        "contacts:write",
        "Add and change contacts in your name",
        "Create, change and delete your customers and suppliers.",
        "write",
    ),
    Scope(
        "invoices:write",
        "Create and change invoices in your name",
        "Make new invoices, and change or delete those that are still drafts.",
        "write",
    ),
)
_BUNDLES: Final = (
    Scope(
        "books:read",
        "See everything in your books",
        "Contacts, invoices, and whatever else your books hold, without changing anything.",
        "read",
        covers=tuple(scope.name for scope in _READS),
    ),
    Scope(
        "books:write",
        "Create and change anything in your books",
        "Contacts, invoices, and whatever else your books hold, in your name.",
        "write",
        covers=tuple(scope.name for scope in _WRITES),
    ),
)
_LASTING: Final = (
    Scope(
        "offline_access",
        "Stay connected when you are away",
        "The app keeps its access, without asking again, until you take it back.",
        "lasting",
    ),
)

SCOPES: Final[Mapping[str, Scope]] = MappingProxyType(
    {scope.name: scope for scope in (*_READS, *_WRITES, *_BUNDLES, *_LASTING)}
)


def named(text: str) -> tuple[str, ...]:
    """The scopes of a space-separated list (RFC 6749 §3.3), each once, in their order."""
    return tuple(dict.fromkeys(name for name in text.split(" ") if name))


def unknown(scopes: Iterable[str]) -> tuple[str, ...]:
    """Those that are no scopes of ours, each once, in their order."""
    return tuple(dict.fromkeys(name for name in scopes if name not in SCOPES))


def expand(scopes: Iterable[str]) -> frozenset[str]:
    """The scopes with every bundle replaced by what it covers; unknown ones stay as they are."""
    expanded: set[str] = set()
    for name in scopes:
        scope = SCOPES.get(name)
        expanded.update(scope.covers if scope and scope.covers else (name,))
    return frozenset(expanded)
