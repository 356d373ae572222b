"""Who is told what: one organisation's app sees nothing of another's."""

import pytest

from app.domain.identity.memberships import change_role


def test_another_organisation_sees_and_changes_nothing(api, other):
    invoice = api.invoice()
    paths = [f"/invoices/{invoice['id']}", f"/contacts/{invoice['contact_id']}"]

    for path in paths:
        other.refused(other.get(path), 404, 2)
        other.refused(other.call("PATCH", path, json={}), 404, 2)
        other.refused(other.call("DELETE", path), 404, 2)
    assert other.data("/invoices") == other.data("/contacts") == other.data("/tax-rates") == []
    assert other.data(f"/invoices?contact_id={invoice['contact_id']}") == []
    assert api.data(paths[0]) == invoice


def test_a_foreign_contact_cannot_be_invoiced(api, other):
    contact, rate = api.contact()["id"], api.rate()
    own = other.contact()["id"]
    line = {"description": "x", "unit_price": "1", "tax_rate_id": rate}

    foreign_contact = {"contact_id": contact, "lines": []}
    foreign_rate = {"contact_id": own, "lines": [line]}

    for body, place in ((foreign_contact, "/contact_id"), (foreign_rate, "/lines/0/tax_rate_id")):
        answer = other.call("POST", "/invoices", json=body)
        assert other.refused(answer, 422, 3) == {place: "unknown_reference"}
    assert other.data("/invoices") == []


def test_me_is_whoever_calls(api):
    me = api.data("/me")

    assert list(me) == ["id", "name", "email", "client_id", "grant_id", "scopes"]
    assert (me["id"], me["name"]) == (api.person, "Ada Lovelace")
    assert sorted(me["scopes"]) == [
        *("contacts:read", "contacts:write", "invoices:read", "invoices:write")
    ]


def test_connections_are_the_organisations_of_the_grant(api):
    [connection] = api.data("/connections")

    assert connection["organisation"] == {
        "id": api.organisation,
        "name": "Wattle & Co",
        "country": "AU",
        "currency": "AUD",
    }
    assert connection["scopes"] == [
        *("contacts:read", "contacts:write", "invoices:read", "invoices:write")
    ]
    assert connection["granted_at"].endswith("Z")


def test_of_several_organisations_one_is_named(api):
    house = api.house
    second = house.organisation("Zinnia", owner=api.person)
    foreign = house.organisation("Foreign", owner=house.person())
    first = api.organisation
    api.token = house.access_token(user_id=api.person, organisations=(first, second))

    unnamed = api.get("/invoices")
    assert api.refused(unnamed, 400, 5) == {None: "organisation_required"}
    assert {one["id"] for one in unnamed.json["organisations"]} == {first, second}
    named = api.call("GET", "/invoices", headers={"Organisation": second})
    assert (named.status_code, named.json["data"]) == (200, [])
    both = api.call("GET", "/invoices", headers={"Organisation": f"{first}, {second}"})
    assert api.refused(both, 400, 5) == {None: "organisation_required"}
    outside = api.call("GET", "/invoices", headers={"Organisation": foreign})
    assert api.refused(outside, 403, 1) == {None: "organisation_not_granted"}
    assert len(api.data("/connections")) == 2
    assert api.data("/me")["id"] == api.person
    assert api.get("/nothing").status_code == 404


def test_a_changed_role_holds_from_the_next_call(api):
    second = api.house.person()
    api.house.member(second, api.organisation, role="owner")
    api.house.do(change_role, user_id=api.person, organisation_id=api.organisation, role="readonly")

    assert api.get("/contacts").status_code == 200
    refused = api.call("POST", "/contacts", json={"company_name": "A"})
    assert api.refused(refused, 403, 1) == {None: "insufficient_scope"}


@pytest.mark.parametrize("path", ["/me", "/connections", "/contacts", "/nothing"])
def test_every_answer_carries_its_id_and_its_budget(small_api, path):
    answer = small_api.get(path)

    assert answer.headers["X-Request-Id"].startswith("req_")
    assert {"X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset"} <= set(
        answer.headers.keys()
    )
    assert "Retry-After" not in answer.headers
