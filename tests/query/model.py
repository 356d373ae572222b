"""What a query means, said a second time in plain Python over the same rows.

It shares nothing with app.query: it compares decimals, dates and datetimes, never stored forms.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from tests.query.papers import PARTIES, STATUSES, TIMEZONE, paper, paper_id
from tests.query.texts import folded, words

Row = Mapping[str, Any]
Test = Callable[[Row], bool]
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
FIRST, LAST = date(2025, 12, 20), date(2026, 4, 10)
ZONE = ZoneInfo(TIMEZONE)
DIRECTIONS = {
    "lt": lambda place: place < 0,
    "lte": lambda place: place <= 0,
    "gt": lambda place: place > 0,
    "gte": lambda place: place >= 0,
    "eq": lambda place: place == 0,
}


@dataclass(frozen=True)
class Leaf:
    """A comparison as it is written, and which rows it is true of."""

    field: str
    operator: str
    operand: str
    holds: Test
    same: Test = lambda row: False

    @property
    def text(self) -> str:
        return f"{self.operator}:{self.operand}"


def leaf(field: str, operator: str, operand: str, place: Callable[[Any], int]) -> Leaf:
    """`place` says whether a stored value lies before (-1), in (0) or after (1) the operand."""

    def holds(row: Row) -> bool:
        value = row[field]
        if operator == "not":
            return value is None or place(value) != 0
        return value is not None and DIRECTIONS[operator](place(value))

    def same(row: Row) -> bool:
        return row[field] is not None and place(row[field]) == 0

    return Leaf(field, operator, operand, holds, same)


def null_leaf(field: str, operator: str) -> Leaf:
    def same(row: Row) -> bool:
        return row[field] is None

    return Leaf(field, operator, "null", lambda row: same(row) == (operator == "eq"), same)


def sign(value: Any, other: Any) -> int:
    return (value > other) - (value < other)


def within(value: Any, first: Any, last: Any) -> int:
    return -1 if value < first else 1 if value > last else 0


def moment(instant_us: int) -> datetime:
    return EPOCH + timedelta(microseconds=instant_us)


def shown(instant_us: int) -> datetime:
    """To the millisecond, as answers show it."""
    return moment(instant_us // 1000 * 1000)


DAYS = st.dates(FIRST, LAST)
PERIODS = st.sampled_from(
    [
        ("2025", date(2025, 1, 1), date(2025, 12, 31)),
        ("2026", date(2026, 1, 1), date(2026, 12, 31)),
        ("2026-02", date(2026, 2, 1), date(2026, 2, 28)),
        ("2025-12", date(2025, 12, 1), date(2025, 12, 31)),
        ("2026-Q1", date(2026, 1, 1), date(2026, 3, 31)),
        ("2025-Q4", date(2025, 10, 1), date(2025, 12, 31)),
    ]
)
SPANS = st.one_of(PERIODS, DAYS.map(lambda day: (day.isoformat(), day, day)))
MOMENTS = st.integers(0, 4 * 86_400_000_000).map(
    lambda later_us: datetime(2025, 12, 30, tzinfo=UTC) + timedelta(microseconds=later_us)
)
OFFSETS = st.sampled_from([0, 60, -150, 600]).map(
    lambda minutes: timezone(timedelta(minutes=minutes))
)
WORDS = st.one_of(
    st.text(alphabet='aB"\\é😀 ~', max_size=4),
    st.sampled_from(["Acme", "ACME Pty", "acme", "aB éa", "(a, b)", "abc", "Abcd a"]),
)
ORDERED = st.sampled_from(["eq", "not", "lt", "lte", "gt", "gte"])
NAMED = st.sampled_from(["eq", "not"])


def quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


@st.composite
def leaves(draw: Any) -> Leaf:
    """Any comparison of any field."""
    return draw(KINDS[draw(st.sampled_from(sorted(KINDS)))])


@st.composite
def lists(draw: Any) -> Leaf:
    """One of several values, or none of them."""
    kind = KINDS[draw(st.sampled_from(LISTED))]
    first, *others = draw(st.lists(kind, min_size=1, max_size=7))
    items = [first, *(other for other in others if other.field == first.field)]
    if draw(st.booleans()):
        items.append(null_leaf(first.field, "eq"))
    operator = draw(st.sampled_from(["in", "notin"]))
    text = f"({','.join(item.operand for item in items)})"
    return Leaf(
        first.field,
        operator,
        text,
        lambda row: any(item.same(row) for item in items) == (operator == "in"),
    )


@st.composite
def beginnings(draw: Any) -> Leaf:
    field = draw(st.sampled_from(["number", "party.name"]))
    start = draw(WORDS)

    def holds(row: Row) -> bool:
        value = row[field]
        return value is not None and folded(value).startswith(folded(start))

    return Leaf(field, "starts", quoted(start), holds)


@st.composite
def contained(draw: Any) -> Leaf:
    text = draw(WORDS.filter(words))
    return Leaf("notes", "has", quoted(text), lambda row: words(text) <= words(row["notes"]))


@st.composite
def names(draw: Any) -> Leaf:
    word = draw(st.sampled_from(["Acme", "ACME Pty", "Ünder", "A", "null"]))
    if draw(st.booleans()):
        return null_leaf("party.name", draw(NAMED))
    return leaf(
        "party.name",
        draw(ORDERED),
        quoted(word),
        lambda value: sign(value.encode(), word.encode()),
    )


@st.composite
def marked(draw: Any) -> Leaf:
    """Whether one of a paper's marks does it; not, and notin, whether none is it."""
    place, name = draw(st.sampled_from([(0, "item"), (1, "amount")]))
    word, number = draw(st.sampled_from(["a", "B", "c"])), draw(st.integers(-3, 3))
    one = (
        leaf(name, "eq", quoted(word), lambda value: sign(value, word))
        if name == "item"
        else leaf(name, "eq", str(number), lambda value: sign(value, number * 100))
    )
    operator = draw(st.one_of(ORDERED, st.sampled_from(["in", "notin", "null", "not null"])))
    operand = one.operand
    if operator.endswith("null"):
        operand, one = "null", null_leaf(name, "eq")
        operator = "not" if operator == "not null" else "eq"
    elif operator in ("in", "notin"):
        operand = f"({operand})"

    def test(row: Row) -> bool:
        found = [{name: mark[place]} for mark in row["marks"]]
        if operator in ("eq", "in"):
            return any(map(one.same, found))
        if operator in ("not", "notin"):
            return not any(map(one.same, found))
        compared = leaf(name, operator, operand, lambda value: sign(value, _meant()))
        return any(map(compared.holds, found))

    def _meant() -> Any:
        return word if name == "item" else number * 100

    return Leaf(f"marks.{name}", operator, operand, test)


