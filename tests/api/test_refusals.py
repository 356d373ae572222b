"""Whatever is wrong with a request is told in one shape, and nothing is half written."""

import io

import pytest
from sqlalchemy import text

from app.api.surfaces.bodies import BODY_BYTES_MAX
from app.storage.transaction import transaction
from tests.api.conftest import Api, open_api

BROKEN_BODIES = (
    b"",
    b"{",
    b"\xff\xfe",
    b'{"company_name":"\xed\xa0\x80"}',
    b'{"company_name":"\\ud800"}',
    b'{"company_name":NaN}',
    b'{"company_name":Infinity}',
    b'{"company_name":1e99999999999999999999}',
    b'{"x":1e-99999999999999999999}',
    b"[" * 100_000 + b"]" * 100_000,
    b'{"x":' * 200 + b"1" + b"}" * 200,
    b'{"company_name":"x","x":' + b"9" * 9_000 + b"}",
)


@pytest.mark.parametrize("body", BROKEN_BODIES)
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH"])
def test_a_body_that_is_no_json_is_malformed(small_api, body, method):
    path = "/contacts" if method == "POST" else f"/contacts/{small_api.contact()['id']}"

    answer = small_api.call(method, path, data=body, content_type="application/json")

    assert small_api.refused(answer, 400, 5) == {None: "malformed"}


@pytest.mark.parametrize(
    ("headers", "accepted"),
    [
        ({"Content-Type": "application/json"}, True),
        ({"Content-Type": "application/json; charset=utf-8"}, True),
        ({"Content-Type": "APPLICATION/JSON;charset=UTF-8"}, True),
        ({"Content-Type": "application/merge-patch+json"}, True),
        ({"Content-Type": "application/json", "Content-Encoding": "identity"}, True),
        ({"Content-Type": "application/json; charset=utf-16"}, False),
        ({"Content-Type": "text/plain"}, False),
        ({"Content-Type": "application/x-www-form-urlencoded"}, False),
        ({"Content-Type": "multipart/form-data; boundary=x"}, False),
        ({"Content-Type": ""}, False),
        ({}, False),
        ({"Content-Type": "application/json", "Content-Encoding": "gzip"}, False),
    ],
)
def test_only_plain_json_is_read(small_api, headers, accepted):
    answer = small_api.call("POST", "/contacts", data=b'{"company_name":"A"}', headers=headers)

    if accepted:
        assert answer.status_code == 201
    else:
        assert small_api.refused(answer, 415, 5) == {None: "unsupported_media_type"}


def test_a_body_over_the_limit_is_not_read(small_api):
    body = b'{"company_name":"%b"}' % (b"x" * BODY_BYTES_MAX)
    announced = small_api.call("POST", "/contacts", data=body, content_type="application/json")
    chunked = small_api.call(
        "POST",
        "/contacts",
        input_stream=io.BytesIO(body),
        content_type="application/json",
        environ_overrides={"wsgi.input_terminated": True, "CONTENT_LENGTH": ""},
    )

    assert small_api.refused(announced, 413, 5) == {None: "body_too_large"}
    assert small_api.refused(chunked, 413, 5) == {None: "body_too_large"}
    assert small_api.data("/contacts") == []


def test_a_huge_list_of_lines_is_refused_in_one_word(small_api):
    body = {"contact_id": small_api.contact()["id"], "lines": [{}] * 50_000}

    faults = small_api.refused(small_api.call("POST", "/invoices", json=body), 422, 3)

    assert faults == {"/lines": "too_many"}


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("DELETE", "/invoices", "GET, HEAD, POST, OPTIONS"),
        ("PUT", "/contacts", "GET, HEAD, POST, OPTIONS"),
        ("POST", "/tax-rates", "GET, HEAD, OPTIONS"),
        ("POST", "/me", "GET, HEAD, OPTIONS"),
        (
            "POST",
            "/invoices/inv_01JD0000000000000000000000",
            "GET, HEAD, PUT, PATCH, DELETE, OPTIONS",
        ),
        ("TRACE", "/invoices", "GET, HEAD, POST, OPTIONS"),
        ("BREW", "/connections", "GET, HEAD, OPTIONS"),
    ],
)
def test_a_method_that_is_not_served_is_told_which_are(small_api, method, path, allowed):
    answer = small_api.call(method, path)

    assert small_api.refused(answer, 405, 2) == {None: "method_not_allowed"}
    assert answer.headers["Allow"] == allowed


def test_options_needs_no_token_and_tells_what_is_served(small_api):
    answer = small_api.house.http.options("/v1/invoices")

    assert (answer.status_code, answer.data) == (204, b"")
    assert answer.headers["Allow"] == "GET, HEAD, POST, OPTIONS"
    assert answer.headers["X-RateLimit-Limit"]


def test_head_answers_as_get_without_the_body(small_api):
    small_api.contact()
    get, head = small_api.get("/contacts"), small_api.call("HEAD", "/contacts")

    assert (head.status_code, head.data) == (200, b"")
    assert head.headers["Content-Length"] == get.headers["Content-Length"]


