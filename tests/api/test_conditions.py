"""Answers are known by their tags: what is unchanged is not sent, what has changed not overwritten.

Entity tags and conditional requests, RFC 9110 §8.8.3 and §13; RFC 6585 §3.
"""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.domain.identity.organisations import require_versions
from app.storage.fetch import _kept_connection
from tests.api.conftest import Api

STRONG = re.compile(r'"[0-9a-f]{24}"')
WEAK = re.compile(r'W/"[0-9a-f]{24}"')


def tag(api, path):
    answer = api.get(path)
    assert answer.status_code == 200, answer.text
    return answer.headers["ETag"]


def patch(api, path, match=None, **body):
    headers = {} if match is None else {"If-Match": match}
    return api.call("PATCH", path, json=body or {"notes": "changed"}, headers=headers)


@pytest.fixture
def draft(api):
    return f"/invoices/{api.invoice()['id']}"


@pytest.fixture
def small_draft(small_api):
    return f"/invoices/{small_api.invoice()['id']}"


def test_an_object_that_is_known_is_not_sent_again(api, draft):
    first = api.get(draft)
    again = api.call("GET", draft, headers={"If-None-Match": first.headers["ETag"]})

    assert STRONG.fullmatch(first.headers["ETag"])
    assert (again.status_code, again.data) == (304, b"")
    assert "Content-Type" not in again.headers
    for answer in (first, again):
        assert answer.headers["ETag"] == first.headers["ETag"]
        assert answer.headers["Cache-Control"] == "private, no-cache"
        assert answer.headers["Vary"] == "Authorization, Organisation"
        assert answer.headers["X-RateLimit-Limit"]


@pytest.mark.parametrize(
    ("header", "status"),
    [
        ("@", 304),
        ("W/@", 304),
        ('"other", @', 304),
        ('"other" ,, W/@ ', 304),
        ("*", 304),
        ('"other"', 200),
        ('""', 200),
        ('"\xfe"', 200),
    ],
)
def test_if_none_match_compares_weakly(small_api, small_draft, header, status):
    named = header.replace("@", tag(small_api, small_draft))

    for method in ("GET", "HEAD"):
        answer = small_api.call(method, small_draft, headers={"If-None-Match": named})
        assert answer.status_code == status
        assert answer.headers["ETag"] == tag(small_api, small_draft)


@pytest.mark.parametrize("method", ["PATCH", "PUT"])
def test_the_answer_to_a_write_carries_the_tag_that_reading_gives(api, method):
    made = api.call("POST", "/contacts", json={"company_name": "Acme"})
    path = made.headers["Location"].removeprefix("/v1")
    assert made.headers["ETag"] == tag(api, path)

    changed = api.call(method, path, json={"phone": "1"})

    assert changed.headers["ETag"] == tag(api, path) != made.headers["ETag"]
    same = api.call(method, path, json={"phone": "1"})
    assert same.headers["ETag"] == changed.headers["ETag"]


def test_a_tag_changes_with_what_is_shown_and_with_nothing_else(api, draft):
    before, contact = tag(api, draft), api.data(draft)["contact_id"]

    stranger = api.contact()["id"]
    api.call("PATCH", f"/contacts/{stranger}", json={"company_name": "Renamed"})
    api.call("PATCH", f"/contacts/{contact}", json={"phone": "1"})
    assert tag(api, draft) == before

    api.call("PATCH", f"/contacts/{contact}", json={"company_name": "Renamed"})
    assert tag(api, draft) != before


@pytest.mark.parametrize("match", ["@", "*", '"other", @', ' , "other" ,@,'])
def test_what_is_as_it_was_read_is_changed(api, draft, match):
    answer = patch(api, draft, match.replace("@", tag(api, draft)))

    assert answer.status_code == 200
    assert api.data(draft)["notes"] == "changed"


