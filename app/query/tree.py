"""Level 3 of the grammar: the body of `POST /v1/{resource}/query`, the same query as JSON."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Final
from urllib.parse import parse_qsl

from app.kernel.errors import Fault
from app.query.comparison import Terms
from app.query.faults import InvalidQuery, closest, shown
from app.query.fields import QueryFields
from app.query.grammar import LIMITS, Limits, Query
from app.query.nodes import pointed_at, read_node
from app.query.reading import Enough, Reading
from app.query.spell import proven, read_parameter

FILTER: Final = "filter"
TEXTS: Final = ("q", "count", "explain", "cursor")
NUMBERS: Final = ("limit", "offset", "page", "per_page")
LISTS: Final = ("sort", "fields", "expand")
MEMBERS: Final = (FILTER, *TEXTS, *NUMBERS, *LISTS)

_NUMBER_END: Final = 10**15


def read_tree(
    fields: QueryFields, body: object, *, timezone: str = "UTC", limits: Limits = LIMITS
) -> Query:
    """Read a query from plain JSON values, numbers among them as int or Decimal.

    It means what the same query means in an address. Raises InvalidQuery with every fault
    found, each with a JSON pointer; its `fix` is the JSON that should stand there.
    """
    if not isinstance(body, dict):
        detail = f"a query is an object with any of {', '.join(MEMBERS)}"
        raise InvalidQuery((Fault("bad_value", detail, pointer=""),))
    under = Terms(timezone, limits, limits.posted_list_values_max)
    reading = Reading(fields, under, limits)
    query = None
    try:
        for name, value in body.items():
            _read_member(reading, name, value)
        query = reading.query()
    except Enough:
        pass
    if reading.faults or query is None:
        raise InvalidQuery(_pointed(reading, body))
    return query


def _read_member(reading: Reading, name: str, value: object) -> None:
    if name == FILTER:
        condition = read_node(reading, value, pointed_at("", FILTER))
        if condition is not None:
            reading.conditions.append(condition)
        return
    if name in LISTS and value == []:
        return
    text = _as_parameter(name, value)
    if text is not None:
        read_parameter(reading, name, text)
    elif name in MEMBERS:
        detail = f"{name} must be {_expected(name)}"
        reading.refuse(Fault("bad_value", detail, pointer=pointed_at("", name)))
    else:
        reading.refuse(
            Fault(
                "unknown_parameter",
                f"a query has no member '{shown(name)}'",
                pointer=pointed_at("", shown(name)),
                suggestions=closest(name, MEMBERS),
            )
        )


def _as_parameter(name: str, value: object) -> str | None:
    """The member as the parameter of the same name writes it; None where it cannot be one."""
    if name in TEXTS:
        return value if isinstance(value, str) else None
    if name in NUMBERS:
        if not isinstance(value, int) or isinstance(value, bool):
            return None
        return str(value) if abs(value) < _NUMBER_END else None
    if name not in LISTS:
        return None
    if isinstance(value, str):
        return value
    if not isinstance(value, list) or not value:
        return None
    if any(not isinstance(entry, str) or "," in entry for entry in value):
        return None
    return ",".join(value)


def _expected(name: str) -> str:
    if name in NUMBERS:
        return "a whole number of at most 15 digits"
    return "a text" if name in TEXTS else "a list of texts, each of them one path"


def _pointed(reading: Reading, body: Mapping[str, object]) -> tuple[Fault, ...]:
    """The faults in the order of reading, those of parameters at the members that they were."""
    by_parameter = [fault for fault in reading.faults if fault.parameter is not None]
    held = iter(proven(reading, by_parameter))
    return tuple(
        fault if fault.parameter is None else _at_member(next(held), body)
        for fault in reading.faults
    )


def _at_member(fault: Fault, body: Mapping[str, object]) -> Fault:
    name = str(fault.parameter)
    given = body.get(name)
    pointer = pointed_at("", name)
    fixed = dict(parse_qsl(fault.fix or "", keep_blank_values=True)).get(name)
    fix = None if fixed is None else fixed if name in NUMBERS else json.dumps(fixed)
    if isinstance(given, list) and fault.position is not None:
        index = ",".join(given)[: fault.position].count(",")
        pointer = pointed_at(pointer, index)
        entries = [] if fixed is None else fixed.split(",")
        fix = json.dumps(entries[index]) if len(entries) == len(given) else None
    return replace(fault, parameter=None, position=None, pointer=pointer, fix=fix)
