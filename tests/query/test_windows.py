"""Comparisons that no index answers in order: bounded work, short pages, and nothing lost."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kernel.budget import Budget, OutOfTime
from app.query.explain import QueryBudgetSpent, explain_plan
from app.query.grammar import LIMITS, Limits, Query
from app.query.listing import prepare
from app.query.read import read_page
from app.query.spell import spell
from app.storage.fetch import fetch_text
from app.storage.transaction import transaction
from tests.query.model import ROW_VALUES, SORTS, Row, ordered, rows, written
from tests.query.papers import FIELDS, OWN, Shelf, at, pairs, paper, paper_id, sealing

TINY = Limits(scan_rows_max=3)
PAGES_MAX = 300
SOAK_TIMEOUT_S = 3_600
# Neither half of an alternative could drive, so that windows alone answer it.
EITHER = "or(status:eq:open,total:gt:0)"


def is_either(row: Row) -> bool:
    return bool(row["status"] == "open" or row["total"] > 0)


def asked(sort: list[tuple[str, bool]], limit: int) -> Query:
    chosen = [("filter", EITHER), ("sort", written(sort)), ("limit", str(limit))]
    return spell(FIELDS, chosen)


def ids(page: Any) -> list[str]:
    return [row[0] for row in page.rows]


def walk(shelf: Shelf, query: Query, cursor: str | None, *, forward: bool) -> list[Any]:
    """Every page from here on."""
    pages = []
    for _ in range(PAGES_MAX):
        page = shelf.read(at(query, cursor), limits=TINY)
        pages.append(page)
        cursor = page.next_cursor if forward else page.prev_cursor
        if cursor is None:
            return pages
    pytest.fail("the walk does not end")


@pytest.mark.soak
@pytest.mark.timeout(SOAK_TIMEOUT_S)
def test_short_pages_lead_through_the_whole_list_and_back(shelf: Shelf):
    @given(rows(most=30), SORTS, st.integers(1, 7))
    def check(papers: list[Row], sort: list[tuple[str, bool]], limit: int) -> None:
        shelf.clear()
        shelf.put(papers)
        query = asked(sort, limit)

        pages = walk(shelf, query, None, forward=True)
        before = pages[-1].prev_cursor
        back = walk(shelf, query, before, forward=False) if before else []

        meant = [row["id"] for row in ordered([row for row in papers if is_either(row)], sort)]
        assert [one for page in pages for one in ids(page)] == meant
        whole = [*(one for page in reversed(back) for one in ids(page)), *ids(pages[-1])]
        assert whole == meant
        assert all(page.scanned in (None, 3) for page in pages + back)

    check()


CHANGES = st.tuples(st.lists(ROW_VALUES, max_size=3), st.lists(st.integers(0, 60), max_size=4))


@pytest.mark.soak
@pytest.mark.timeout(SOAK_TIMEOUT_S)
def test_short_pages_lose_nothing_while_others_insert_and_delete(shelf: Shelf):
    @given(rows(least=5), SORTS, st.integers(1, 5), st.data())
    def check(
        papers: list[Row], sort: list[tuple[str, bool]], limit: int, data: st.DataObject
    ) -> None:
        shelf.clear()
        shelf.put(papers)
        known = {row["id"]: row for row in papers}
        steady = {row["id"] for row in papers if is_either(row)}
        walked: list[str] = []
        cursor, ended = None, False
        for _ in range(PAGES_MAX):
            page = shelf.read(at(asked(sort, limit), cursor), limits=TINY)
            walked += ids(page)
            cursor = page.next_cursor
            if cursor is None:
                ended = True
                break
            added, dropped = data.draw(CHANGES) if len(known) < 60 else ([], [])
            newer = [paper(len(known) + place, **row) for place, row in enumerate(added, start=1)]
            gone = {paper_id(number) for number in dropped} & known.keys()
            shelf.put(newer)
            shelf.take(*gone)
            known |= {row["id"]: row for row in newer}
            steady -= gone

        assert ended
        assert len(set(walked)) == len(walked)
        assert steady <= set(walked)
        assert walked == [row["id"] for row in ordered([known[one] for one in walked], sort)]

    check()


def test_a_page_that_a_window_ends_says_how_many_rows_were_looked_at(shelf: Shelf):
    shelf.put(paper(number, total=int(number % 4 == 0)) for number in range(1, 21))

    page = shelf.ask("filter=or(status:eq:open,total:gt:0)&sort=oid&limit=2", limits=TINY)
    full = shelf.ask("filter=or(status:eq:open,oid:gt:2)&sort=oid&limit=2", limits=LIMITS)

    assert (ids(page), page.scanned) == ([], 3)
    assert page.next_cursor is not None
    assert (ids(full), full.scanned) == ([paper_id(3), paper_id(4)], None)


@pytest.mark.parametrize(
    "line",
    [
        "due_date=2026-02-01&sort=-oid",
        "due_date=in:(2026-02-01,2026-02-02)&sort=total",
        "number=starts:x-&sort=-due_date",
        "party.name=Acme&sort=-oid",
        "party.name=starts:ac&sort=-oid",
        "marks.item=a&sort=-oid",
        "notes=has:rare&sort=-oid",
        "q=rar&sort=-oid",
        "due_date=2026-02-01&status=draft&sort=-oid&page=1&per_page=20",
    ],
)
def test_a_comparison_that_few_rows_meet_makes_whole_pages(shelf: Shelf, line: str):
    shelf.put(paper(number) for number in range(1, 40))
    few = {
        "due_date": "2026-02-01",
        "number": "X-1",
        "party_id": "pty_1",
        "notes": "rare bird",
        "marks": [("a", 1)],
    }
    shelf.put([paper(40, **few), paper(3_000, **few)])

    page = shelf.ask(line, limits=TINY)

    assert (set(ids(page)), page.scanned) == ({paper_id(40), paper_id(3_000)}, None)


def test_totals_stay_honest_where_counting_would_take_too_long(shelf: Shelf):
    shelf.put(paper(number, total=number % 2) for number in range(1, 31))

    page = shelf.ask(f"filter={EITHER}&page=1&per_page=5&sort=oid", limits=TINY)

    assert (page.total, page.total_is) == (15, "exact")


class Stopped:
    """A database that has no time for statements of some kind."""

    def __init__(self, session: Any, *, marks: Sequence[str]) -> None:
        self.run = partial(fetch_text, session)
        self.marks = marks

    def __call__(
        self, text: str, values: Mapping[str, Any] | Sequence[Any], budget: Budget | None = None
    ) -> list[Any]:
        if budget is not None and any(mark in text for mark in self.marks):
            raise OutOfTime
        return self.run(text, values, budget)


@pytest.mark.parametrize(
    ("line", "marks", "total"),
    [
        ("page=1&per_page=5", ("count(*)",), (None, None)),
        ("limit=5&count=capped", ("SELECT 1",), (15, "exact")),
        ("limit=5&count=capped", ("count(*)",), None),
        ("page=1&per_page=5&count=exact", ("count(*)",), None),
        ("page=1&per_page=5", ("papers",), None),
    ],
)
def test_what_cannot_be_counted_in_time_is_not_told_or_refused(shelf: Shelf, line, marks, total):
    shelf.put(paper(number, total=number % 2) for number in range(1, 31))
    query = spell(FIELDS, pairs(f"filter={EITHER}&sort=oid&{line}"))
    prepared = prepare(shelf.listing, query, parameters={"organisation": OWN}, sealing=sealing())

    with transaction(shelf.engine, writes=False) as session:
        run = Stopped(session, marks=marks)
        if total is None:
            with pytest.raises(QueryBudgetSpent) as caught:
                read_page(prepared, dialect=shelf.engine.dialect, run=run)
            assert caught.value.faults[0].code == "query_budget"
            return
        page = read_page(prepared, dialect=shelf.engine.dialect, run=run)

    assert (page.total, page.total_is) == total


def test_a_list_without_time_is_refused_and_says_what_would_serve(shelf: Shelf):
    shelf.put(paper(number) for number in range(1, 31))
    query = spell(FIELDS, pairs("status=draft&sort=-date&limit=5"))
    prepared = prepare(
        shelf.listing,
        query,
        parameters={"organisation": OWN},
        sealing=sealing(),
        limits=replace(LIMITS, budget_ms=0),
    )

    with transaction(shelf.engine, writes=False) as session:
        run = partial(fetch_text, session)
        with pytest.raises(QueryBudgetSpent) as caught:
            read_page(prepared, dialect=shelf.engine.dialect, run=run, clock=lambda: 1.0)
        # The session goes on as if nothing had been.
        assert run("SELECT 1", ()) == [(1,)]

    assert "status would be found by its index" in caught.value.message


@pytest.mark.parametrize(
    ("line", "strategy", "residual", "index"),
    [
        ("", "along_sort", (), None),
        ("status=draft&sort=-id", "along_sort", (), "ix_papers_status"),
        ("date=gte:2026-01-01", "along_sort", (), "ix_papers_date"),
        ("status=draft", "window", ("status",), None),
        ("status=draft&total=gt:1&sort=-id", "window", ("total",), "ix_papers_status"),
        (f"filter={EITHER}", "window", ("status", "total"), None),
        ("status=draft&page=2", "whole", ("status",), None),
        ("sort=-date,total", "ties", (), None),
        ("sort=-date,id", "ties", (), None),
        ("status=draft&sort=-date,total", "window", ("status",), None),
        ("sort=-date,total&page=2", "whole", (), None),
        ("sort=-id,total", "along_sort", (), None),
    ],
)
def test_a_plan_is_told_without_a_word_of_the_rows(shelf: Shelf, line, strategy, residual, index):
    query = spell(FIELDS, pairs(line))
    prepared = prepare(shelf.listing, query, parameters={"organisation": OWN}, sealing=sealing())

    told = explain_plan(prepared, dialect=shelf.engine.dialect)
    shelf.put(paper(number) for number in range(1, 31))

    assert (told.strategy, set(told.residual), told.filter_index) == (
        strategy,
        set(residual),
        index,
    )
    assert told == explain_plan(prepared, dialect=shelf.engine.dialect)
    is_along = strategy == "along_sort"
    assert bool(told.advice) is not is_along


@pytest.mark.parametrize(
    ("line", "said", "unsaid"),
    [
        (
            "sort=-date,total",
            "same date are read together and sorted, within 7 ms",
            "found at once",
        ),
        ("q=a&sort=-date,total", "same date are read together and sorted, within 7 ms", "id are"),
        ("page=2", "With limit and cursor it would be found at once.", "sorted"),
        ("page=2&sort=-date,total", "within 7 ms.", "found at once"),
        ("page=2&status=draft", "leaves few rows is used instead", "found at once"),
        ("sort=date&status=draft", "at most 5000 at a time", "sorted"),
    ],
)
def test_a_plan_promises_no_more_than_holds(shelf: Shelf, line, said, unsaid):
    prepared = prepare(
        shelf.listing,
        spell(FIELDS, pairs(line)),
        parameters={"organisation": OWN},
        sealing=sealing(),
        limits=replace(LIMITS, budget_ms=7),
    )

    told = explain_plan(prepared, dialect=shelf.engine.dialect)

    assert said in told.detail
    assert unsaid not in told.detail


def test_ties_are_advised_against_and_counts_are_promised_nothing(shelf: Shelf):
    query = spell(FIELDS, pairs("sort=-date,total&count=exact"))
    prepared = prepare(shelf.listing, query, parameters={"organisation": OWN}, sealing=sealing())

    told = explain_plan(prepared, dialect=shelf.engine.dialect)

    assert told.advice == (
        "Sorted by date alone, nothing would be left to sort.",
        "count=capped stops counting early.",
    )


@pytest.mark.parametrize("window_rows", [3, 5, 7])
def test_rows_that_hold_many_records_alike_do_not_hide_the_rest(shelf, window_rows):
    alike = (("itm", 0),) * 4
    shelf.put(paper(number, marks=alike) for number in range(1, 9))

    found, cursor = [], None
    while True:
        text = "marks.amount=0&sort=id&limit=20" + (f"&cursor={cursor}" if cursor else "")
        page = shelf.ask(text, limits=Limits(scan_rows_max=window_rows))
        found += [row[0] for row in page.rows]
        cursor = page.next_cursor
        if cursor is None:
            break

    assert found == [paper_id(number) for number in range(1, 9)]