@pytest.mark.parametrize("match", ["W/@", '"other"', '""', 'W/"*"', "stale", "mangled"])
@pytest.mark.parametrize("method", ["PATCH", "PUT", "DELETE"])
def test_what_has_changed_since_is_not_overwritten(api, draft, method, match):
    stale = tag(api, draft)
    patch(api, draft, notes="someone else's")
    now, left = tag(api, draft), api.data(draft)
    named = {"stale": stale, "mangled": f'{now[:-2]}_"'}.get(match, match.replace("@", now))

    answer = api.call(
        method,
        draft,
        json=None if method == "DELETE" else {"notes": "mine"},
        headers={"If-Match": named},
    )

    assert api.refused(answer, 412, 30) == {None: "precondition_failed"}
    assert api.data(draft) == left


def test_what_is_as_it_was_read_is_deleted(api, draft):
    answer = api.call("DELETE", draft, headers={"If-Match": tag(api, draft)})

    assert answer.status_code == 204
    assert "ETag" not in answer.headers


@pytest.mark.parametrize("query", ["fields=total", "expand=contact", "fields=contact.phone"])
def test_what_was_read_in_part_or_expanded_is_changed_on_condition_of_its_tag(api, draft, query):
    contact = api.data(draft)["contact_id"]
    read = tag(api, f"{draft}?{query}")
    assert read != tag(api, draft)
    known = api.call("GET", f"{draft}?{query}", headers={"If-None-Match": read})
    assert known.status_code == 304

    api.call("PATCH", f"/contacts/{contact}", json={"phone": "1"})
    assert (tag(api, f"{draft}?{query}") == read) == (query == "fields=total")
    assert patch(api, draft, read).status_code == 200
    assert patch(api, draft, read, notes="again").status_code == 412


def test_of_two_changes_of_what_was_read_once_one_is_made(api, draft):
    read = tag(api, draft)

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda each: patch(api, draft, read, notes=f"by {each}"), range(6)))

    made = [answer for answer in answers if answer.status_code == 200]
    assert sorted(answer.status_code for answer in answers) == [200, *[412] * 5]
    assert api.data(draft) == made[0].json["data"]
    assert api.data(draft)["version"] == 2


@pytest.mark.parametrize("header", ["If-Match", "If-None-Match"])
@pytest.mark.parametrize(
    "text", ["", " ", "abc", '"a', 'a"', '"a" "b"', '*, "a"', "w/*", '"\x7f"', '"a";']
)
def test_a_condition_that_cannot_be_read_is_malformed(small_api, small_draft, header, text):
    for method in ("GET", "PATCH"):
        body = {"notes": "x"} if method == "PATCH" else None
        answer = small_api.call(method, small_draft, json=body, headers={header: text})

        assert small_api.refused(answer, 400, 5) == {None: "malformed"}


@pytest.mark.parametrize("method", ["PATCH", "PUT", "DELETE"])
@pytest.mark.parametrize("match", [None, '"stale"', "*"])
def test_what_is_hidden_or_missing_is_missing_before_any_condition(api, other, method, match):
    foreign = f"/contacts/{other.contact()['id']}"
    api.house.do(require_versions, organisation_id=api.organisation, required=True)
    headers = {} if match is None else {"If-Match": match}

    for path in (foreign, "/contacts/con_01JD0000000000000000000000"):
        answer = api.call(
            method, path, json=None if method == "DELETE" else {"phone": 5}, headers=headers
        )
        api.refused(answer, 404, 2)