@st.composite
def nulls(draw: Any) -> Leaf:
    field = draw(st.sampled_from(["number", "notes", "due_date", "quantity", "sent_at", "total"]))
    return null_leaf(field, draw(NAMED))


@st.composite
def decimals(draw: Any) -> Leaf:
    field, scale = draw(st.sampled_from([("total", 2), ("quantity", 4)]))
    places = draw(st.integers(0, 6))
    number = Decimal(draw(st.integers(-50 * 10**places, 50 * 10**places))).scaleb(-places)
    return leaf(
        field,
        draw(ORDERED),
        f"{number:f}",
        lambda value: sign(Decimal(value).scaleb(-scale), number),
    )


@st.composite
def wholes(draw: Any) -> Leaf:
    number = draw(st.one_of(st.integers(0, 40), st.sampled_from([-(10**17), 2**31, 10**18 - 1])))
    return leaf("oid", draw(ORDERED), str(number), lambda value: sign(value, number))


@st.composite
def texts(draw: Any) -> Leaf:
    field, operator = draw(
        st.one_of(st.tuples(st.just("number"), ORDERED), st.tuples(st.just("notes"), NAMED))
    )
    word = draw(WORDS)
    return leaf(field, operator, quoted(word), lambda value: sign(value.encode(), word.encode()))


@st.composite
def ids(draw: Any) -> Leaf:
    operand = paper_id(draw(st.integers(0, 40)))
    return leaf("id", draw(ORDERED), operand, lambda value: sign(value, operand))


@st.composite
def codes(draw: Any) -> Leaf:
    word = draw(st.sampled_from(STATUSES))
    return leaf("status", draw(NAMED), word, lambda value: 0 if value == word else 1)


@st.composite
def claims(draw: Any) -> Leaf:
    wanted = draw(st.booleans())
    word = "true" if wanted else "false"
    return leaf("is_taxed", draw(NAMED), word, lambda value: 0 if bool(value) == wanted else 1)


@st.composite
def dates(draw: Any) -> Leaf:
    text, first, last = draw(SPANS)
    field = draw(st.sampled_from(["date", "due_date"]))
    return leaf(
        field, draw(ORDERED), text, lambda value: within(date.fromisoformat(value), first, last)
    )


