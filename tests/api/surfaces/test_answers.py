"""Rows become the envelope that the document promises."""

import json

from app.api.surfaces.answers import many
from app.query.read import Page


def page(**facts):
    empty = {"next_cursor": None, "prev_cursor": None, "page": None, "per_page": None}
    return Page(**(empty | {"rows": [], "total": None, "total_is": None} | facts))


def test_a_page_cut_short_says_how_many_rows_were_looked_at():
    told = json.loads(many([b'{"id":1}'], page(next_cursor="on", scanned=5_000)))

    assert told["data"] == [{"id": 1}]
    assert told["pagination"]["scanned"] == 5_000


def test_any_other_page_says_nothing_of_it():
    assert "scanned" not in json.loads(many([], page()))["pagination"]
