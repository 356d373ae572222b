"""A walk through pages never skips or repeats a row that was not itself changed."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.query.grammar import LIMITS, Limits, Query
from app.query.read import Page
from app.query.spell import spell
from tests.query.model import ROW_VALUES, SORTS, Row, ordered, rows, written
from tests.query.papers import FIELDS, OTHER, Shelf, at, paper, paper_id

PAGES_MAX = 100
SOAK_TIMEOUT_S = 3_600


def asked(sort: list[tuple[str, bool]], limit: int) -> Query:
    return spell(FIELDS, [("sort", written(sort)), ("limit", str(limit))])


def ids(page: Page) -> list[str]:
    return [row[0] for row in page.rows]


def forward(shelf: Shelf, query: Query) -> Iterator[Page]:
    """Each page from the first to the last."""
    cursor = None
    for _ in range(PAGES_MAX):
        page = shelf.read(at(query, cursor))
        yield page
        cursor = page.next_cursor
        if cursor is None:
            return
    pytest.fail("the walk does not end")


def backward(shelf: Shelf, query: Query, cursor: str | None) -> Iterator[Page]:
    """Each page before this cursor, nearest first."""
    for _ in range(PAGES_MAX):
        if cursor is None:
            return
        page = shelf.read(at(query, cursor))
        yield page
        cursor = page.prev_cursor
    pytest.fail("the walk back does not end")


@pytest.mark.soak
@pytest.mark.timeout(SOAK_TIMEOUT_S)
def test_a_quiet_walk_reads_the_list_forward_and_back(shelf: Shelf):
    @given(rows(most=30), SORTS, st.integers(1, 7))
    def check(papers: list[Row], sort: list[tuple[str, bool]], limit: int) -> None:
        shelf.clear()
        shelf.put([*papers, paper(999, org_id=OTHER)])
        query = asked(sort, limit)

        pages = list(forward(shelf, query))
        back = list(backward(shelf, query, pages[-1].prev_cursor))

        meant = [row["id"] for row in ordered(papers, sort)]
        assert [one for page in pages for one in ids(page)] == meant
        assert all(len(page.rows) == limit for page in pages[:-1])
        assert pages[0].prev_cursor is None
        assert [ids(page) for page in reversed(back)] == [ids(page) for page in pages[:-1]]

    check()


CHANGES = st.tuples(st.lists(ROW_VALUES, max_size=3), st.lists(st.integers(0, 60), max_size=4))


@pytest.mark.soak
@pytest.mark.timeout(SOAK_TIMEOUT_S)
def test_a_walk_is_whole_while_others_insert_and_delete(shelf: Shelf):
    @given(rows(least=5), SORTS, st.integers(1, 5), st.booleans(), st.data())
    def check(
        papers: list[Row],
        sort: list[tuple[str, bool]],
        limit: int,
        ends_are_deleted: bool,
        data: st.DataObject,
    ) -> None:
        shelf.clear()
        shelf.put(papers)
        steady = {row["id"] for row in papers}
        known = {row["id"]: row for row in papers}

        walked: list[str] = []
        for page in forward(shelf, asked(sort, limit)):
            walked += ids(page)
            added, dropped = data.draw(CHANGES)
            newer = [paper(len(known) + place, **row) for place, row in enumerate(added, start=1)]
            gone = {paper_id(number) for number in dropped} & known.keys()
            if ends_are_deleted and page.rows:
                gone |= {ids(page)[0], ids(page)[-1]}
            shelf.put(newer)
            shelf.take(*gone)
            known |= {row["id"]: row for row in newer}
            steady -= gone

        assert len(set(walked)) == len(walked)
        assert steady <= set(walked)
        assert walked == [row["id"] for row in ordered([known[one] for one in walked], sort)]

    check()


def test_an_emptied_page_leads_back_into_the_list(shelf: Shelf):
    shelf.put([paper(number) for number in range(1, 7)])
    query = spell(FIELDS, [("sort", "oid"), ("limit", "2")])
    first, second, third = forward(shelf, query)
    shelf.take(*ids(third))

    after = shelf.read(at(query, second.next_cursor))
    shelf.take(*ids(first))
    before = shelf.read(at(query, second.prev_cursor))

    assert (after.rows, after.next_cursor) == ([], None)
    last = shelf.read(at(query, after.prev_cursor))
    assert (ids(last), last.next_cursor) == (ids(second), None)
    assert (before.rows, before.prev_cursor) == ([], None)
    start = shelf.read(at(query, before.next_cursor))
    assert (ids(start), start.prev_cursor) == (ids(second), None)


def test_numbered_pages_and_offsets_cut_the_same_list(shelf: Shelf):
    papers = [paper(number, total=number % 3) for number in range(1, 24)]
    shelf.put(papers)
    meant = [row["id"] for row in ordered(papers, [("total", True)])]

    numbered = [shelf.ask(f"sort=-total&per_page=10&page={page}") for page in (1, 2, 3, 4)]
    skipped = shelf.ask("sort=-total&limit=5&offset=7")

    assert [one for page in numbered for one in ids(page)] == meant
    assert [(page.page, page.per_page, page.total) for page in numbered] == [
        (number, 10, 23) for number in (1, 2, 3, 4)
    ]
    assert ids(skipped) == meant[7:12]
    assert (skipped.page, skipped.per_page, skipped.total, skipped.next_cursor) == (
        None,
        None,
        23,
        None,
    )


def test_totals_say_whether_they_are_exact(shelf: Shelf):
    shelf.put(paper(number) for number in range(1, 10_003))
    deep = Limits(depth_rows_max=None)

    def total(text: str, limits: Limits = LIMITS) -> tuple[int | None, str | None]:
        page = shelf.ask(text, limits=limits)
        return page.total, page.total_is

    assert total("limit=1") == (None, None)
    assert total("page=1") == (10_000, "at_least")
    assert total("page=1&oid=lte:9000") == (9_000, "exact")
    assert total("page=1&count=exact") == (10_002, "exact")
    assert total("page=1&count=none") == (None, None)
    assert total("limit=1&count=capped") == (10_000, "at_least")
    assert total("page=900&per_page=20", deep) == (10_000, "at_least")
    assert total("page=501&per_page=20", deep) == (10_002, "exact")
    assert total("offset=3&oid=lt:10") == (9, "exact")
    assert total("offset=30&oid=lt:10") == (9, "exact")
