"""The statements of one list: along its sort, inside a window, or from a few candidates.

Without residual comparisons a list reads along an index and stops when the page is full. With
some, it would step over whatever they leave out, however much that is: so one statement looks at
no more than a window of rows in the order of the sort.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    String,
    Subquery,
    and_,
    bindparam,
    func,
    literal_column,
    or_,
    select,
    true,
)

from app.query import page
from app.query.anchors import Part, Split
from app.query.compile import Claim, Shape, criterion, far_claim, phrase_name
from app.query.fields import QueryFields, Within, element_of
from app.query.operands import WORDS
from app.query.page import Keys, order_by, parts_after
from app.query.statement import COUNTED, LIMIT, SKIPPED, Statement

# A candidate may appear between counting them and reading them; beyond this none would.
_ROOM: Final = 2
_FOUND: Final = "is_found"
_LAST: Final = "is_last"


@dataclass(frozen=True, slots=True)
class Window:
    """One part of a walk inside a window.

    `quick` stops when the page is full. `marked` finds the same rows, each followed by whether
    it was found, with the last row looked at among them where the window was full.
    """

    quick: Statement
    marked: Statement


@dataclass(frozen=True, slots=True)
class Drive:
    """A comparison whose own index finds a few candidates.

    `probe` counts them up to one more than a window; `parts` are pages of them, `count` says
    how many of them the whole condition leaves.
    """

    part: Part
    probe: Statement
    parts: tuple[Statement, ...]
    count: Statement


@dataclass(frozen=True, slots=True)
class Step:
    """The part of a page request that changes the SQL: which way, past what, with an offset."""

    backward: bool = False
    skips: bool = False
    nulls: tuple[bool, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Outline:
    """What every statement of one list is made from.

    `rows` selects the organisation's rows with the sort keys at `places`; `window_rows` is how
    many of them one statement looks at; up to `candidates_max` rows a comparison may drive.
    """

    fields: QueryFields
    rows: Select[Any]
    places: tuple[int, ...]
    keys: Keys
    step: Step
    shape: Shape | None
    split: Split
    window_rows: int
    candidates_max: int

    @property
    def filtered(self) -> Select[Any]:
        """The rows that the whole condition leaves."""
        return self.rows if self.shape is None else self.rows.where(self.whole)

    @property
    def whole(self) -> Claim:
        """The whole condition."""
        return true() if self.shape is None else criterion(self.shape, self.fields)

    @property
    def anchored(self) -> Select[Any]:
        """The rows that the anchors leave."""
        return self.rows.where(*self.claims(self.split.anchors))

    def claims(self, parts: Sequence[Part]) -> list[Claim]:
        """What these parts of the condition claim."""
        return [criterion(part.shape, self.fields, bound=part.bound) for part in parts]

    def parts(self, keys: Keys) -> list[page.Part]:
        """The parts of the walk from where the step stands."""
        return parts_after(keys, self.step.nulls) if self.step.nulls else [page.Part(true(), keys)]


def plain(outline: Outline) -> tuple[Statement, ...]:
    """The parts of a walk with the whole condition at once."""
    return tuple(Statement(partial(_plain, outline, part)) for part in outline.parts(outline.keys))


def windows(outline: Outline) -> tuple[Window, ...]:
    """The parts of a walk, each inside a window of its own."""
    made = []
    for part in outline.parts(outline.keys):
        quick, marked = partial(_quick, outline, part), partial(_marked, outline, part)
        made.append(Window(Statement(quick), Statement(marked)))
    return tuple(made)


def drives(outline: Outline) -> tuple[Drive, ...]:
    """The comparisons that could drive, most selective first."""
    return tuple(_drive(outline, part) for part in outline.split.drivers)


def exact_count(outline: Outline) -> Select[Any]:
    """How many rows the condition leaves."""
    return select(func.count()).select_from(_ones(outline.filtered).subquery())


def capped_count(outline: Outline) -> Select[Any]:
    """How many rows the condition leaves, up to so many."""
    some = _ones(outline.filtered).limit(bindparam(COUNTED, type_=BigInteger())).subquery()
    return select(func.count()).select_from(some)


def glimpsed_count(outline: Outline) -> Select[int, int]:
    """How many the condition leaves among so many rows, and how many those were."""
    found = and_(true(), *outline.claims(outline.split.residual)).label(_FOUND)
    looked = outline.anchored.with_only_columns(found, maintain_column_froms=True)
    some = looked.limit(bindparam(COUNTED, type_=BigInteger())).subquery()
    number = func.count().filter(some.c[_FOUND])
    return select(number, func.count()).select_from(some)


def _plain(outline: Outline, part: page.Part) -> Select[Any]:
    sliced = _sliced(outline.filtered, outline.step)
    return sliced.where(part.claim).order_by(*order_by(part.keys))


# Neither of the two says ORDER BY again: a subquery's rows come in its own order, and SQLite
# would read the whole window before the first of them.
def _quick(outline: Outline, part: page.Part) -> Select[Any]:
    *columns, is_found = _looked_at(outline, _ordered(outline, part)).c
    return select(*columns).where(is_found).limit(bindparam(LIMIT, type_=BigInteger()))


def _marked(outline: Outline, part: page.Part) -> Select[Any]:
    ordered = _ordered(outline, part)
    *columns, is_found = _looked_at(outline, ordered).c
    unique = columns[outline.places[-1]]
    end = (
        ordered.with_only_columns(outline.keys[-1].column, maintain_column_froms=True)
        .limit(literal_column("1"))
        .offset(literal_column(str(outline.window_rows - 1)))
        .scalar_subquery()
    )
    is_last = (unique == end).label(_LAST)
    marked = select(*columns, is_found, is_last).where(or_(is_found, unique == end))
    return marked.limit(bindparam(LIMIT, type_=BigInteger()))


def _ordered(outline: Outline, part: page.Part) -> Select[Any]:
    return outline.anchored.where(part.claim).order_by(*order_by(part.keys))


def _looked_at(outline: Outline, ordered: Select[Any]) -> Subquery:
    """A window of rows in order, each with whether the rest of the condition leaves it."""
    found = and_(*outline.claims(outline.split.residual)).label(_FOUND)
    # A constant and no parameter, so that the planner knows how few rows are wanted.
    most: ColumnElement[Any] = literal_column(str(outline.window_rows))
    return ordered.add_columns(found).limit(most).subquery()


def _drive(outline: Outline, part: Part) -> Drive:
    count = len(outline.parts(outline.keys))
    return Drive(
        part=part,
        probe=Statement(partial(_probe, outline, part)),
        parts=tuple(Statement(partial(_driven, outline, part, place)) for place in range(count)),
        count=Statement(partial(_driven_count, outline, part)),
    )


def _probe(outline: Outline, part: Part) -> Select[Any]:
    driving = outline.rows.where(_driving_claim(outline, part))
    most: ColumnElement[Any] = literal_column(str(outline.candidates_max + 1))
    return select(func.count()).select_from(_ones(driving).limit(most).subquery())


def _driven(outline: Outline, part: Part, place: int) -> Select[Any]:
    *columns, is_found = _candidates(outline, part).c
    keys = tuple(
        replace(key, column=columns[place])
        for key, place in zip(outline.keys, outline.places, strict=True)
    )
    each = outline.parts(keys)[place]
    sliced = _sliced(select(*columns).where(is_found), outline.step)
    return sliced.where(each.claim).order_by(*order_by(each.keys))


def _driven_count(outline: Outline, part: Part) -> Select[Any]:
    candidates = _candidates(outline, part)
    number: Select[Any] = select(func.count()).select_from(candidates)
    return number.where(candidates.c[_FOUND])


def _candidates(outline: Outline, part: Part) -> Subquery:
    """The few rows that the part leaves, each with whether the whole condition does."""
    driving = outline.rows.where(_driving_claim(outline, part))
    room: ColumnElement[Any] = literal_column(str(_ROOM * outline.candidates_max))
    return driving.add_columns(outline.whole.label(_FOUND)).limit(room).subquery()


def _driving_claim(outline: Outline, part: Part) -> Claim:
    """The part alone, in the form in which its index finds rows without looking at others."""
    fields, most = outline.fields, outline.candidates_max + 1
    if part.kind.name == WORDS:
        texts = fields.search.texts if fields.search else None
        assert texts is not None
        phrase = bindparam(phrase_name(part.bound), type_=String())
        unique = fields.by_name[fields.unique].expression
        return unique.in_(texts.found(phrase, rows_max=most))
    field = fields.by_name[part.field]
    away: Within | None = field.within or field.origin
    if away is None:
        return criterion(part.shape, fields, bound=part.bound)
    claim = far_claim(part.shape, fields, bound=part.bound)
    # Without a limit of its own: several of these may belong to one row, or to none, so that
    # the first of them would pass for all. The time that probing may take bounds it.
    return element_of(away.key).in_(away.rows.where(claim))


def _sliced(rows: Select[Any], step: Step) -> Select[Any]:
    sliced = rows.limit(bindparam(LIMIT, type_=BigInteger()))
    return sliced.offset(bindparam(SKIPPED, type_=BigInteger())) if step.skips else sliced


def _ones(rows: Select[Any]) -> Select[Any]:
    return rows.with_only_columns(literal_column("1"), maintain_column_froms=True)
