"""Random conditions, free of how they are written; and each of the ways to write them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, timedelta, timezone
from typing import Any

from hypothesis import strategies as st

from app.query.grammar import OPERATORS
from tests.query.drawer import FIELDS, STATUSES

NULL = None
Operands = tuple[str | None, ...]


@dataclass(frozen=True)
class Leaf:
    """A comparison: its operands as text, None for null."""

    field: str
    operator: str
    operands: Operands


@dataclass(frozen=True)
class Joined:
    """and, or or not over other conditions."""

    word: str
    terms: "tuple[Tree, ...]"


Tree = Leaf | Joined


def as_text(tree: Tree, spell: Callable[[str | None], str] | None = None) -> str:
    """Level 2."""
    write = spell or operand_text
    if isinstance(tree, Joined):
        return f"{tree.word}({','.join(as_text(term, spell) for term in tree.terms)})"
    operands = ",".join(write(operand) for operand in tree.operands)
    listed = OPERATORS[tree.operator].takes_list
    return f"{tree.field}:{tree.operator}:{f'({operands})' if listed else operands}"


def as_json(tree: Tree) -> dict[str, Any]:
    """Level 3."""
    if isinstance(tree, Joined):
        terms = [as_json(term) for term in tree.terms]
        return {tree.word: terms[0] if tree.word == "not" else terms}
    listed = OPERATORS[tree.operator].takes_list
    value = [*tree.operands] if listed else tree.operands[0]
    return {"field": tree.field, "op": tree.operator, "value": value}


def operand_text(operand: str | None) -> str:
    """An operand as carefully as can be."""
    if operand is None:
        return "null"
    return '"' + operand.replace("\\", "\\\\").replace('"', '\\"') + '"'


def leaves_of(tree: Tree) -> int:
    """How many comparisons."""
    return 1 if isinstance(tree, Leaf) else sum(leaves_of(term) for term in tree.terms)


DAYS = st.dates(date(1, 1, 1), date(9999, 12, 31)).map(date.isoformat)
PERIODS = st.one_of(
    st.integers(1, 9999).map(lambda year: f"{year:04d}"),
    st.tuples(st.integers(1, 9999), st.integers(1, 12)).map(lambda at: f"{at[0]:04d}-{at[1]:02d}"),
    st.tuples(st.integers(1, 9999), st.integers(1, 4)).map(lambda at: f"{at[0]:04d}-Q{at[1]}"),
)
MOMENTS = st.tuples(
    st.datetimes(timezones=st.just(UTC)),
    st.sampled_from([0, 600, -570, 840, -1439]),
    st.sampled_from(["seconds", "milliseconds", "microseconds"]),
).map(
    lambda made: (
        made[0]
        .replace(tzinfo=timezone(timedelta(minutes=made[1])) if made[1] else UTC)
        .isoformat(timespec=made[2])
    )
)
TEXTS = st.text(
    st.characters(codec="utf-8", exclude_characters="\0", exclude_categories=["Cs"]), max_size=12
)
DECIMALS = st.from_regex(r"-?[0-9]{1,15}(\.[0-9]{1,6})?", fullmatch=True, alphabet="-.0123456789")
WORDS = st.sampled_from(["steel", "Acme Pty", "42 é", 'a "b" (c), d'])
IDS = st.text("0123456789ABCDEFGHJKMNPQRSTVWXYZ", min_size=26, max_size=26)

OPERANDS: dict[str, st.SearchStrategy[str]] = {
    "text": st.one_of(TEXTS, st.sampled_from(["null", "", " a", "eq:x", "a AND eq:b", "(x)", ","])),
    "code": st.sampled_from(STATUSES),
    "integer": st.integers(-(10**18) + 1, 10**18 - 1).map(str),
    "decimal": DECIMALS,
    "date": st.one_of(DAYS, PERIODS),
    "instant": st.one_of(MOMENTS, DAYS, PERIODS),
    "boolean": st.sampled_from(["true", "false"]),
}


@st.composite
def leaves(draw: Any) -> Leaf:
    """Any comparison that a field offers."""
    field = FIELDS.by_name[draw(st.sampled_from(FIELDS.filterable))]
    operator = OPERATORS[draw(st.sampled_from(field.offered))]
    operands = OPERANDS.get(field.type.name)
    if operands is None:
        operands = IDS.map(lambda ulid: f"{field.type.prefix}_{ulid}")
    if operator.name == "has":
        operands = WORDS
    if operator.takes_null:
        operands = st.one_of(operands, st.none())
    most = 4 if operator.takes_list else 1
    return Leaf(
        field.name, operator.name, tuple(draw(st.lists(operands, min_size=1, max_size=most)))
    )


def trees(depth: int = 3) -> st.SearchStrategy[Tree]:
    """Conditions at most so deep, of at most 20 comparisons."""
    tree: st.SearchStrategy[Tree] = leaves()
    for _ in range(depth):
        below = tree
        tree = st.one_of(
            leaves(),
            st.builds(Joined, st.just("not"), st.tuples(below)),
            st.builds(
                Joined,
                st.sampled_from(["and", "or"]),
                st.lists(below, min_size=1, max_size=3).map(tuple),
            ),
        )
    return tree.filter(lambda made: leaves_of(made) <= 20 and len(as_text(made)) <= 2_000)
