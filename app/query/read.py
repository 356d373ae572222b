"""A prepared list run and cut into a page: rows in order, cursors both ways, a labelled total."""

import time
from dataclasses import dataclass, replace
from typing import Final, Literal

from sqlalchemy.engine import Dialect

from app.kernel.budget import Budget, Clock, OutOfTime, budget_of
from app.query.cursor import Place, seal_cursor
from app.query.explain import QueryBudgetSpent
from app.query.listing import PreparedList
from app.query.scan import Found, Reading, find_drive, find_rows
from app.query.statement import COUNTED, Row, Run

COUNT_CAP: Final = 10_000

TotalIs = Literal["exact", "at_least"]


@dataclass(frozen=True, slots=True)
class Page:
    """Rows in their order, as tuples of the base select's columns, and how to go on from them.

    `scanned` is how many rows were looked at where that ended the page before it was full.
    """

    rows: list[Row]
    next_cursor: str | None
    prev_cursor: str | None
    page: int | None
    per_page: int | None
    total: int | None
    total_is: TotalIs | None
    scanned: int | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """A list whose rows were found, before its page is cut."""

    prepared: PreparedList
    dialect: Dialect
    found: Found
    total: int | None
    total_is: TotalIs | None

    @property
    def is_backward(self) -> bool:
        """Whether the rows nearest to where the walk stands are the last of the page."""
        place = self.prepared.place
        return place is not None and place.backward

    def page(self) -> Page:
        """The page that was asked for."""
        return cut_page(self.prepared, self.found, total=self.total, total_is=self.total_is)

    def shortened(self, rows_kept: int) -> Page:
        """The page with the rows nearest to where the walk stands, and how to go on from them.

        Raises QueryBudgetSpent for a page with a number, which must be whole.
        """
        request = self.prepared.request
        if request.mode != "cursor":
            raise QueryBudgetSpent(self.prepared, dialect=self.dialect)
        prepared = replace(self.prepared, request=replace(request, limit=rows_kept))
        page = cut_page(prepared, Found(self.found.rows), total=self.total, total_is=self.total_is)
        return replace(page, scanned=rows_kept)


def find_list(prepared: PreparedList, *, dialect: Dialect, run: Run, budget: Budget) -> Listed:
    """Run a prepared list within a budget. Raises QueryBudgetSpent."""
    reading = Reading(prepared, dialect, run, budget)
    try:
        found = find_rows(reading)
        total, total_is = _total(reading, found)
    except OutOfTime as error:
        raise QueryBudgetSpent(prepared, dialect=dialect) from error
    return Listed(prepared, dialect, found, total, total_is)


def read_page(
    prepared: PreparedList, *, dialect: Dialect, run: Run, clock: Clock = time.monotonic
) -> Page:
    """Run a prepared list within its own budget and cut its page. Raises QueryBudgetSpent."""
    budget = budget_of(prepared.limits.budget_ms, clock=clock)
    return find_list(prepared, dialect=dialect, run=run, budget=budget).page()


def cut_page(
    prepared: PreparedList,
    found: Found,
    *,
    total: int | None = None,
    total_is: TotalIs | None = None,
) -> Page:
    """The page of found rows: without the one too many, in list order, with its cursors."""
    request, place = prepared.request, prepared.place
    rows = found.rows[: request.limit]
    is_backward = place is not None and place.backward
    if is_backward:
        rows.reverse()
    following = previous = None
    if request.mode == "cursor":
        has_more = len(found.rows) > request.limit or found.reached is not None
        before, after = _neighbours(place, has_more)
        first, last = (rows[0], rows[-1]) if rows else (found.reached, found.reached)
        # Where the window ended, the walk goes on behind the last row that was looked at.
        if found.reached is not None:
            first, last = (found.reached, last) if is_backward else (first, found.reached)
        following = _cursor(prepared, last, backward=False) if after else None
        previous = _cursor(prepared, first, backward=True) if before else None
    width = prepared.plan.width
    if rows and len(rows[0]) > width:
        rows = [row[:width] for row in rows]
    return Page(
        rows,
        following,
        previous,
        request.page,
        request.limit if request.mode == "page" else None,
        total,
        total_is,
        found.scanned,
    )


def _neighbours(place: Place | None, has_more: bool) -> tuple[bool, bool]:
    """Whether a page lies before and after this one.

    A walk that came through a cursor has rows behind it, unless they were deleted since.
    """
    if place is None:
        return False, has_more
    if place.backward:
        return has_more, bool(place.values)
    return bool(place.values), has_more


def _cursor(prepared: PreparedList, row: Row | None, *, backward: bool) -> str:
    # Everything beyond an empty page was deleted: the way back begins at the list's other end.
    values = tuple(row[place] for place in prepared.plan.key_places) if row else ()
    return seal_cursor(Place(values, backward), prepared.walk, prepared.sealing)


def _total(reading: Reading, found: Found) -> tuple[int | None, TotalIs | None]:
    prepared = reading.prepared
    request, count, plan = prepared.request, prepared.count, prepared.plan
    if count == "none":
        return None, None
    is_last = len(found.rows) <= request.limit and found.reached is None
    if is_last and prepared.place is None and (found.rows or request.offset == 0):
        return request.offset + len(found.rows), "exact"
    drive = find_drive(reading) if plan.split.residual else None
    if drive is not None:
        ((number,),) = reading.rows(drive.count, reading.budget)
        return int(number), "exact"
    if count == "exact":
        ((number,),) = reading.rows(plan.exact, reading.budget)
        return int(number), "exact"
    return _capped(reading)


def _capped(reading: Reading) -> tuple[int | None, TotalIs | None]:
    """How many there are as far as is cheap to say; nothing where not even that is."""
    plan, most = reading.prepared.plan, {COUNTED: COUNT_CAP + 1}
    try:
        share = reading.share() if plan.split.residual else None
        ((number,),) = reading.rows(plan.capped, share, **most)
        return (COUNT_CAP, "at_least") if number > COUNT_CAP else (int(number), "exact")
    except OutOfTime:
        pass
    try:
        ((number, looked),) = reading.rows(plan.glimpsed, reading.budget, **most)
        return int(number), "at_least" if looked > COUNT_CAP else "exact"
    except OutOfTime:
        if reading.prepared.request.mode == "cursor":
            raise
        return None, None
