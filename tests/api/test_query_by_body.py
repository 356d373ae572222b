"""`POST /v1/{resource}/query` asks for a list as the address does, where that would be too long."""

import io

import pytest

from app.api.surfaces.bodies import BODY_BYTES_MAX
from app.domain.grants.revoke import revoke
from app.kernel.clock import epoch_s
from app.storage.fetch import _kept_connection
from tests.api.conftest import Api
from tests.api.test_lists import fill, numbers


def ask(api, path="/invoices/query", **body):
    return api.call("POST", path, json=body)


def compared(field, op, value):
    return {"field": field, "op": op, "value": value}


@pytest.mark.parametrize(
    ("query", "body"),
    [
        ("", {}),
        ("sort=-total,oid&limit=3", {"sort": ["-total", "oid"], "limit": 3}),
        ("sort=-total,oid&limit=3", {"sort": "-total,oid", "limit": 3}),
        ("total=gt:15&sort=oid", {"filter": compared("total", "gt", "15"), "sort": "oid"}),
        ("total=gt:15&sort=oid", {"filter": compared("total", "gt", 15), "sort": "oid"}),
        (
            "total=eq:20 OR eq:30&sort=oid",
            {"filter": compared("total", "in", ["20", "30"]), "sort": "oid"},
        ),
        (
            "date=gte:2025-02-01 AND lt:2025-04-01",
            {
                "filter": {
                    "and": [
                        compared("date", "gte", "2025-02-01"),
                        compared("date", "lt", "2025-04-01"),
                    ]
                }
            },
        ),
        ("number=null", {"filter": compared("number", "eq", None)}),
        ("number=not:null", {"filter": {"not": compared("number", "eq", None)}}),
        ("page=2&per_page=3&sort=oid", {"page": 2, "per_page": 3, "sort": "oid"}),
        ("offset=5&limit=5&sort=oid", {"offset": 5, "limit": 5, "sort": "oid"}),
        ("count=exact&limit=1", {"count": "exact", "limit": 1}),
        ("fields=total,contact.name", {"fields": ["total", "contact.name"]}),
        ("expand=contact", {"expand": ["contact"]}),
    ],
)
def test_a_body_asks_what_the_address_asks(api, query, body):
    fill(api)

    listed, asked = api.get(f"/invoices?{query}"), ask(api, **body)

    assert (listed.status_code, asked.status_code) == (200, 200), (listed.text, asked.text)
    assert asked.json["data"] == listed.json["data"]
    for name in ("page", "per_page", "total", "total_is"):
        assert asked.json["pagination"][name] == listed.json["pagination"][name]


def test_a_walk_goes_on_with_the_cursor_in_the_body(api):
    made = fill(api)
    seen, cursor = [], {}
    while True:
        answer = ask(api, sort="-total", limit=3, **cursor)
        assert not {"Link", "ETag"} & set(answer.headers.keys())
        seen += numbers(answer.json["data"])
        if (following := answer.json["pagination"]["next_cursor"]) is None:
            break
        cursor = {"cursor": following}

    assert sorted(seen) == [row["oid"] for row in made]


def test_a_cursor_of_the_address_leads_on_in_a_body(api):
    fill(api)
    cursor = api.get("/invoices?sort=oid&limit=3").json["pagination"]["next_cursor"]

    assert numbers(ask(api, sort="oid", limit=3, cursor=cursor).json["data"]) == [4, 5, 6]
    changed = ask(api, sort="-oid", limit=3, cursor=cursor)
    assert api.refused(changed, 422, 3) == {"/cursor": "cursor_mismatch"}


def test_a_thousand_ids_are_asked_for_at_once(api):
    made = [row["id"] for row in fill(api, 3)]
    strangers = [f"inv_01JD{number:022d}" for number in range(997)]

    answer = ask(api, filter=compared("id", "in", strangers + made), sort="oid")

    assert numbers(answer.json["data"]) == [1, 2, 3]
    more = ask(api, filter=compared("id", "in", [*strangers, *made, strangers[0]]))
    assert api.refused(more, 422, 3) == {"/filter/value/1000": "list_too_long"}


def test_every_fault_is_told_with_its_place(small_api):
    body = {
        "filter": {
            "or": [compared("statsu", "eq", "draft"), compared("total", "gt", "1e3")],
        },
        "sort": ["notes"],
        "limit": 0,
        "expnad": "contact",
    }

    faults = small_api.refused(ask(small_api, **body), 422, 3)

    assert {pointer.rpartition("/")[0] for pointer in faults} >= {"/filter/or/0", "/filter/or/1"}
    assert {"/limit", "/expnad"} <= set(faults)


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"[" * 200])
def test_what_is_no_json_is_malformed(small_api, body):
    answer = small_api.call("POST", "/invoices/query", data=body, content_type="application/json")

    assert small_api.refused(answer, 400, 5) == {None: "malformed"}


@pytest.mark.parametrize(
    ("headers", "data", "status", "code"),
    [
        ({"Content-Type": "text/plain"}, b"{}", 415, "unsupported_media_type"),
        ({}, b"{}", 415, "unsupported_media_type"),
        ({"Content-Type": "application/json"}, b" " * (BODY_BYTES_MAX + 1), 413, "body_too_large"),
    ],
)
def test_only_json_of_a_bearable_size_is_read(small_api, headers, data, status, code):
    answer = small_api.call("POST", "/contacts/query", data=data, headers=headers)

    assert small_api.refused(answer, status, 5) == {None: code}


def test_parameters_have_no_place_beside_a_body(small_api):
    answer = small_api.call("POST", "/contacts/query?limit=1&q=x", json={})

    assert small_api.refused(answer, 422, 3) == {
        "limit": "unknown_parameter",
        "q": "unknown_parameter",
    }


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "PATCH", "DELETE", "QUERY"])
def test_it_answers_to_post_alone(small_api, method):
    answer = small_api.call(method, "/invoices/query")

    assert (answer.status_code, answer.headers["Allow"]) == (405, "POST, OPTIONS")
    assert small_api.house.http.options("/v1/invoices/query").headers["Allow"] == "POST, OPTIONS"


def test_asking_needs_the_scope_of_reading_and_spends_what_reading_spends(small_api):
    reader = Api(small_api.house, scope=("contacts:read",))

    before = reader.get("/contacts").headers["X-RateLimit-Remaining"]
    answer = ask(reader, "/contacts/query")
    assert answer.status_code == 200
    assert int(before) - int(answer.headers["X-RateLimit-Remaining"]) == 1
    assert reader.refused(ask(reader), 403, 1) == {None: "insufficient_scope"}


def test_what_is_unchanged_is_rendered_once(small_api):
    fill(small_api, 3)
    ask(small_api)
    statements = []
    connection = _kept_connection(small_api.house.engine)
    connection.set_trace_callback(statements.append)

    ask(small_api)

    connection.set_trace_callback(None)
    assert not [text for text in statements if "invoice_lines" in text]


def test_a_body_that_takes_its_time_outlives_no_revocation(api):
    grant = api.data("/me")["grant_id"]
    facts = {"user_id": api.person, "reason": "person", "now_s": epoch_s()}

    class Slow(io.BytesIO):
        """A body during whose reading the person takes the grant back."""

        def readinto(self, buffer):
            api.house.do(revoke, grant_id=grant, **facts)
            return super().readinto(buffer)

    answer = api.call(
        "POST",
        "/contacts/query",
        input_stream=Slow(b"{}"),
        headers={"Content-Type": "application/json", "Content-Length": "2"},
    )

    assert api.refused(answer, 401, 1) == {None: "unauthenticated"}
