"""No list, however it is asked for, is looked for without bound; whoever asked is told how far."""

from dataclasses import replace

import pytest

from app.api.surfaces.kept import Kept
from app.api.surfaces.mount import mount_surface
from app.api.surfaces.rows import ROWS_AT_ONCE
from app.api.surfaces.tags import Tags
from app.api.surfaces.v1 import V1
from app.api.surfaces.visit import Door
from app.query.grammar import LIMITS
from tests.api.test_lists import fill, numbers

# Answered row by row: the sort's index says nothing of it.
RESIDUAL = "sort=-date&currency=not:AUD"


@pytest.fixture
def within(api):
    """Asks the same lists under other limits."""

    def open_surface(**limits):
        house = api.house
        surface = replace(V1, name="tight", base_path="/tight", limits=replace(LIMITS, **limits))
        door = Door(
            surface=surface,
            engine=house.engine,
            gateway=house.app.extensions["gateway"],
            policy=house.settings.api,
            kept=Kept(bytes_max=1_000_000),
            tags=Tags(house.settings.api.tag_key),
        )
        mount_surface(house.app, door)
        headers = {"Authorization": f"Bearer {api.token}"}
        return lambda path, **body: house.http.open(
            f"/tight{path}", method="POST" if body else "GET", headers=headers, json=body or None
        )

    return open_surface


def test_a_page_that_the_window_leaves_short_says_so_and_leads_on(api, within):
    ask = within(scan_rows_max=3)
    fill(api, 4)
    api.invoice("1", currency="EUR", date="2024-01-01")

    first = ask(f"/invoices?{RESIDUAL}")
    cursor = first.json["pagination"]["next_cursor"]
    second = ask(f"/invoices?{RESIDUAL}&cursor={cursor}")

    assert (first.status_code, first.json["data"]) == (200, [])
    assert first.json["pagination"]["scanned"] == 3
    assert numbers(second.json["data"]) == [5]
    assert f"cursor={cursor}" in first.headers["Link"]


@pytest.mark.parametrize("is_explained", [False, True])
def test_whoever_asks_for_too_much_is_told_what_would_serve(api, within, is_explained):
    ask = within(budget_ms=0)
    fill(api, 3)
    explained = {"explain": "plan"} if is_explained else {}
    body = {"count": "exact", "sort": "-date", **explained}
    body["filter"] = {"field": "currency", "op": "not", "value": "AUD"}

    answer = ask("/invoices/query", **body)

    assert api.refused(answer, 422, 3) == {"/count": "query_budget"}
    assert "0 ms" in answer.json["detail"]
    assert answer.json.get("plan", {}).get("residual") == (["currency"] if is_explained else None)


def test_a_page_ends_early_when_putting_it_together_takes_too_long(api, within):
    ask = within(budget_ms=0)
    made = [api.invoice("1")["id"] for _ in range(13)]
    walked, path = [], "/invoices?sort=id&limit=25"

    pages = 0
    while path:
        answer = ask(path).json
        pagination = answer["pagination"]
        walked += [one["id"] for one in answer["data"]]
        assert pagination.get("scanned", ROWS_AT_ONCE) == ROWS_AT_ONCE
        path = pagination["next_cursor"] and f"{path[:26]}&cursor={pagination['next_cursor']}"
        pages += 1

    assert (pages, walked) == (3, made)
    # What was put together once is kept, and costs nothing more.
    assert len(ask("/invoices?sort=id&limit=25").json["data"]) == 13


def test_a_walk_back_that_ends_early_keeps_what_lies_nearest(api, within):
    made = [api.invoice("1")["id"] for _ in range(30)]
    last = api.get("/invoices?sort=id&limit=28").json["pagination"]["next_cursor"]
    beyond = api.get(f"/invoices?sort=id&limit=28&cursor={last}").json["pagination"]
    ask = within(budget_ms=0)

    back = ask(f"/invoices?sort=id&limit=28&fields=id&cursor={beyond['prev_cursor']}").json

    assert [one["id"] for one in back["data"]] == made[28 - ROWS_AT_ONCE : 28]
    further = back["pagination"]["prev_cursor"]
    again = ask(f"/invoices?sort=id&limit=28&fields=id&cursor={further}").json
    assert [one["id"] for one in again["data"]] == made[28 - 2 * ROWS_AT_ONCE : 28 - ROWS_AT_ONCE]
