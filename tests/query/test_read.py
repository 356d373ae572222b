"""A list that was found is cut into its page, or into a shorter one that leads on."""

from functools import partial

import pytest

from app.kernel.budget import budget_of
from app.query.explain import QueryBudgetSpent
from app.query.listing import prepare
from app.query.read import Listed, find_list
from app.query.spell import spell
from app.storage.fetch import fetch_text
from app.storage.transaction import transaction
from tests.query.papers import FIELDS, OWN, Shelf, pairs, paper, paper_id, sealing


def listed(shelf: Shelf, text: str) -> Listed:
    query = spell(FIELDS, pairs(text))
    parameters = {"organisation": OWN}
    prepared = prepare(shelf.listing, query, parameters=parameters, sealing=sealing())
    with transaction(shelf.engine, writes=False) as session:
        return find_list(
            prepared,
            dialect=shelf.engine.dialect,
            run=partial(fetch_text, session),
            budget=budget_of(60_000),
        )


def test_a_shortened_page_leads_on_from_its_last_row(shelf):
    shelf.put(paper(number) for number in range(1, 8))

    short = listed(shelf, "sort=id&limit=6").shortened(2)
    rest = listed(shelf, f"sort=id&limit=6&cursor={short.next_cursor}").page()

    assert [row[0] for row in short.rows] == [paper_id(1), paper_id(2)]
    assert short.scanned == 2
    assert [row[0] for row in rest.rows] == [paper_id(number) for number in range(3, 8)]


def test_a_page_with_a_number_is_whole_or_refused(shelf):
    shelf.put(paper(number) for number in range(1, 8))
    found = listed(shelf, "sort=id&page=1&per_page=6")

    assert len(found.page().rows) == 6
    with pytest.raises(QueryBudgetSpent):
        found.shortened(2)
