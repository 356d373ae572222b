"""Lists are filtered, sorted and walked over HTTP."""

import re

import pytest

SIX = ("next_cursor", "prev_cursor", "page", "per_page", "total", "total_is")


def fill(api, count=7):
    contact = api.contact()["id"]
    return [
        api.invoice(
            str(10 * (number % 3) + 10),
            contact_id=contact,
            date=f"2025-{number % 12 + 1:02d}-01",
            due_date=f"2026-{number % 12 + 1:02d}-15",
        )
        for number in range(count)
    ]


def numbers(rows):
    return [row["oid"] for row in rows]


def test_a_list_shows_whole_objects_with_their_lines(api):
    made = fill(api, 3)

    answer = api.get("/invoices?sort=oid")

    assert answer.json["data"] == made
    assert tuple(answer.json["pagination"]) == SIX
    assert set(answer.json["pagination"].values()) == {None}
    assert "Link" not in answer.headers


def test_the_headline_question_is_answered(api):
    fill(api)
    rows = api.data("/invoices?due_date=lt:2026-04-01&sort=-id")

    assert [row["due_date"] for row in rows] == ["2026-03-15", "2026-02-15", "2026-01-15"]
    assert [row["id"] for row in rows] == sorted((row["id"] for row in rows), reverse=True)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("total=20&sort=oid", [2, 5]),
        ("total=gte:20.00&total=lt:30&sort=oid", [2, 5]),
        ("total=not:10&sort=-oid", [6, 5, 3, 2]),
        ("total[gt]=20&sort=oid", [3, 6]),
        ("date=eq:2025-02&sort=oid", [2]),
        ("date=gte:2025-06-01 OR eq:2025-01-01&sort=oid", [1, 6, 7]),
        ("oid=lte:2&sort=oid", [1, 2]),
        ("status=draft&number=null&sort=oid", [1, 2, 3, 4, 5, 6, 7]),
        ("status=paid", []),
        ("sort=-total,oid", [3, 6, 2, 5, 1, 4, 7]),
        ("sort= total,-oid", [7, 4, 1, 5, 2, 6, 3]),
        ("amount_due=gt:25&sort=oid", [3, 6]),
        ("currency=AUD&sort=-oid&limit=2", [7, 6]),
        ("filter=or(oid:eq:1,and(total:gt:20,date:lt:2025-05-01))&sort=oid", [1, 3]),
        ("oid=in:1,5,6&filter=not(oid:eq:5)&sort=oid", [1, 6]),
    ],
)
def test_what_is_asked_for_is_found(small_api, query, found):
    fill(small_api)

    assert numbers(small_api.data(f"/invoices?{query}")) == found


def test_amounts_compare_across_currencies_as_they_are_read(api):
    for price, currency in (("150", "AUD"), ("200", "JPY"), ("180", "KWD")):
        api.invoice(price, currency=currency)

    assert numbers(api.data("/invoices?sort=-total")) == [2, 3, 1]
    assert numbers(api.data("/invoices?total=gt:175&sort=oid")) == [2, 3]


def test_contacts_are_sorted_by_the_name_they_are_shown_with(api):
    api.contact(company_name="Banksia")
    api.contact(company_name=None, first_name="Ada", last_name="Lovelace")
    api.contact(company_name="Zinnia")

    assert numbers(api.data("/contacts?sort=name")) == [2, 1, 3]
    assert numbers(api.data("/contacts?sort=-name&type=company")) == [3, 1]
    assert numbers(api.data("/contacts?company_name=null")) == [2]


def test_tax_rates_are_listed_and_read(api):
    rate = api.rate("5.5")

    listed = api.data("/tax-rates")

    assert [one["id"] for one in listed] == [rate]
    assert listed[0]["rate"] == "5.5"
    assert api.data(f"/tax-rates/{rate}") == listed[0]


def test_a_walk_meets_every_row_once_both_ways(api):
    made = fill(api)
    path, seen = "/invoices?sort=-total&limit=3", []
    while path:
        answer = api.get(path)
        seen += numbers(answer.json["data"])
        path = next_page(answer, "next")
    back = []
    path = next_page(answer, "prev")
    while path:
        answer = api.get(path)
        back = numbers(answer.json["data"]) + back
        path = next_page(answer, "prev")

    assert sorted(seen) == [row["oid"] for row in made]
    assert back == seen[: len(back)]
    assert len(back) == 6


def test_a_cursor_belongs_to_its_list_and_its_app(api, other):
    fill(api)
    cursor = api.get("/invoices?limit=3").json["pagination"]["next_cursor"]

    changed = api.get(f"/invoices?limit=3&sort=oid&cursor={cursor}")
    stolen = other.get(f"/invoices?limit=3&cursor={cursor}")

    assert api.refused(changed, 422, 3) == {"cursor": "cursor_mismatch"}
    assert other.refused(stolen, 422, 3) == {"cursor": "cursor_invalid"}


def test_pages_are_counted(api):
    fill(api)

    answer = api.get("/invoices?page=2&per_page=3&sort=oid").json

    assert numbers(answer["data"]) == [4, 5, 6]
    assert answer["pagination"] == {
        "next_cursor": None,
        "prev_cursor": None,
        "page": 2,
        "per_page": 3,
        "total": 7,
        "total_is": "exact",
    }


