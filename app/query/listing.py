"""A query prepared for a resource's rows: one statement for each shape, values bound by name."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache, partial
from typing import Any, Final

from sqlalchemy import Select

from app.query.anchors import Split, lookups, split
from app.query.compile import SEARCH, Shape, shape_of, value_name
from app.query.cursor import Place, Seal, Walk, open_cursor, walk_of
from app.query.fields import QueryFields, SearchTexts
from app.query.grammar import (
    LIMITS,
    And,
    Condition,
    Count,
    Limits,
    Order,
    PageRequest,
    Predicate,
    Query,
)
from app.query.page import full_sort, key_name, sort_keys
from app.query.statement import SKIPPED, Statement
from app.query.window import (
    Drive,
    Outline,
    Step,
    Window,
    capped_count,
    drives,
    exact_count,
    glimpsed_count,
    plain,
    windows,
)
from app.query.words import Wanted, wanted_words

# The heaviest shapes, of twenty comparisons each, are some 100 kB with all their statements.
SHAPES_KEPT_MAX: Final = 128


@dataclass(frozen=True, eq=False)
class Plan:
    """What queries of one shape share. No statement is made before something runs it.

    The parts are run in turn until the page is full; all but nullable leading keys need one.
    Where something is residual, cursors walk in `windows`, and each of the `drives` may turn
    out to leave few rows. `key_places` says where in a row the sort keys stand, `width` how many
    columns the caller asked for: keys it did not select stand behind them. `is_bounded` is
    whether the parts read nothing that they do not give.
    """

    outline: Outline
    width: int
    full: tuple[Order, ...]
    has_ties: bool
    has_windows: bool
    is_bounded: bool

    @property
    def split(self) -> Split:
        """The condition, taken apart."""
        return self.outline.split

    @property
    def key_places(self) -> tuple[int, ...]:
        """Where in a row the sort keys stand."""
        return self.outline.places

    @property
    def window_rows(self) -> int:
        """How many rows a window has."""
        return self.outline.window_rows

    @cached_property
    def parts(self) -> tuple[Statement, ...]:
        """The parts of the walk."""
        return plain(self.outline)

    @cached_property
    def windows(self) -> tuple[Window, ...]:
        """The parts of the walk, each inside a window; none where none is needed."""
        return windows(self.outline) if self.has_windows else ()

    @cached_property
    def drives(self) -> tuple[Drive, ...]:
        """What could drive: the drivers of the split, in their order."""
        return drives(self.outline)

    @cached_property
    def capped(self) -> Statement:
        """How many there are, up to so many."""
        return Statement(partial(capped_count, self.outline))

    @cached_property
    def glimpsed(self) -> Statement:
        """How many there are among so many."""
        return Statement(partial(glimpsed_count, self.outline))

    @cached_property
    def exact(self) -> Statement:
        """How many there are."""
        return Statement(partial(exact_count, self.outline))


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
    fields: QueryFields
    limits: Limits
    words: tuple[Wanted, ...] = ()

    @property
    def texts(self) -> SearchTexts | None:
        """Where the words of the rows are kept."""
        return None if self.fields.search is None else self.fields.search.texts


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

    def _plan(
        self, shape: Shape | None, full: tuple[Order, ...], step: Step, window_rows: int
    ) -> Plan:
        keys = sort_keys(self.fields, full, backward=step.backward)
        rows, places = _with_columns(self.base, [key.column for key in keys])
        apart = split(shape, self.fields, full)
        # A look into other tables for every row costs as much as some rows more.
        scanned = max(1, window_rows // (1 + lookups(apart.residual, self.fields)))
        outline = Outline(
            self.fields,
            rows,
            places,
            keys,
            step,
            shape,
            apart,
            window_rows=scanned,
            candidates_max=window_rows,
        )
        # No index has two keys before the id, nor keys that go two ways.
        ties = len(full) > 2 or any(key.descending is not keys[0].descending for key in keys)
        return Plan(
            outline=outline,
            width=len(self.base.selected_columns),
            full=full,
            has_ties=ties,
            has_windows=bool(apart.residual) and not step.skips,
            is_bounded=not apart.residual and not ties and not step.skips,
        )


def prepare(
    listing: Listing,
    query: Query,
    *,
    parameters: Mapping[str, Any],
    sealing: Seal,
    limits: Limits = LIMITS,
) -> PreparedList:
    """Everything a query needs to run. `parameters` are those that the base select names.

    Raises InvalidQuery: cursor_invalid or cursor_mismatch.
    """
    fields, request = listing.fields, query.page
    full = full_sort(fields, query.sort)
    where = _where(query)
    shape, values = (None, []) if where is None else shape_of(where)
    walk = walk_of(fields.resource, full, shape, values)
    bound = dict(parameters)
    bound.update((value_name(index), value) for index, value in enumerate(values))
    place = None
    step = Step(skips=request.mode != "cursor")
    if request.cursor is not None:
        place = open_cursor(request.cursor, walk, sealing)
        step = Step(place.backward, False, tuple(value is None for value in place.values))
        bound.update((key_name(index), value) for index, value in enumerate(place.values))
    if step.skips:
        bound[SKIPPED] = request.offset
    plan = listing.plan(shape, full, step, limits.scan_rows_max)
    return PreparedList(
        plan=plan,
        parameters=bound,
        request=request,
        count=query.count,
        place=place,
        walk=walk,
        sealing=sealing,
        fields=fields,
        limits=limits,
        words=wanted_words(shape, fields, values),
    )


def _where(query: Query) -> Condition | None:
    """The condition with the words of `q` in it, as one comparison more."""
    if not query.search:
        return query.where
    searched = Predicate(SEARCH, "has", " ".join(query.search))
    if query.where is None:
        return searched
    if isinstance(query.where, And):
        return And((searched, *query.where.terms))
    return And((searched, query.where))


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
