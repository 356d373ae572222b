"""The feed of changes: what an app reads to keep a copy of the books, without polling lists."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, ClassVar, Final, Literal, get_args

from msgspec import Meta, Struct

from app.domain.events.feed import ChangeTold
from app.kernel.clock import rfc3339

Action = Literal["created", "updated", "deleted"]
ACTIONS: Final = get_args(Action)


class Change(Struct, kw_only=True):
    """One change as it is told; `sequence` is null to whoever may not read every resource."""

    sequence: int | None
    resource: str
    id: str
    action: Action
    version: int
    at: Annotated[datetime, Meta(tz=True)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A feed over resources: the scope that each needs to be told of, by its name.

    A caller is told of the resources that it may read. Positions are shown to those alone who
    may read all of them, for to anyone else a gap would tell of what it must not know of.
    """

    name: str
    scopes: Mapping[str, str]
    shows: ClassVar[type[Struct]] = Change

    def readable(self, scopes: frozenset[str]) -> frozenset[str]:
        """The resources that these scopes are told of."""
        return frozenset(name for name, scope in self.scopes.items() if scope in scopes)

    def write(self, change: ChangeTold, *, is_whole: bool) -> dict[str, object]:
        """One change as JSON values."""
        return {
            "sequence": change.sequence if is_whole else None,
            "resource": change.resource,
            "id": change.id,
            "action": change.deed,
            "version": change.version,
            "at": rfc3339(change.at_us),
        }
