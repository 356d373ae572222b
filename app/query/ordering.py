"""The sort parameter: up to three keys, each with its sign, from any number of repeats."""

import re
from dataclasses import dataclass, field
from typing import Final

from app.kernel.errors import Fault
from app.query.faults import closest, corrected, shown
from app.query.fields import QueryFields
from app.query.grammar import Limits, Order

_DIRECTED: Final = re.compile(r"([A-Za-z_.]{1,64})(?::| +)(asc|desc|ascending|descending)", re.I)


@dataclass(slots=True)
class Sorting:
    """The keys read so far, over every repeat of the parameter."""

    orders: list[Order] = field(default_factory=list)
    keys: int = 0


def read_sort(
    sorting: Sorting, value: str, fields: QueryFields, limits: Limits, faults: list[Fault]
) -> None:
    """Add the keys of one `sort=-date,+number` to those read so far, and faults to `faults`.

    A plus sign that was not percent-encoded arrives as a space, so leading spaces mean plus.
    """
    position = 0
    parts = value.split(",")
    for index, part in enumerate(parts):
        sorting.keys += 1
        if sorting.keys > limits.sort_keys_max:
            detail = f"a list is sorted by at most {limits.sort_keys_max} fields"
            faults.append(Fault("too_many", detail, parameter="sort", position=position))
            return
        key = part.strip(" ")
        descending = key.startswith("-")
        name = key[1:] if descending or key.startswith("+") else key
        fault = _directed(name) or _fault(name, [order.field for order in sorting.orders], fields)
        if fault is None:
            sorting.orders.append(Order(name, descending))
        else:
            code, detail, suggestions = fault
            others = [*parts[:index], *parts[index + 1 :]]
            is_sure = code == "duplicate_sort" or not name
            if suggestions and not (code == "syntax" and key != name):
                is_sure = True
                others.insert(index, f"{'-' if descending else ''}{suggestions[0]}")
            fixed = ",".join(others) if is_sure else ""
            faults.append(
                Fault(
                    code,
                    detail,
                    parameter="sort",
                    position=position,
                    field=shown(name) or None,
                    suggestions=suggestions,
                    fix=corrected("sort", fixed) if fixed else None,
                )
            )
        position += len(part) + 1


def _directed(name: str) -> tuple[str, str, tuple[str, ...]] | None:
    """The same for a key with its direction in words behind it, as other interfaces write it."""
    match = _DIRECTED.fullmatch(name)
    if match is None:
        return None
    sign = "-" if match.group(2).lower().startswith("desc") else ""
    detail = "the direction is a sign before the field: -date descends, date ascends"
    return "syntax", detail, (f"{sign}{match.group(1)}",)


def _fault(
    name: str, sorted_by: list[str], fields: QueryFields
) -> tuple[str, str, tuple[str, ...]] | None:
    """The code, detail and suggestions for a key that cannot be used; None for one that can."""
    if not name:
        return "syntax", "a sort key is missing here", ()
    if name in sorted_by:
        return "duplicate_sort", f"the list is already sorted by {name}", ()
    if name in fields.sortable:
        return None
    left = [field for field in fields.sortable if field not in sorted_by]
    if name in fields.by_name:
        return (
            "not_sortable",
            f"{fields.resource} cannot be sorted by {name}, but by {', '.join(fields.sortable)}",
            closest(name, left),
        )
    detail = f"{fields.resource} has no field '{shown(name)}' to sort by"
    return "unknown_field", detail, closest(name, left)
