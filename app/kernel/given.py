"""What was given of a thing: each field left out, cleared with null, or a value."""

from collections.abc import Collection, Sequence
from typing import Any, TypeVar

from msgspec import UNSET, UnsetType

from app.kernel.errors import Invalid
from app.kernel.faults import Faults

__all__ = ["UNSET", "UnsetType", "check_ids", "resolved"]

Value = TypeVar("Value")


def resolved(given: Value | UnsetType | None, *, kept: Value, cleared: Value) -> Value:
    """The value a field has from now on: left out keeps, null clears, anything else replaces."""
    if given is UNSET:
        return kept
    return cleared if given is None else given


def check_ids(
    given: Sequence[Any], *, known: Collection[object], pointer: str, what: str, faults: Faults
) -> None:
    """The rule for lists: an entry's id names an entry that is there, and only once.

    An entry whose id is left out or null is a new one.
    """
    seen: set[object] = set()
    for index, entry in enumerate(given):
        if entry.id is UNSET or entry.id is None:
            continue
        place = f"{pointer}/{index}/id"
        if entry.id not in known:
            detail = f"There is no {what} {entry.id} here; leave the id out to add a new one."
            faults.add(Invalid, detail, pointer=place, code="unknown_id")
        elif entry.id in seen:
            detail = f"The {what} {entry.id} stands in the list twice."
            faults.add(Invalid, detail, pointer=place, code="repeated_id")
        seen.add(entry.id)
