"""How the rows of a page are found: along the sort, in a window, or from a few candidates."""

from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy.engine import Dialect

from app.kernel.budget import Budget, OutOfTime
from app.query.listing import PreparedList
from app.query.operands import WORDS
from app.query.statement import LIMIT, Row, Run, Statement
from app.query.window import Drive, Window
from app.query.words import with_words

# Of the time left, for looking for a better way and for counting: the page itself comes first.
_SHARE: Final = 0.4


@dataclass(frozen=True, slots=True)
class Found:
    """Rows in the order of the walk, and one more where there are more.

    `reached` is the last row looked at where the window ended before the page was full, and
    `scanned` how many rows that were.
    """

    rows: list[Row]
    reached: Row | None = None
    scanned: int | None = None


@dataclass(slots=True)
class Reading:
    """One prepared list being read: by which dialect, how, and for how long yet."""

    prepared: PreparedList
    dialect: Dialect
    run: Run
    budget: Budget
    probed: bool = False
    drive: Drive | None = None
    parameters: dict[str, Any] = field(init=False)

    def __post_init__(self) -> None:
        prepared = self.prepared
        self.parameters = dict(with_words(prepared.parameters, prepared.words, prepared.texts))

    def rows(self, statement: Statement, budget: Budget | None = None, **more: int) -> list[Row]:
        """Every row of one statement. Raises OutOfTime where a budget was given."""
        compiled = statement.compiled_for(self.dialect)
        arguments = compiled.arguments({**self.parameters, **more})
        if budget is None:
            return self.run(compiled.text, arguments)
        return self.run(compiled.text, arguments, budget)

    def share(self) -> Budget:
        """A part of the time that is left, for what can be done without."""
        budget = self.budget
        return Budget(budget.clock() + budget.left_s * _SHARE, budget.clock)


def find_rows(reading: Reading) -> Found:
    """The rows of the page. Raises OutOfTime."""
    plan = reading.prepared.plan
    if plan.is_bounded:
        return Found(_walk(reading, plan.parts, None))
    searches = any(part.kind.name == WORDS for part in plan.split.drivers)
    if searches or not plan.has_windows:
        drive = find_drive(reading)
        if drive is not None:
            return Found(_walk(reading, drive.parts, reading.budget))
    if plan.has_windows:
        return _scan(reading, plan.windows)
    return Found(_walk(reading, plan.parts, reading.budget))


def find_drive(reading: Reading) -> Drive | None:
    """The first comparison that leaves no more rows than a window has; looked for once."""
    if reading.probed:
        return reading.drive
    reading.probed = True
    most = reading.prepared.limits.scan_rows_max
    share = reading.share()
    for drive in reading.prepared.plan.drives:
        try:
            ((candidates,),) = reading.rows(drive.probe, share)
        except OutOfTime:
            break
        if candidates <= most:
            reading.drive = drive
            break
    return reading.drive


def _walk(reading: Reading, parts: tuple[Statement, ...], budget: Budget | None) -> list[Row]:
    wanted = reading.prepared.request.limit + 1
    rows: list[Row] = []
    for part in parts:
        found = reading.rows(part, budget, **{LIMIT: wanted - len(rows)})
        rows = rows + found if rows else found
        if len(rows) == wanted:
            break
    return rows


def _scan(reading: Reading, windows: tuple[Window, ...]) -> Found:
    wanted = reading.prepared.request.limit + 1
    rows: list[Row] = []
    for window in windows:
        left = {LIMIT: wanted - len(rows)}
        quick = reading.rows(window.quick, reading.budget, **left)
        if len(rows) + len(quick) == wanted:
            return Found(rows + quick)
        # The page is not full: either these were all, or the window was. One statement says
        # both which rows it found and where it ended, so that no other writer comes between.
        marked = reading.rows(window.marked, reading.budget, **left)
        found = [row[:-2] for row in marked if row[-2]]
        reached = next((row[:-2] for row in marked if row[-1]), None)
        if len(rows) + len(found) == wanted:
            return Found(rows + found)
        if reached is not None:
            return _found_otherwise(reading) or Found(
                rows + found, reached, reading.prepared.plan.window_rows
            )
        rows += found
    return Found(rows)


def _found_otherwise(reading: Reading) -> Found | None:
    """The exact page from a few candidates, where a comparison leaves so few in time."""
    drive = find_drive(reading)
    if drive is None:
        return None
    try:
        return Found(_walk(reading, drive.parts, reading.budget))
    except OutOfTime:
        return None
