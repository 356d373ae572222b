"""A query finds exactly the rows that it means, on both databases."""

from dataclasses import dataclass, replace
from functools import reduce
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.query.grammar import And, Condition, Limits, Not, Or
from app.query.spell import spell
from tests.query.model import SORTS, Leaf, Row, known, leaves, ordered, rows, written
from tests.query.papers import FIELDS, OTHER, TIMEZONE, Shelf, paper, paper_id, whole
from tests.query.texts import words

VALUES = {
    "status": ("draft", "open", None, "open", None),
    "number": ("B-1", "b-1", None, "b-1", "b-10"),
    "notes": ("x", "y", None, "y", None),
    "date": ("2026-01-31", "2026-02-01", None, "2026-02-01", "2026-02-02"),
    "due_date": ("2026-01-31", "2026-02-01", None, "2026-02", "2026-03-01"),
    "total": (99_999, 100_000, None, "1000", 100_001),
    "quantity": (-25_000, 0, None, "-0.0", 1),
    "oid": (6, 7, None, "7", 8),
    "sent_at": (999, 1_000, None, "1970-01-01T00:00:00.001Z", 2_000),
    "created_at": (-1, 0, None, "1970-01-01T00:00:00.000000Z", 1),
    "is_taxed": (0, 1, None, "true", None),
    "id": (paper_id(1), paper_id(2), None, paper_id(2), paper_id(3)),
}
SOAK_TIMEOUT_S = 3_600
LESS, SAME, NULL, MORE = "less", "same", "null", "more"
FOUND = {
    "eq": {SAME},
    "not": {LESS, NULL, MORE},
    "lt": {LESS},
    "lte": {LESS, SAME},
    "gt": {MORE},
    "gte": {SAME, MORE},
}


# One database serves a whole table: making one costs more than all its rows.
OPERATOR_ROWS = [
    (field, operator)
    for field, declared in FIELDS.by_name.items()
    for operator in FOUND
    if operator in declared.offered and field in VALUES
]


def test_each_operator_on_each_type(shelf: Shelf):
    found, meant = {}, {}

    for field, operator in OPERATOR_ROWS:
        named = papers_around(field)
        shelf.clear()
        shelf.put(named.values())
        ids = shelf.ids(f"{field}={operator}:{VALUES[field][3]}")
        found[field, operator] = {name for name, row in named.items() if row["id"] in ids}
        meant[field, operator] = FOUND[operator] & named.keys()

    assert found == meant


def papers_around(field: str) -> dict[str, Row]:
    """A paper less than the operand, one the same, one null, one more: those that can be."""
    less, same, _, _, more = VALUES[field]
    values = {LESS: less, SAME: same, MORE: more}
    kept = {name: value for name, value in values.items() if value is not None}
    if FIELDS.by_name[field].has_nulls:
        kept[NULL] = None
    rows = enumerate(kept.items(), start=1)
    return {name: paper(number, **{field: value}) for number, (name, value) in rows}


EDGES = {
    "number=null": {1},
    "number=not:null": {2, 3},
    'number="null"': {2},
    'number=not:"null"': {1, 3},
    "total=null": set(),
    "total=gte:-999999999999999": {1, 2, 3},
    "total=eq:999999999999999.999999": set(),
    "quantity=lt:999999999999999": {1},
    "quantity=not:999999999999999": {1, 2, 3},
    "quantity=gt:-999999999999999": {1},
    "oid=lt:999999999999999999": {1, 2, 3},
    "oid=eq:1 OR eq:3": {1, 3},
    "oid=gte:1 AND lt:2 OR gte:3": {1, 3},
    "date=2026-Q1&date=not:2026-02": {1, 3},
}


def test_nulls_bounds_and_words(shelf: Shelf):
    shelf.put(
        [
            paper(1, date="2026-01-05", quantity=2**62),
            paper(2, date="2026-02-05", number="null"),
            paper(3, date="2026-03-05", number="x"),
        ]
    )

    found = {text: set(shelf.ids(text)) for text in EDGES}

    assert found == {text: {paper_id(number) for number in ids} for text, ids in EDGES.items()}


def test_a_list_of_many_periods_holds_what_lies_in_one_of_them(shelf: Shelf):
    # Every other millisecond, and papers on each edge, before and behind them all.
    listed = ",".join(f"1970-01-01T00:00:00.{2 * place:03d}Z" for place in range(70))
    moments = [*range(-1_000, 143_000, 500), None]
    shelf.put(paper(number, sent_at=moment) for number, moment in enumerate(moments))
    held = [
        moment is not None and 0 <= moment < 140_000 and moment // 1_000 % 2 == 0
        for moment in moments
    ]

    for operator, meant in (("in", True), ("notin", False)):
        query = spell(FIELDS, [("sent_at", f"{operator}:({listed})"), ("sort", "id")])

        ids = [paper_id(number) for number, is_in in enumerate(held) if is_in is meant]
        assert whole(shelf, query, Limits()) == ids