def test_offsets_are_counted(api):
    fill(api)

    answer = api.get("/invoices?offset=5&limit=5&sort=oid").json

    assert numbers(answer["data"]) == [6, 7]
    assert answer["pagination"]["total"] == 7
    assert api.get("/invoices?count=exact&limit=1").json["pagination"]["total"] == 7


@pytest.mark.parametrize(
    ("query", "parameter", "code"),
    [
        ("statsu=paid", "statsu", "unknown_parameter"),
        ("notes=x", "notes", "operator_not_allowed"),
        ("lines.tax=1", "lines.tax", "unknown_parameter"),
        ("status=pais", "status", "bad_value"),
        ("status=lt:paid", "status", "operator_not_allowed"),
        ("total=gte:1e3", "total", "bad_value"),
        ("total=NaN", "total", "bad_value"),
        ("due_date=lt:2026-02-30", "due_date", "bad_value"),
        ("contact_id=inv_1", "contact_id", "bad_value"),
        ("sort=notes", "sort", "not_sortable"),
        ("sort=status", "sort", "not_sortable"),
        ("sort=id,-id", "sort", "duplicate_sort"),
        ("limit=0", "limit", "bad_value"),
        ("limit=201", "limit", "bad_value"),
        ("page=1&limit=5", "limit", "bad_value"),
        ("page=1&cursor=x", "cursor", "bad_value"),
        ("offset=10000", "offset", "offset_too_deep"),
        ("filter=or(statsu:eq:paid)", "filter", "unknown_field"),
        ("filter=or(status:eq:paid", "filter", "syntax"),
        ("fields=totl", "fields", "unknown_field"),
        ("expand=lines", "expand", "unknown_field"),
    ],
)
def test_what_cannot_be_asked_is_refused_where_it_stands(small_api, query, parameter, code):
    faults = small_api.refused(small_api.get(f"/invoices?{query}"), 422, 3)

    assert faults[parameter] == code


def test_a_slip_is_answered_with_what_was_meant(small_api):
    answer = small_api.get("/invoices?due_dat=lt:2026-01-01")

    fault = answer.json["errors"][0]
    assert (fault["suggestions"], fault["fix"]) == (["due_date"], "due_date=lt:2026-01-01")


def test_a_link_repeats_the_question_as_it_was_asked(small_api):
    fill(small_api)
    query = "limit=2&sort=%2Boid&date=gte%3A2025-01-01"

    link = small_api.get(f"/invoices?{query}").headers["Link"]

    assert re.fullmatch(
        rf'<http://localhost:8000/v1/invoices\?{re.escape(query)}&cursor=[\w-]+>; rel="next"', link
    )


def next_page(answer, rel):
    """The path of a neighbouring page, as the Link header names it."""
    found = re.search(
        rf'<http://localhost:8000/v1([^>]*)>; rel="{rel}"', answer.headers.get("Link", "")
    )
    cursor = answer.json["pagination"][f"{rel}_cursor"]
    assert (found is None) == (cursor is None)
    if found is None:
        return None
    assert found.group(1).endswith(f"cursor={cursor}")
    return found.group(1)


@pytest.mark.parametrize(
    ("query", "offered"),
    [
        ("page=201&per_page=50&sort=-total", "sort=-total&limit=50"),
        ("status=draft&offset=9999&limit=2", "status=draft&limit=2"),
        ("total=gte:1 OR lt:5&page=5000", "total=gte%3A1+OR+lt%3A5&limit=50"),
    ],
)
def test_whoever_pages_too_deep_is_offered_the_way_with_cursors(small_api, query, offered):
    made = fill(small_api, 3)

    answer = small_api.get(f"/invoices?{query}")

    [parameter] = small_api.refused(answer, 422, 3)
    assert parameter in {"page", "offset"}
    address = answer.json["links"]["cursor"]
    assert address == f"http://localhost:8000/v1/invoices?{offered}"
    walked = small_api.get(address.removeprefix("http://localhost:8000/v1"))
    assert walked.status_code == 200
    assert {row["id"] for row in walked.json["data"]} <= {row["id"] for row in made}


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_whoever_asks_is_told_how_the_list_is_found(api, method):
    made = fill(api, 3)

    if method == "GET":
        answer = api.get("/invoices?status=draft&sort=-due_date&limit=2&explain=plan")
    else:
        body = {
            "filter": {"field": "status", "op": "eq", "value": "draft"},
            "sort": "-due_date",
            "limit": 2,
            "explain": "plan",
        }
        answer = api.call("POST", "/invoices/query", json=body)

    assert list(answer.json) == ["data", "pagination", "plan"]
    assert answer.json["data"] == made[:0:-1]
    assert tuple(answer.json["pagination"]) == SIX
    plan = answer.json["plan"]
    assert list(plan) == [
        *("sort", "sort_index", "filter_index", "strategy", "detail", "residual", "advice")
    ]
    assert plan["sort"] == ["-due_date", "-id"]
    assert "plan" not in api.get("/invoices?status=draft&sort=-due_date&limit=2").json


def test_a_plan_tells_nothing_of_the_rows(api, other):
    path = "/invoices?total=gt:5&sort=date&explain=plan"
    fill(api)

    assert api.get(path).json["plan"] == other.get(path).json["plan"]
