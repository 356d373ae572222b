"""Query parameters read into a query: every parameter of a list, in the order in which it came."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final
from urllib.parse import parse_qsl

from app.kernel.errors import Fault
from app.query.comparison import Terms
from app.query.faults import InvalidQuery, closest, corrected, shown
from app.query.fields import QueryFields
from app.query.fieldwise import read_bracketed, read_field
from app.query.filter import read_filter
from app.query.grammar import LIMITS, PAGE_PARAMETERS, SERVED_PARAMETERS, Limits, Query
from app.query.meant import signed_name
from app.query.ordering import read_sort
from app.query.reading import Enough, Reading
from app.query.selection import read_selection

FIX_STEPS_MAX: Final = 5
FIXES_PROVEN_MAX: Final = 40
_BRACKETED: Final = re.compile(r"([^\[\]]+)\[([^\[\]]*)\]")
_SELECTING: Final = frozenset(("q", "fields", "expand", "explain"))
_PAGING: Final = frozenset(PAGE_PARAMETERS)

# What other interfaces call the same thing. Nearness of spelling would lead from `page_size` to
# `page`, which means something else.
ELSEWHERE: Final = {
    **dict.fromkeys(("pagesize", "size", "top", "maxresults", "perpage", "take"), "limit"),
    **dict.fromkeys(("order", "orderby", "sortby"), "sort"),
    **dict.fromkeys(("skip", "start"), "offset"),
    **dict.fromkeys(("startafter", "after", "next", "pagetoken"), "cursor"),
    **dict.fromkeys(("search", "query"), "q"),
    **dict.fromkeys(("where",), "filter"),
    **dict.fromkeys(("include", "embed"), "expand"),
    **dict.fromkeys(("select",), "fields"),
}


def spell(
    fields: QueryFields,
    pairs: Iterable[tuple[str, str]],
    *,
    timezone: str = "UTC",
    limits: Limits = LIMITS,
) -> Query:
    """Read query parameters, given in their order and already percent-decoded.

    `timezone` is the organisation's own (IANA name): a plain date on an instant means that day
    there. Raises InvalidQuery with every fault found.
    """
    reading = Reading(fields, Terms(timezone, limits, limits.list_values_max), limits)
    query = _read(reading, pairs)
    if reading.faults or query is None:
        raise InvalidQuery(proven(reading, reading.faults))
    return query


def read_parameter(reading: Reading, name: str, value: str) -> None:
    """Read one parameter. Raises Enough where its faults are all that will be told."""
    limits = reading.limits
    if len(value) > limits.value_characters_max:
        detail = f"a parameter has at most {limits.value_characters_max} characters"
        reading.refuse(Fault("bad_value", detail, parameter=shown(name)))
    elif name in reading.fields.by_name:
        read_field(reading, name, value)
    elif name == "filter":
        read_filter(reading, value)
    elif name == "sort":
        read_sort(reading.sorting, value, reading.fields, limits, reading.faults)
    elif name in _PAGING:
        if name in reading.paging:
            reading.refuse(Fault("too_many", f"{name} may be given once", parameter=name))
        reading.paging[name] = value
    elif name in _SELECTING:
        found = read_selection(reading.selection, name, value, fields=reading.fields, limits=limits)
        for fault in found:
            reading.refuse(fault)
    elif bracketed := _BRACKETED.fullmatch(name):
        read_bracketed(reading, bracketed.group(1), bracketed.group(2), value)
    else:
        reading.refuse(_unknown_parameter(reading.fields, name, value))


def proven(reading: Reading, told: Sequence[Fault]) -> tuple[Fault, ...]:
    """The faults, each with a fix that holds; where there are many, only the first keep theirs."""
    kept = [_with_proof(fault, reading) for fault in told[:FIXES_PROVEN_MAX]]
    return (*kept, *(replace(fault, fix=None) for fault in told[FIXES_PROVEN_MAX:]))


def _read(reading: Reading, pairs: Iterable[tuple[str, str]]) -> Query | None:
    """What was meant, with every fault in the reading; None where reading had to stop."""
    most = reading.limits.parameters_max
    try:
        for index, (name, value) in enumerate(pairs):
            if index == most:
                detail = f"a query has at most {most} parameters"
                reading.refuse(Fault("too_many", detail, parameter=shown(name)))
                break
            read_parameter(reading, name, value)
    except Enough:
        return None
    return reading.query()


def _with_proof(fault: Fault, reading: Reading) -> Fault:
    """The fault with a fix that holds; a fix that needs fixing itself is followed a few steps."""
    fix = fault.fix
    for _ in range(FIX_STEPS_MAX):
        if fix is None:
            break
        pairs = parse_qsl(fix, keep_blank_values=True)
        again = Reading(reading.fields, reading.under, reading.limits, faults_max=1)
        _read(again, pairs)
        if not again.faults:
            return replace(fault, fix=fix)
        fix = again.faults[0].fix
    return replace(fault, fix=None)


def _unknown_parameter(fields: QueryFields, name: str, value: str) -> Fault:
    signed = signed_name(name, value)
    if signed is not None and signed[0] in fields.by_name:
        field, meant = signed
        text = f"{meant.operator}:{meant.text}"
        return Fault(
            "unknown_parameter",
            f"operators are words behind the equals sign: {shown(f'{field}={text}')}",
            parameter=shown(name),
            field=field,
            suggestions=(shown(f"{field}={text}"),),
            fix=corrected(field, text),
        )
    same = ELSEWHERE.get(name.lower().replace("_", "").replace("-", ""))
    suggestions = (same,) if same else closest(name, (*fields.filterable, *SERVED_PARAMETERS))
    return Fault(
        "unknown_parameter",
        f"{fields.resource} has no parameter or filterable field '{shown(name)}'",
        parameter=shown(name),
        field=shown(name),
        suggestions=suggestions,
        fix=corrected(suggestions[0], value) if suggestions else None,
    )
