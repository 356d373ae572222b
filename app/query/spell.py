"""Query parameters read into a query: level 1 of the grammar, where each field is a parameter."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Final
from urllib.parse import parse_qsl

from app.kernel.errors import Fault
from app.query.comparison import Comparison, Refused, predicate, unfinished, unknown_operator
from app.query.faults import InvalidQuery, closest, corrected, shown
from app.query.fields import QueryFields
from app.query.grammar import (
    LIMITS,
    OPERATOR_WORDS,
    PAGE_PARAMETERS,
    SERVED_PARAMETERS,
    And,
    Condition,
    Limits,
    Or,
    Query,
)
from app.query.ordering import Sorting, read_sort
from app.query.paging import page_request
from app.query.terms import Unfinished, operand, terms

FIX_STEPS_MAX: Final = 3
_BRACKETED: Final = re.compile(r"([^\[\]]+)\[([^\[\]]*)\]")


@dataclass(slots=True)
class _Reading:
    """What has been read so far, and everything found wrong on the way."""

    fields: QueryFields
    timezone: str
    limits: Limits
    faults: list[Fault] = field(default_factory=list)
    conditions: list[Condition] = field(default_factory=list)
    comparisons: int = 0
    paging: dict[str, str] = field(default_factory=dict)
    sorting: Sorting = field(default_factory=Sorting)


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
    reading, query = _read(_Reading(fields, timezone, limits), pairs)
    if reading.faults:
        raise InvalidQuery(tuple(_proven(fault, reading) for fault in reading.faults))
    return query


def _read(reading: _Reading, pairs: Iterable[tuple[str, str]]) -> tuple[_Reading, Query]:
    limits = reading.limits
    for index, (name, value) in enumerate(pairs):
        if index == limits.parameters_max:
            detail = f"a query has at most {limits.parameters_max} parameters"
            reading.faults.append(Fault("too_many", detail, parameter=shown(name)))
            break
        _read_parameter(reading, name, value)
    page, count = page_request(reading.paging, limits=limits, faults=reading.faults)
    sort = tuple(reading.sorting.orders) or reading.fields.default_sort
    return reading, Query(_all(reading.conditions), sort, page, count)


def _proven(fault: Fault, reading: _Reading) -> Fault:
    """The fault with a fix that holds; a fix that needs fixing itself is followed a few steps."""
    fix = fault.fix
    for _ in range(FIX_STEPS_MAX):
        if fix is None:
            break
        pairs = parse_qsl(fix, keep_blank_values=True)
        again, _query = _read(_Reading(reading.fields, reading.timezone, reading.limits), pairs)
        if not again.faults:
            return replace(fault, fix=fix)
        fix = again.faults[0].fix
    return replace(fault, fix=None)


def _read_parameter(reading: _Reading, name: str, value: str) -> None:
    if len(value) > reading.limits.value_characters_max:
        detail = f"a parameter has at most {reading.limits.value_characters_max} characters"
        reading.faults.append(Fault("bad_value", detail, parameter=shown(name)))
    elif name == "sort":
        read_sort(reading.sorting, value, reading.fields, reading.limits, reading.faults)
    elif name in PAGE_PARAMETERS:
        if name in reading.paging:
            detail = f"{name} may be given once"
            reading.faults.append(Fault("too_many", detail, parameter=name))
        reading.paging[name] = value
    elif name in reading.fields.by_name:
        _read_field(reading, name, value)
    elif bracketed := _BRACKETED.fullmatch(name):
        _read_bracketed(reading, bracketed.group(1), bracketed.group(2), value)
    else:
        reading.faults.append(_unknown_parameter(reading.fields, name, value))


# What other interfaces call the same thing. Nearness of spelling would lead from `page_size` to
# `page`, which means something else.
ELSEWHERE: Final = {
    **dict.fromkeys(("pagesize", "size", "top", "maxresults", "perpage", "take"), "limit"),
    **dict.fromkeys(("order", "orderby", "sortby"), "sort"),
    **dict.fromkeys(("skip", "start"), "offset"),
    **dict.fromkeys(("startafter", "after", "next", "pagetoken"), "cursor"),
}


def _unknown_parameter(fields: QueryFields, name: str, value: str) -> Fault:
    if name in SERVED_PARAMETERS:
        return Fault("unknown_parameter", f"{name} is not served here", parameter=name)
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


def _read_field(reading: _Reading, name: str, value: str) -> None:
    """`field=value`, `field=op:value`, and several of the latter joined by AND and OR."""
    declared = reading.fields.by_name[name]
    try:
        written = terms(value)
    except Unfinished as fault:
        reading.faults.append(unfinished(declared, name, value, fault))
        return
    alternatives: list[Condition] = []
    for together in written:
        comparisons = [Comparison(declared, name, value, term) for term in together]
        found = [held for each in comparisons if (held := _held(reading, each))]
        if len(written) == 1:
            reading.conditions.extend(found)
        elif joined := _all(found):
            alternatives.append(joined)
    if alternatives:
        reading.conditions.append(Or(tuple(alternatives)))


def _read_bracketed(reading: _Reading, name: str, operator: str, value: str) -> None:
    """`field[op]=value`, the other spelling of `field=op:value`."""
    parameter = f"{name}[{operator}]"
    declared = reading.fields.by_name.get(name)
    if declared is None:
        reading.faults.append(_unknown_field(reading.fields, name, operator, value))
        return
    if operator not in OPERATOR_WORDS:
        reading.faults.append(unknown_operator(declared, parameter, operator, value))
        return
    try:
        term = operand(value, operator=operator)
    except Unfinished as fault:
        reading.faults.append(unfinished(declared, parameter, value, fault))
        return
    held = _held(reading, Comparison(declared, parameter, value, term))
    if held is not None:
        reading.conditions.append(held)


def _unknown_field(fields: QueryFields, name: str, operator: str, value: str) -> Fault:
    suggestions = closest(name, fields.filterable)
    return Fault(
        "unknown_field",
        f"{fields.resource} has no filterable field '{shown(name)}'",
        parameter=shown(f"{name}[{operator}]"),
        field=shown(name),
        suggestions=suggestions,
        fix=corrected(f"{suggestions[0]}[{operator}]", value) if suggestions else None,
    )


def _held(reading: _Reading, written: Comparison) -> Condition | None:
    """The comparison as a predicate; None where it is one too many or refused."""
    reading.comparisons += 1
    most = reading.limits.predicates_max
    if reading.comparisons > most:
        if reading.comparisons == most + 1:
            detail = f"a query has at most {most} comparisons"
            fault = Fault("too_many", detail, parameter=written.parameter)
            reading.faults.append(replace(fault, field=written.field.name))
        return None
    try:
        return predicate(written, timezone=reading.timezone)
    except Refused as refused:
        reading.faults.append(refused.fault)
        return None


def _all(conditions: Sequence[Condition]) -> Condition | None:
    if len(conditions) > 1:
        return And(tuple(conditions))
    return conditions[0] if conditions else None