@pytest.mark.parametrize("method", ["PATCH", "PUT", "DELETE"])
def test_where_the_organisation_demands_it_each_change_names_what_it_changes(api, draft, method):
    api.house.do(require_versions, organisation_id=api.organisation, required=True)
    body = None if method == "DELETE" else {"notes": "x"}

    bare = api.call(method, draft, json=body)
    unless = api.call(method, draft, json=body, headers={"If-None-Match": '"other"'})
    anything = api.call(method, draft, json=body, headers={"If-Match": "*"})
    stale = api.call(method, draft, json=body, headers={"If-Match": '"other"'})
    read = api.call(method, draft, json=body, headers={"If-Match": tag(api, draft)})

    assert api.refused(bare, 428, 30) == {None: "precondition_required"}
    assert api.refused(unless, 428, 30) == {None: "precondition_required"}
    assert api.refused(anything, 428, 30) == {None: "precondition_required"}
    assert api.refused(stale, 412, 30) == {None: "precondition_failed"}
    assert read.status_code == (204 if method == "DELETE" else 200)
    assert api.contact()["id"], "what is new needs no condition"


def test_a_condition_is_judged_before_what_was_sent(small_api, small_draft):
    answer = patch(small_api, small_draft, '"other"', due_date=5)

    assert small_api.refused(answer, 412, 30) == {None: "precondition_failed"}


@pytest.mark.parametrize(
    ("method", "headers", "status"),
    [
        ("GET", {"If-Match": "@"}, 200),
        ("GET", {"If-Match": '"other"'}, 412),
        ("PATCH", {"If-None-Match": "@"}, 412),
        ("PATCH", {"If-None-Match": "*"}, 412),
        ("PATCH", {"If-None-Match": '"other"'}, 200),
        ("GET", {"If-Modified-Since": "Fri, 31 Dec 2100 23:59:59 GMT"}, 200),
        ("PATCH", {"If-Unmodified-Since": "Thu, 01 Jan 1970 00:00:00 GMT"}, 200),
    ],
)
def test_the_other_conditions(small_api, small_draft, method, headers, status):
    now = tag(small_api, small_draft)
    headers = {name: value.replace("@", now) for name, value in headers.items()}
    body = {"notes": "x"} if method == "PATCH" else None

    assert small_api.call(method, small_draft, json=body, headers=headers).status_code == status


@pytest.mark.parametrize(
    ("headers", "status"),
    [({"If-Match": "*"}, 201), ({"If-Match": '"x"'}, 412), ({"If-None-Match": "*"}, 412)],
)
def test_a_list_is_added_to_without_a_condition_on_it(small_api, headers, status):
    answer = small_api.call("POST", "/contacts", json={"company_name": "A"}, headers=headers)

    assert answer.status_code == status
    assert len(small_api.data("/contacts")) == (status == 201)


def test_a_list_that_is_known_is_not_sent_again(api, draft):
    first = api.get("/invoices?status=draft&limit=1")
    again = api.call(
        "GET", "/invoices?status=draft&limit=1", headers={"If-None-Match": first.headers["ETag"]}
    )

    assert WEAK.fullmatch(first.headers["ETag"])
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    assert again.headers["X-RateLimit-Remaining"] < first.headers["X-RateLimit-Remaining"]


def test_an_idle_poll_costs_one_indexed_read(small_api, small_draft):
    known = {"If-None-Match": tag(small_api, "/invoices?status=draft")}
    connection = _kept_connection(small_api.house.engine)
    statements = []
    connection.set_trace_callback(statements.append)

    answer = small_api.call("GET", "/invoices?status=draft", headers=known)

    connection.set_trace_callback(None)
    assert answer.status_code == 304
    [gate, heads] = statements
    assert "access_tokens" in gate
    [plan] = connection.execute(f"EXPLAIN QUERY PLAN {heads}").fetchall()
    assert plan[3].startswith("SEARCH change_heads USING")


def test_a_list_has_a_tag_of_its_own_for_each_question_and_each_asker(api, other, draft):
    house = api.house
    second = house.access_token(
        user_id=api.person, organisations=(api.organisation,), scope=("invoices:read",)
    )
    stranger = Api(house)
    tags = [tag(api, path) for path in ("/invoices", "/invoices?limit=1", "/contacts")]
    tags.append(tag(other, "/invoices"))
    stranger.organisation, stranger.token = api.organisation, second
    tags.append(tag(stranger, "/invoices"))

    assert len(set(tags)) == len(tags)
    assert tag(api, "/invoices") == tags[0]


