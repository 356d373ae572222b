"""How a list is prepared: one statement for each shape, and any select to stand on."""

from dataclasses import replace

import pytest
from sqlalchemy import bindparam, select
from sqlalchemy.dialects import sqlite

from app.kernel.budget import budget_of
from app.query.explain import explain_plan
from app.query.listing import SHAPES_KEPT_MAX, Listing, prepare
from app.query.scan import Reading, find_rows
from app.query.spell import spell
from app.query.statement import Statement
from tests.query.papers import (
    BASE,
    FIELDS,
    LISTING,
    NAMES,
    OWN,
    Shelf,
    pairs,
    paper,
    paper_id,
    papers,
    sealing,
)


def prepared(text: str, listing: Listing = LISTING):
    query = spell(FIELDS, pairs(text))
    return prepare(listing, query, parameters={"organisation": OWN}, sealing=sealing())


def test_queries_that_differ_in_values_alone_share_one_statement():
    first = prepared("date=gte:2026-01-01&total=lt:5&sort=-date&limit=9")
    second = prepared("total=lt:7.5&date[gte]=2025-01-01&sort=-date&limit=90")
    third = prepared("total=lt:7.555&date=gte:2025-01-01&sort=-date")

    assert first.plan is second.plan
    assert first.plan is not third.plan


@pytest.mark.parametrize(
    ("field", "of"),
    [
        ("total", lambda place: f"{place}.00"),
        ("number", lambda place: f"B-{place}"),
        ("date", lambda place: f"{1000 + place}"),
        ("created_at", lambda place: f"{1000 + place}-01"),
    ],
)
def test_lists_of_any_length_share_one_statement_of_few_parameters(shelf: Shelf, field, of):
    short, long = (
        prepared(f"{field}=notin:({','.join(of(2 * place) for place in range(length))})")
        for length in (1, 100)
    )

    assert short.plan is long.plan
    assert len(short.parameters) == len(long.parameters)
    text = long.plan.windows[0].marked.compiled_for(shelf.engine.dialect)
    assert len(text.arguments({**long.parameters, "rows_limit": 9})) < 12


def test_equal_periods_are_one_list_however_they_are_written():
    months = ",".join(f"2026-{month:02d}" for month in range(1, 13))

    first, second = prepared(f"created_at=in:({months})"), prepared("created_at=in:(2026)")

    assert first.parameters == second.parameters
    assert first.walk == second.walk


def test_a_list_that_is_only_explained_makes_no_statement(monkeypatch):
    made = []
    monkeypatch.setattr(Statement, "__init__", lambda self, make: made.append(make))
    listing = Listing(FIELDS, BASE)

    told = explain_plan(
        prepared("total=5&number=starts:a&sort=-date", listing), dialect=sqlite.dialect()
    )

    assert told.residual == ("number", "total")
    assert made == []


def test_no_more_shapes_are_kept_than_the_cache_is_allowed():
    listing = Listing(FIELDS, BASE)

    for number in range(SHAPES_KEPT_MAX + 10):
        picked = [f"oid={'gt' if number >> bit & 1 else 'lt'}:1" for bit in range(9)]
        prepared(f"{'&'.join(picked)}&sort={'-' if number % 2 else ''}{'oid'}", listing)

    assert listing.plan.cache_info().currsize <= SHAPES_KEPT_MAX


def test_rows_are_tuples_of_the_columns_that_were_selected(shelf: Shelf):
    shelf.put([paper(1, total=500, number="A"), paper(2, total=700)])

    (first, second) = shelf.ask("sort=-total").rows

    assert dict(zip(NAMES, first, strict=True))["total"] == 700
    assert len(second) == len(NAMES)


def test_sort_keys_need_not_be_selected(shelf: Shelf):
    shelf.put(paper(number, total=-number) for number in range(1, 6))
    own = papers.c.org_id == bindparam("organisation")
    narrow = replace(shelf, listing=Listing(FIELDS, select(papers.c.oid).where(own)))

    first = narrow.ask("sort=total&limit=3")
    second = narrow.ask(f"sort=total&limit=3&cursor={first.next_cursor}")

    assert first.rows == [(5,), (4,), (3,)]
    assert second.rows == [(2,), (1,)]


def test_a_select_may_carry_constants_and_lists_of_its_own(shelf: Shelf):
    shelf.put(paper(number, status=("draft", "open", "paid")[number % 3]) for number in range(9))
    chosen = BASE.where(papers.c.status.in_(["open", "paid"])).where(papers.c.oid > 1)
    some = replace(shelf, listing=Listing(FIELDS, chosen))

    page = some.ask("page=1&per_page=2&sort=oid")

    assert [row[1] for row in page.rows] == [2, 4]
    assert (page.total, page.total_is) == (5, "exact")


def test_the_statement_runs_on_core_as_well(shelf: Shelf):
    shelf.put(paper(number, due_date="2026-01-01") for number in range(1, 4))
    ready = prepared("due_date=2026-Q1&oid=gt:1&sort=-oid&limit=1")

    with shelf.engine.connect() as connection:
        found = connection.execute(
            ready.plan.parts[0].select, {**ready.parameters, "rows_limit": 5}
        )

        assert [row.id for row in found] == [paper_id(3), paper_id(2)]


def test_a_missing_parameter_is_an_error_and_never_another_list(shelf: Shelf):
    query = spell(FIELDS, [])
    ready = prepare(LISTING, query, parameters={}, sealing=sealing())

    def run(text: str, values: object, _budget: object = None) -> list[tuple[object, ...]]:
        with shelf.engine.connect() as connection:
            return connection.connection.driver_connection.execute(text, values).fetchall()

    with pytest.raises(Exception, match="organisation"):
        find_rows(Reading(ready, shelf.engine.dialect, run, budget_of(1_000)))