def test_rows_of_other_organisations_are_never_found(shelf: Shelf):
    shelf.put([paper(1), paper(2, org_id=OTHER)])

    assert shelf.ids("oid=eq:1 OR eq:2") == [paper_id(1)]
    assert [row[0] for row in shelf.ask("oid=2", organisation=OTHER).rows] == [paper_id(2)]


@dataclass(frozen=True)
class Tree:
    """A condition and its meaning."""

    condition: Condition
    holds: Any


def of_leaf(leaf: Leaf) -> Tree:
    where = spell(FIELDS, [(leaf.field, leaf.text)], timezone=TIMEZONE).where
    assert where is not None
    return Tree(where, leaf.holds)


def both(first: Tree, second: Tree) -> Tree:
    return Tree(
        And((first.condition, second.condition)), lambda row: first.holds(row) and second.holds(row)
    )


def either(first: Tree, second: Tree) -> Tree:
    return Tree(
        Or((first.condition, second.condition)), lambda row: first.holds(row) or second.holds(row)
    )


def neither(tree: Tree) -> Tree:
    return Tree(Not(tree.condition), lambda row: not tree.holds(row))


SEARCHES = st.one_of(
    st.just(()), st.lists(st.sampled_from(["acm", "É", "ab", "pty", "abc"]), max_size=2).map(tuple)
)


def searched(row: Row, search: tuple[str, ...]) -> bool:
    """Whether a paper has a word that begins so, or is so where that is short, for each."""
    held = words(f"{row['number'] or ''} {row['notes'] or ''}")
    return all(
        any(each.startswith(word) if len(word) > 2 else each == word for each in held)
        for one in search
        for word in words(one)
    )


TREES = st.recursive(
    leaves().map(of_leaf),
    lambda inner: st.one_of(
        st.builds(both, inner, inner), st.builds(either, inner, inner), st.builds(neither, inner)
    ),
    max_leaves=5,
)


@pytest.mark.soak
@pytest.mark.timeout(SOAK_TIMEOUT_S)
def test_random_trees_find_what_a_model_in_python_finds(shelf: Shelf):
    @given(rows(), TREES, SORTS, SEARCHES, st.sampled_from([3, 5_000]))
    def check(
        papers: list[Row],
        tree: Tree,
        sort: list[tuple[str, bool]],
        search: tuple[str, ...],
        window_rows: int,
    ) -> None:
        shelf.clear()
        shelf.put(papers)
        query = spell(FIELDS, [("sort", written(sort)), ("limit", "20")])
        asked = replace(query, where=tree.condition, search=search)

        found = whole(shelf, asked, Limits(scan_rows_max=window_rows))

        meant = [row for row in papers if tree.holds(known(row)) and searched(row, search)]
        assert found == [row["id"] for row in ordered(meant, sort)]

    check()


@pytest.mark.soak
@pytest.mark.timeout(SOAK_TIMEOUT_S)
def test_random_parameters_find_what_a_model_in_python_finds(shelf: Shelf):
    @given(rows(), st.lists(leaves(), min_size=1, max_size=6), st.data())
    def check(papers: list[Row], found: list[Leaf], data: st.DataObject) -> None:
        shelf.clear()
        shelf.put(papers)
        by_field: dict[str, list[Leaf]] = {}
        for leaf in found:
            by_field.setdefault(leaf.field, []).append(leaf)
        text, claims = [], []
        for field, same in by_field.items():
            joints = [data.draw(st.sampled_from(["AND", "OR"])) for _ in same[1:]]
            joined = reduce(
                lambda line, pair: f"{line} {pair[0]} {pair[1].text}",
                zip(joints, same[1:], strict=True),
                same[0].text,
            )
            text.append((field, joined))
            claims.append(alternatives(same, joints))

        query = spell(FIELDS, [*text, ("sort", "oid"), ("limit", "200")], timezone=TIMEZONE)

        meant = [
            row["id"]
            for row in papers
            if all(
                any(all(leaf.holds(known(row)) for leaf in together) for together in claim)
                for claim in claims
            )
        ]
        assert [row[0] for row in shelf.read(query).rows] == meant

    check()


def alternatives(same: list[Leaf], joints: list[str]) -> list[list[Leaf]]:
    """AND binds tighter than OR."""
    groups = [[same[0]]]
    for word, leaf in zip(joints, same[1:], strict=True):
        if word == "OR":
            groups.append([leaf])
        else:
            groups[-1].append(leaf)
    return groups
