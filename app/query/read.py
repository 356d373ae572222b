"""A prepared list run and cut into a page: rows in order, cursors both ways, a labelled total."""

from dataclasses import dataclass
from typing import Final, Literal

from sqlalchemy.engine import Dialect

from app.query.cursor import Place, seal_cursor
from app.query.listing import PreparedList
from app.query.statement import COUNTED, LIMIT, Row, Run

COUNT_CAP: Final = 10_000

TotalIs = Literal["exact", "at_least"]


@dataclass(frozen=True, slots=True)
class Page:
    """Rows in their order, as tuples of the base select's columns, and how to go on from them.

    `scanned` is how many rows were looked at where that, and not the rows found, ended the page.
    """

    rows: list[Row]
    next_cursor: str | None
    prev_cursor: str | None
    page: int | None
    per_page: int | None
    total: int | None
    total_is: TotalIs | None
    scanned: int | None = None


def read_page(prepared: PreparedList, *, dialect: Dialect, run: Run) -> Page:
    """Run a prepared list and cut its page."""
    rows = fetch_rows(prepared, dialect=dialect, run=run)
    total, total_is = _total(prepared, rows, dialect, run)
    return cut_page(prepared, rows, total=total, total_is=total_is)


def fetch_rows(prepared: PreparedList, *, dialect: Dialect, run: Run) -> list[Row]:
    """The rows of the page in the order of the walk, and one more where there are more."""
    wanted = prepared.request.limit + 1
    rows: list[Row] = []
    for part in prepared.plan.parts:
        compiled = part.compiled_for(dialect)
        parameters = {**prepared.parameters, LIMIT: wanted - len(rows)}
        found = run(compiled.text, compiled.arguments(parameters))
        rows = rows + found if rows else found
        if len(rows) == wanted:
            break
    return rows


def cut_page(
    prepared: PreparedList,
    rows: list[Row],
    *,
    total: int | None = None,
    total_is: TotalIs | None = None,
) -> Page:
    """The page of fetched rows: without the one too many, in list order, with its cursors."""
    request, place = prepared.request, prepared.place
    has_more = len(rows) > request.limit
    rows = rows[: request.limit]
    if place is not None and place.backward:
        rows.reverse()
    following = previous = None
    if request.mode == "cursor":
        before, after = _neighbours(place, has_more)
        following = _cursor(prepared, rows, -1, backward=False) if after else None
        previous = _cursor(prepared, rows, 0, backward=True) if before else None
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


def _cursor(prepared: PreparedList, rows: list[Row], index: int, *, backward: bool) -> str:
    # Everything beyond an empty page was deleted: the way back begins at the list's other end.
    row = rows[index] if rows else None
    values = tuple(row[place] for place in prepared.plan.key_places) if row else ()
    return seal_cursor(Place(values, backward), prepared.walk, prepared.sealing)


def _total(
    prepared: PreparedList, rows: list[Row], dialect: Dialect, run: Run
) -> tuple[int | None, TotalIs | None]:
    request, count = prepared.request, prepared.count
    if count == "none":
        return None, None
    is_last = len(rows) <= request.limit
    if is_last and prepared.place is None and (rows or request.offset == 0):
        return request.offset + len(rows), "exact"
    statement = prepared.plan.capped if count == "capped" else prepared.plan.exact
    compiled = statement.compiled_for(dialect)
    parameters = {**prepared.parameters, COUNTED: COUNT_CAP + 1}
    number = int(run(compiled.text, compiled.arguments(parameters))[0][0])
    if count == "capped" and number > COUNT_CAP:
        return COUNT_CAP, "at_least"
    return number, "exact"
