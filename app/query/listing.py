"""A query prepared for a resource's rows: one statement for each shape, values bound by name."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import BigInteger, Select, bindparam, func, literal_column, select, true

from app.query.compile import Shape, criterion, shape_of, value_name
from app.query.cursor import Place, Seal, Walk, open_cursor, walk_of
from app.query.fields import QueryFields
from app.query.grammar import Count, Order, PageRequest, Query
from app.query.page import Part, full_sort, key_name, order_by, parts_after, sort_keys
from app.query.statement import COUNTED, LIMIT, SKIPPED, Statement

SHAPES_KEPT_MAX: Final = 256


@dataclass(frozen=True, slots=True)
class Plan:
    """What queries of one shape share.

    The parts are run in turn until the page is full; all but nullable leading keys need one.
    `key_places` says where in a row the sort keys stand, `width` how many columns the caller
    asked for: keys it did not select stand behind them.
    """

    parts: tuple[Statement, ...]
    capped: Statement
    exact: Statement
    key_places: tuple[int, ...]
    width: int


@dataclass(frozen=True, slots=True)
class PreparedList:
    """One query, ready to run. On Core: `plan.parts[0].select` with `parameters`."""

    plan: Plan
    parameters: Mapping[str, Any]
    request: PageRequest
    count: Count
    place: Place | None
    walk: Walk
    sealing: Seal


class Listing:
    """A resource's fields over the select of its rows, with the statements made so far.

    `base` already chooses the organisation's rows; the values of its named parameters are given
    when a query is prepared. Made once, at import: each holds a cache of its own.
    """

    __slots__ = ("base", "fields", "plan")

    def __init__(self, fields: QueryFields, base: Select[Any]) -> None:
        self.fields = fields
        self.base = base
        # Bounded: strangers choose the shapes.
        self.plan = lru_cache(maxsize=SHAPES_KEPT_MAX)(self._plan)

    def _plan(self, shape: Shape | None, full: tuple[Order, ...], step: "_Step") -> Plan:
        keys = sort_keys(self.fields, full, backward=step.backward)
        rows, places = _with_columns(self.base, [key.column for key in keys])
        filtered = rows if shape is None else rows.where(criterion(shape, self.fields))
        sliced = filtered.limit(bindparam(LIMIT, type_=BigInteger()))
        if step.skips:
            sliced = sliced.offset(bindparam(SKIPPED, type_=BigInteger()))
        parts = parts_after(keys, step.nulls) if step.nulls else [Part(true(), keys)]
        found: Select[Any] = filtered.with_only_columns(
            literal_column("1"), maintain_column_froms=True
        )
        capped = found.limit(bindparam(COUNTED, type_=BigInteger())).subquery()
        return Plan(
            parts=tuple(
                Statement(sliced.where(part.claim).order_by(*order_by(part.keys))) for part in parts
            ),
            capped=Statement(select(func.count()).select_from(capped)),
            exact=Statement(select(func.count()).select_from(found.subquery())),
            key_places=places,
            width=len(self.base.selected_columns),
        )


@dataclass(frozen=True, slots=True)
class _Step:
    """The part of a page request that changes the SQL: which way, past what, with an offset."""

    backward: bool = False
    skips: bool = False
    nulls: tuple[bool, ...] = ()


def prepare(
    listing: Listing, query: Query, *, parameters: Mapping[str, Any], sealing: Seal
) -> PreparedList:
    """Everything a query needs to run. `parameters` are those that the base select names.

    Raises InvalidQuery: cursor_invalid or cursor_mismatch.
    """
    fields, request = listing.fields, query.page
    full = full_sort(fields, query.sort)
    shape, values = (None, []) if query.where is None else shape_of(query.where)
    walk = walk_of(fields.resource, full, shape, values)
    bound = dict(parameters)
    bound.update((value_name(index), value) for index, value in enumerate(values))
    place = None
    step = _Step(skips=request.mode != "cursor")
    if request.cursor is not None:
        place = open_cursor(request.cursor, walk, sealing)
        step = _Step(place.backward, False, tuple(value is None for value in place.values))
        bound.update((key_name(index), value) for index, value in enumerate(place.values))
    if step.skips:
        bound[SKIPPED] = request.offset
    plan = listing.plan(shape, full, step)
    return PreparedList(plan, bound, request, query.count, place, walk, sealing)


def _with_columns(base: Select[Any], wanted: Sequence[Any]) -> tuple[Select[Any], tuple[int, ...]]:
    """The select with these columns among its own, and the place of each."""
    places = []
    selected = list(base.selected_columns)
    for column in wanted:
        same = (place for place, existing in enumerate(selected) if existing.compare(column))
        place = next(same, len(selected))
        if place == len(selected):
            selected.append(column)
            base = base.add_columns(column)
        places.append(place)
    return base, tuple(places)