def test_a_list_is_known_until_something_that_it_shows_changes(api, draft):
    """Whoever may not read contacts learns of no change in them that is not shown."""
    contact = api.data(draft)["contact_id"]
    paths = ("/invoices", "/invoices?contact.name=not:null")
    before = [tag(api, path) for path in paths]

    api.contact()
    api.call("PATCH", f"/contacts/{contact}", json={"phone": "1"})
    assert [tag(api, path) for path in paths] == before

    api.call("PATCH", f"/contacts/{contact}", json={"company_name": "Renamed"})
    assert not {tag(api, path) for path in paths} & set(before)


def test_a_list_on_condition_of_its_tag_is_refused_for_the_tag_is_weak(small_api):
    known = tag(small_api, "/invoices")

    for match, status in ((known, 412), (known.removeprefix("W/"), 412), ("*", 200)):
        answer = small_api.call("GET", "/invoices", headers={"If-Match": match})
        assert answer.status_code == status


STEPS = st.lists(
    st.sampled_from(["add", "change", "rename", "remove", "contact", "rate", "nothing"]),
    min_size=1,
    max_size=8,
)
LISTS = (
    *("/invoices?sort=oid", "/contacts", "/tax-rates", "/invoices?fields=total,contact.name"),
    *("/invoices?contact.name=starts:name", "/invoices?contact.email=null"),
    *("/invoices?expand=contact", "/invoices?expand=lines.tax_rate&fields=lines.tax_rate.name"),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=10)
@given(STEPS)
def test_whenever_a_list_changes_its_tag_does(small_api, steps):
    api = small_api
    contact = api.contact()["id"]
    for step, deed in enumerate(steps):
        before = [api.get(path) for path in LISTS]
        drafts = api.data("/invoices")
        if deed == "add":
            api.invoice(contact_id=contact)
        elif deed == "rename":
            name = f"{'Name' if step % 2 else 'Other'} {step}"
            api.call("PATCH", f"/contacts/{contact}", json={"company_name": name})
        elif deed == "contact":
            email = None if api.data(f"/contacts/{contact}")["email"] else "a@b.example"
            body = {"phone": f"{len(drafts)} {step}", "email": email}
            api.call("PATCH", f"/contacts/{contact}", json=body)
        elif deed == "rate":
            api.rate()
        elif deed != "nothing" and drafts:
            path = f"/invoices/{drafts[0]['id']}"
            api.call(
                "DELETE" if deed == "remove" else "PATCH", path, json={"notes": f"note {step}"}
            )

        for path, was in zip(LISTS, before, strict=True):
            now = api.get(path)
            is_same = now.json["data"] == was.json["data"]
            assert is_same or now.headers["ETag"] != was.headers["ETag"], (path, deed)
            if deed == "nothing":
                assert now.headers["ETag"] == was.headers["ETag"]


@pytest.mark.parametrize(
    ("accept", "status"),
    [
        (None, 200),
        ("", 200),
        ("*/*", 200),
        ("application/json", 200),
        ("Application/JSON; charset=utf-8", 200),
        ("application/*", 200),
        ("application/problem+json", 200),
        ("text/html,application/xhtml+xml,application/xml;q=0.9", 200),
        ("text/plain, */*;q=0.1", 200),
        ("application/xml", 406),
        ("text/csv, text/plain", 406),
        ("image/png", 406),
    ],
)
def test_whoever_can_read_no_json_is_told_so(small_api, accept, status):
    headers = {} if accept is None else {"Accept": accept}

    for method in ("GET", "POST"):
        body = {"company_name": "A"} if method == "POST" else None
        answer = small_api.call(method, "/contacts", json=body, headers=headers)
        if status == 406:
            assert small_api.refused(answer, 406, 5) == {None: "not_acceptable"}
        else:
            assert answer.status_code in (200, 201)