@st.composite
def local_days(draw: Any) -> Leaf:
    text, first, last = draw(SPANS)
    field = draw(st.sampled_from(["created_at", "sent_at"]))
    return leaf(
        field,
        draw(ORDERED),
        text,
        lambda value: within(moment(value).astimezone(ZONE).date(), first, last),
    )


@st.composite
def instants(draw: Any) -> Leaf:
    field = draw(st.sampled_from(["created_at", "sent_at"]))
    instant = draw(MOMENTS)
    zone = draw(OFFSETS)
    exact = draw(st.booleans())
    rounded = instant if exact else instant.replace(microsecond=instant.microsecond // 1000 * 1000)
    unit = "microseconds" if exact else "milliseconds"
    text = rounded.astimezone(zone).isoformat(timespec=unit)
    seen = moment if exact else shown
    return leaf(field, draw(ORDERED), text, lambda value: sign(seen(value), rounded))


LISTED = ["codes", "dates", "decimals", "ids", "instants", "texts", "wholes"]
KINDS: dict[str, st.SearchStrategy[Leaf]] = {
    "beginnings": beginnings(),
    "contained": contained(),
    "lists": lists(),
    "marked": marked(),
    "names": names(),
    "claims": claims(),
    "codes": codes(),
    "dates": dates(),
    "decimals": decimals(),
    "ids": ids(),
    "instants": instants(),
    "local_days": local_days(),
    "nulls": nulls(),
    "texts": texts(),
    "wholes": wholes(),
}


def maybe(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(st.none(), values)


def hundred(number: int) -> int:
    return number * 100


STORED_MOMENTS = MOMENTS.map(lambda instant: (instant - EPOCH) // timedelta(microseconds=1))
ROW_VALUES = st.fixed_dictionaries(
    {
        "status": st.sampled_from(STATUSES),
        "number": maybe(WORDS),
        "notes": maybe(WORDS),
        "date": DAYS.map(date.isoformat),
        "due_date": maybe(DAYS.map(date.isoformat)),
        "total": st.integers(-5_000, 5_000),
        "quantity": maybe(st.integers(-500_000, 500_000)),
        "created_at": STORED_MOMENTS,
        "sent_at": maybe(STORED_MOMENTS),
        "is_taxed": st.integers(0, 1),
        "party_id": maybe(st.sampled_from(sorted(PARTIES))),
        "marks": st.lists(
            st.tuples(
                maybe(st.sampled_from(["a", "B", "c"])), maybe(st.integers(-3, 3).map(hundred))
            ),
            max_size=3,
        ),
    }
)


def rows(least: int = 0, most: int = 25) -> st.SearchStrategy[list[dict[str, Any]]]:
    """Papers 1, 2, 3 … with any values."""
    return st.lists(ROW_VALUES, min_size=least, max_size=most).map(
        lambda found: [paper(number, **values) for number, values in enumerate(found, start=1)]
    )


def known(row: Row) -> Row:
    """The row as conditions see it: with the name of the party that it names."""
    return {**row, "party.name": PARTIES.get(row["party_id"])}


def place_of(row: Row, sort: list[tuple[str, bool]]) -> list[Any]:
    """A sort key for Python: null smallest, text by its bytes, turned round where descending."""
    return [
        Turned(ranked(row[name])) if descending else ranked(row[name]) for name, descending in sort
    ]


def ranked(value: Any) -> tuple[bool, Any]:
    return (value is not None, value.encode() if isinstance(value, str) else value or 0)


@dataclass(frozen=True)
class Turned:
    """A value that sorts the other way."""

    value: Any

    def __lt__(self, other: "Turned") -> bool:
        return bool(other.value < self.value)


def ordered(found: list[Any], sort: list[tuple[str, bool]]) -> list[Any]:
    """The rows in the order asked for, which the id makes total, going the last key's way."""
    whole = sort if any(name == "id" for name, _ in sort) else [*sort, ("id", sort[-1][1])]
    return sorted(found, key=lambda row: place_of(row, whole))


SORTABLE = ["id", "oid", "status", "number", "date", "due_date", "total", "quantity", "sent_at"]
SORTS = st.lists(
    st.tuples(st.sampled_from(SORTABLE), st.booleans()),
    min_size=1,
    max_size=3,
    unique_by=lambda order: order[0],
)


def written(sort: list[tuple[str, bool]]) -> str:
    return ",".join(f"{'-' if descending else ''}{name}" for name, descending in sort)
