"""The feed of changes over the API: an app keeps a copy of the books without polling lists."""

import pytest

from app.api.resources.changes import ACTIONS
from app.domain.events.note import note_change
from app.storage.transaction import transaction
from tests.api.conftest import Api


def walk(api: Api, *, limit: int = 2, after: str | None = None) -> tuple[list[dict], str]:
    """All that is told after a place, page by page, and the place that it ends at."""
    told: list[dict] = []
    for _ in range(100):
        query = f"?limit={limit}" + (f"&after={after}" if after else "")
        answer = api.get(f"/changes{query}")
        assert answer.status_code == 200, answer.text
        told += answer.json["data"]
        after = answer.json["pagination"]["next_cursor"]
        if len(answer.json["data"]) < limit and "scanned" not in answer.json["pagination"]:
            return told, after
    raise AssertionError("the feed has no end")


def test_a_copy_kept_by_the_feed_is_the_books_themselves(api):
    copy: dict[str, int] = {}
    after = None

    def sync() -> None:
        nonlocal after
        told, after = walk(api, after=after)
        for change in told:
            assert change["action"] in ACTIONS
            if change["action"] == "deleted":
                copy.pop(change["id"], None)
            else:
                copy[change["id"]] = change["version"]

    contact, invoice = api.contact(), api.invoice("10")
    sync()
    api.call("PATCH", f"/invoices/{invoice['id']}", json={"notes": "later"})
    api.call("DELETE", f"/contacts/{contact['id']}")
    api.rate()
    sync()

    books = {
        one["id"]: one["version"]
        for path in ("/contacts", "/invoices", "/tax-rates")
        for one in api.data(path)
    }
    assert copy == books
    assert walk(api, after=after)[0] == []


def test_who_may_read_everything_sees_the_places_and_may_name_one(api):
    first, second = api.contact(), api.contact()

    told, _ = walk(api)
    later = api.get("/changes?after=1").json["data"]

    assert [(one["sequence"], one["id"]) for one in told] == [(1, first["id"]), (2, second["id"])]
    assert [one["id"] for one in later] == [second["id"]]
    assert later[0] == {
        "sequence": 2,
        "resource": "contacts",
        "id": second["id"],
        "action": "created",
        "version": 1,
        "at": later[0]["at"],
    }


def test_who_may_read_a_part_is_told_of_it_and_learns_nothing_of_the_rest(api):
    contact, invoice = api.contact(), api.invoice("10")
    reader = Api.of(api, scope=("contacts:read",))

    told, _ = walk(reader, limit=1)

    assert {one["resource"] for one in told} == {"contacts"}
    assert {one["sequence"] for one in told} == {None}
    assert invoice["id"] not in [one["id"] for one in told]
    assert contact["id"] in [one["id"] for one in told]
    refused = reader.get("/changes?after=1")
    assert reader.refused(refused, 422, 3) == {"after": "cursor_invalid"}


def test_who_may_read_nothing_of_it_is_refused(api):
    writer = Api.of(api, scope=("contacts:write",))

    assert writer.refused(writer.get("/changes"), 403, 1) == {None: "insufficient_scope"}


def test_an_idle_poll_is_answered_304_until_something_that_may_be_read_happens(api):
    _, after = walk(api)
    reader = Api.of(api, scope=("contacts:read",))
    own = reader.get("/changes").json["pagination"]["next_cursor"]
    polls = ((api, f"/changes?after={after}"), (reader, f"/changes?after={own}"))
    tags = [caller.get(path).headers["ETag"] for caller, path in polls]

    def poll() -> list[int]:
        return [
            caller.call("GET", path, headers={"If-None-Match": tag}).status_code
            for (caller, path), tag in zip(polls, tags, strict=True)
        ]

    assert poll() == [304, 304]
    api.rate()
    assert poll() == [200, 304]
    api.contact()
    assert poll() == [200, 200]


def test_who_may_read_more_than_before_begins_anew_and_misses_nothing(api):
    client = api.house.client()
    before = Api.of(api, scope=("contacts:read",), client=client)
    api.invoice("1")
    _, after = walk(before)
    now = Api.of(api, scope=("contacts:read", "invoices:read"), client=client)

    refused = now.get(f"/changes?after={after}")

    assert now.refused(refused, 422, 3) == {"after": "cursor_mismatch"}
    assert "begin without after" in refused.json["detail"]
    assert {one["resource"] for one in walk(now)[0]} == {"contacts", "invoices"}


def test_the_length_of_a_place_tells_nothing_of_what_else_happens(api):
    reader = Api.of(api, scope=("contacts:read",))
    api.contact()
    first = reader.get("/changes").json["pagination"]["next_cursor"]
    with transaction(api.house.engine) as session:
        for number in range(300):
            note_change(
                session,
                organisation=api.organisation,
                resource="invoices",
                id=f"inv_{number}",
                deed="created",
                version=1,
            )
    api.contact()

    told = reader.get("/changes").json

    assert [one["resource"] for one in told["data"]] == ["contacts", "contacts"]
    assert len(told["pagination"]["next_cursor"]) == len(first)


def test_a_place_belongs_to_one_app_and_one_organisation(api):
    _, after = walk(api)
    stranger = Api(api.house)

    for reader in (stranger, Api.of(api)):
        refused = reader.get(f"/changes?after={after}")
        assert reader.refused(refused, 422, 3) == {"after": "cursor_invalid"}


@pytest.mark.parametrize(
    ("query", "faults"),
    [
        ("cursor=abc", {"cursor": "unknown_parameter"}),
        ("limit=0&after=x", {"limit": "bad_value", "after": "cursor_invalid"}),
        ("limit=201", {"limit": "bad_value"}),
        ("limit=1&limit=2", {"limit": "too_many"}),
        ("resource=contacts", {"resource": "unknown_parameter"}),
    ],
)
def test_every_fault_of_the_question_is_told(small_api, query, faults):
    assert small_api.refused(small_api.get(f"/changes?{query}"), 422, 3) == faults


@pytest.mark.parametrize(
    ("limit", "fix"),
    [("0", "limit=1"), ("201", "limit=200"), ("99999", "limit=200"), ("ten", None)],
)
def test_the_nearest_limit_is_offered_where_one_is_near(small_api, limit, fix):
    (fault,) = small_api.get(f"/changes?limit={limit}").json["errors"]

    assert fault.get("fix") == fix
