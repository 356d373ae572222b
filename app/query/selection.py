"""What a list shows and searches: the parameters q, fields, expand and explain."""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Final

from app.kernel.errors import Fault
from app.query.comparison import words_fault
from app.query.faults import closest, corrected, shown
from app.query.fields import QueryFields
from app.query.grammar import Limits
from app.query.values import TextType, Unreadable

EXPLAINED: Final = "plan"


@dataclass(slots=True)
class Selection:
    """What was asked for so far, over every repeat of a parameter."""

    search: tuple[str, ...] = ()
    fields: list[str] = field(default_factory=list)
    expand: list[str] = field(default_factory=list)
    explain: bool = False
    given: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class _Offer:
    """The paths that a parameter may name, and how many of them."""

    parameter: str
    purpose: str
    resource: str
    known: Collection[str]
    paths_max: int


def read_selection(
    selection: Selection, name: str, value: str, *, fields: QueryFields, limits: Limits
) -> list[Fault]:
    """Add what one of these parameters says to what was read so far; answer what is wrong."""
    word = fields.resource
    if name == "fields":
        offer = _Offer(name, "to show", word, fields.selectable, limits.fields_max)
        return _paths(selection.fields, value, offer)
    if name == "expand":
        offer = _Offer(name, "to expand", word, fields.expandable, limits.expansions_max)
        return _paths(selection.expand, value, offer)
    if name in selection.given:
        return [Fault("too_many", f"{name} may be given once", parameter=name)]
    selection.given.add(name)
    if name == "explain":
        return _explain(selection, value)
    return _search(selection, value, fields, limits)


def _search(selection: Selection, value: str, fields: QueryFields, limits: Limits) -> list[Fault]:
    if fields.search is None:
        detail = f"{fields.resource} is not searched, so q is not taken here"
        return [Fault("unknown_parameter", detail, parameter="q")]
    try:
        text = TextType().read(value, timezone="UTC")
    except Unreadable:
        detail = f"q must be {TextType().expects}"
        return [Fault("bad_value", detail, parameter="q", position=0)]
    fault = words_fault(text, limits=limits)
    if fault is not None:
        return [Fault("bad_value", f"q: {fault}", parameter="q", position=0)]
    selection.search = tuple(text.split())
    return []


def _explain(selection: Selection, value: str) -> list[Fault]:
    if value == EXPLAINED:
        selection.explain = True
        return []
    detail = f"explain must be {EXPLAINED}; '{shown(value)}' is not"
    fix = corrected("explain", EXPLAINED)
    suggestions = (EXPLAINED,)
    return [Fault("bad_value", detail, None, "explain", 0, suggestions=suggestions, fix=fix)]


def _paths(chosen: list[str], value: str, offer: _Offer) -> list[Fault]:
    """Add each path once; the parts of one parameter are separated by commas."""
    name = offer.parameter
    if not offer.known:
        return [Fault("unknown_parameter", f"{name} is not taken here", parameter=name)]
    faults: list[Fault] = []
    parts = value.split(",")
    position = 0
    for index, part in enumerate(parts):
        path = part.strip(" ")
        if path not in offer.known:
            faults.append(_unknown_path(parts, index, offer))
        elif path not in chosen:
            if len(chosen) == offer.paths_max:
                detail = f"{name} takes at most {offer.paths_max} paths"
                return [*faults, Fault("too_many", detail, None, name, position)]
            chosen.append(path)
        position += len(part) + 1
        if len(faults) == offer.paths_max:
            break
    return faults


def _unknown_path(parts: list[str], index: int, offer: _Offer) -> Fault:
    path = parts[index].strip(" ")
    suggestions = closest(path, offer.known) if path else ()
    # A path with a sign before it was most likely to be left out, and none is dropped unasked.
    is_sure = not path or (bool(suggestions) and path[0].isalpha())
    fixed = ",".join((*parts[:index], *suggestions[:1], *parts[index + 1 :]))
    detail = f"{offer.resource} has no path '{shown(path)}' {offer.purpose}"
    return Fault(
        "unknown_field" if path else "syntax",
        detail if path else "a path is missing here",
        parameter=offer.parameter,
        position=sum(len(part) + 1 for part in parts[:index]),
        field=shown(path) or None,
        suggestions=suggestions,
        fix=corrected(offer.parameter, fixed) if fixed and is_sure else None,
    )