@pytest.mark.parametrize(
    "path",
    [
        "/nothing",
        "/invoices/",
        "/invoices/42",
        "/invoices/inv_01JD0000000000000000000000",
        "/invoices/con_01JD0000000000000000000000",
        "/invoices/%FF%00",
        "/invoices/inv_01JD0000000000000000000000/lines",
        "",
        "/",
        "/v1",
    ],
)
def test_what_is_not_there_is_missing(small_api, path):
    small_api.refused(small_api.get(path), 404, 2)


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_a_missing_object_is_missing_before_its_body_is_judged(small_api, method):
    path = "/contacts/con_01JD0000000000000000000000"

    small_api.refused(small_api.call(method, path, json={"email": 5}), 404, 2)


def test_a_stranger_learns_no_addresses(small_api):
    for path in ("/v1/invoices", "/v1/nothing", "/v1"):
        answer = small_api.house.http.get(path)

        assert small_api.refused(answer, 401, 1) == {None: "unauthenticated"}
        assert answer.headers["WWW-Authenticate"].startswith("Bearer ")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/me?x=1"),
        ("GET", "/connections?page=1"),
        ("GET", "/invoices/inv_01JD0000000000000000000000?page=1"),
        ("GET", "/invoices/inv_01JD0000000000000000000000?explain=plan&sort=id&total=1"),
        ("POST", "/contacts?dry_run=true"),
        ("DELETE", "/contacts/con_01JD0000000000000000000000?force=1"),
        ("GET", "/invoices?statsu=paid"),
        ("GET", "/tax-rates?kind=x"),
    ],
)
def test_an_unknown_parameter_is_refused_everywhere(small_api, method, path):
    answer = small_api.call(method, path, json={"company_name": "A"} if method == "POST" else None)

    assert set(small_api.refused(answer, 422, 3).values()) == {"unknown_parameter"}


def test_one_object_takes_fields_and_expand_and_tells_every_other_fault(small_api):
    path = f"/invoices/{small_api.invoice()['id']}"

    answer = small_api.get(f"{path}?page=1&fields=totl&expand=contcat&total=5")

    faults = small_api.refused(answer, 422, 3)
    assert faults == {
        "page": "unknown_parameter",
        "total": "unknown_parameter",
        "fields": "unknown_field",
        "expand": "unknown_field",
    }
    shown = small_api.data(f"{path}?fields=total,contact.name&expand=lines.tax_rate")
    assert list(shown) == ["id", "contact", "lines", "total"]
    assert shown["lines"] == [{"tax_rate": None}]


def test_undecodable_bytes_in_the_query_are_malformed(small_api):
    small_api.refused(small_api.get("/invoices?status=%FF"), 400, 5)


def test_no_body_is_read_before_the_limit_step(sqlite_url, tmp_path):
    api = open_api(sqlite_url, tmp_path / "instance", COUNTINGHOUSE_TOKEN_PLAN="1/minute")
    assert api.get("/contacts").status_code == 200

    body = _Untouchable(b"{}")
    limited = api.call("POST", "/contacts", input_stream=body, content_type="text/plain")
    strange = api.house.http.post("/v1/contacts", input_stream=body)

    assert api.refused(limited, 429, 4) == {None: "rate_limited"}
    assert int(limited.headers["Retry-After"]) >= 1
    assert api.refused(strange, 401, 1) == {None: "unauthenticated"}
    api.house.close()


def test_cookies_are_ignored_and_basic_is_never_asked_for(small_api):
    http = small_api.house.http
    http.set_cookie("session", "anything", domain="localhost")
    answer = http.get("/v1/invoices", headers={"Authorization": "Basic YTpi"})

    small_api.refused(answer, 401, 1)
    assert "Basic" not in answer.headers["WWW-Authenticate"]
    assert "Set-Cookie" not in answer.headers


def test_a_token_for_reading_cannot_write(small_api):
    reader = Api(small_api.house, scope=("contacts:read",))

    assert reader.get("/contacts").status_code == 200
    for method, path in (("POST", "/contacts"), ("GET", "/invoices"), ("GET", "/tax-rates")):
        answer = reader.call(method, path, json={} if method == "POST" else None)
        assert reader.refused(answer, 403, 1) == {None: "insufficient_scope"}
        assert 'error="insufficient_scope"' in answer.headers["WWW-Authenticate"]


def test_a_failure_of_ours_is_told_without_its_cause(small_api, caplog):
    contact = small_api.contact()
    with transaction(small_api.house.engine) as session:
        session.execute(text("UPDATE contacts SET addresses = 'spoilt'"))

    answer = small_api.get(f"/contacts/{contact['id']}")

    assert answer.status_code == 500
    assert (answer.json["code"], answer.json["errors"][0]["code"]) == (0, "internal_error")
    assert "spoilt" not in answer.text
    assert "a request to v1.contacts.one failed" in caplog.text


class _Untouchable(io.BytesIO):
    """A body that must not be read."""

    def read(self, _size=-1):
        raise AssertionError("the body was read")
