"""Objects are made, changed and deleted over HTTP, by the rules of the JSON document."""

import json

import pytest


def test_an_invoice_is_made_and_its_address_given(api):
    contact, rate = api.contact(), api.rate()
    answer = api.call(
        "POST",
        "/invoices",
        json={
            "contact_id": contact["id"],
            "date": "2026-01-10",
            "due_date": "2026-02-10",
            "prices_include_tax": True,
            "lines": [{"description": "Work", "unit_price": 1320, "tax_rate_id": rate}],
        },
    )

    made = answer.json["data"]
    assert answer.status_code == 201
    assert answer.headers["Location"] == f"/v1/invoices/{made['id']}"
    assert api.data(f"/invoices/{made['id']}") == made
    assert list(made) == [
        *("id", "oid", "number", "status", "contact_id", "contact", "date", "due_date"),
        *("currency", "prices_include_tax", "lines", "discount_percent", "subtotal", "total_tax"),
        *("total", "amount_paid", "amount_due", "reference", "notes", "sent_at", "viewed_at"),
        *("version", "created_at", "updated_at"),
    ]
    assert list(made["lines"][0]) == [
        *("id", "position", "item_id", "description", "quantity", "unit", "unit_price"),
        *("discount_percent", "tax_rate_id", "subtotal", "tax", "total"),
    ]
    assert made["contact"] == {"id": contact["id"], "name": contact["company_name"]}
    assert (made["total_tax"], made["total"]) == ("120.00", "1320.00")
    assert (made["number"], made["status"], made["oid"], made["version"]) == (None, "draft", 1, 1)


def test_a_contact_shows_every_field(api):
    made = api.contact(addresses=[{"city": "Perth"}], contacts=[{"first_name": "Jane"}])

    assert list(made) == [
        *("id", "oid", "type", "status", "company_name", "first_name", "last_name", "email"),
        *("phone", "tax_number", "addresses", "contacts", "version", "created_at", "updated_at"),
    ]
    assert isinstance(made["contacts"][0]["id"], int)
    assert made["addresses"][0]["type"] == "billing"


def test_a_customer_is_found_with_the_phone_it_was_given(api):
    made = api.contact(phone="+1234567890")

    assert api.data("/contacts?phone=%2B1234567890") == [made]


def test_put_and_patch_both_merge(api):
    made = api.invoice("10", "20", notes="thanks", reference="PO 7")
    path = f"/invoices/{made['id']}"

    patched = api.call("PATCH", path, json={"notes": "soon"})
    put = api.call("PUT", path, json={"reference": None})

    assert (patched.status_code, put.status_code) == (200, 200)
    assert patched.json["data"]["reference"] == "PO 7"
    assert (put.json["data"]["notes"], put.json["data"]["reference"]) == ("soon", None)
    assert put.json["data"]["lines"] == made["lines"]
    assert put.json["data"]["version"] == 3
    assert api.data(path) == put.json["data"]


def test_what_was_shown_may_be_sent_back(api):
    made = api.invoice("10", "20.5")
    path = f"/invoices/{made['id']}"

    answer = api.call("PUT", path, json=made)

    assert (answer.status_code, answer.json) == (200, {"data": made})


def test_a_computed_field_may_not_be_sent_back_altered(api):
    made = api.invoice("10")
    path = f"/invoices/{made['id']}"
    line = made["lines"][0]
    altered = made | {
        "total": "11.00",
        "status": "paid",
        "number": "INV-1",
        "version": 7,
        "contact": {"id": made["contact_id"], "name": "Someone else"},
        "notes": "this must not be written either",
        "lines": [line | {"tax": "1.00", "position": 4}],
    }

    faults = api.refused(api.call("PUT", path, json=altered), 422, 3)

    assert faults == dict.fromkeys(
        [
            *("/total", "/status", "/number", "/version", "/contact"),
            *("/lines/0/tax", "/lines/0/position"),
        ],
        "not_editable",
    )
    assert api.data(path) == made


def test_a_new_object_may_not_bring_computed_values(api):
    contact = api.contact()
    body = {
        "contact_id": contact["id"],
        "id": "inv_01JD0000000000000000000000",
        "number": "INV-1",
        "total": "5.00",
        "status": "",
        "oid": None,
        "lines": [{"description": "x", "unit_price": "5", "total": "5.00", "tax": None}],
    }

    faults = api.refused(api.call("POST", "/invoices", json=body), 422, 3014)

    assert set(faults) == {"/id", "/number", "/total", "/lines/0/total"}
    assert api.data("/invoices") == []


def test_null_and_empty_text_are_no_values(api):
    made = api.invoice("5", number=None, status="", total="", version=None)

    assert (made["status"], made["version"]) == ("draft", 1)


def test_unknown_fields_are_ignored_and_named(api):
    answer = api.call(
        "POST",
        "/contacts",
        json={
            "company_name": "Acme",
            "colour": 1,
            "a/b~c": 2,
            "contacts": [{"email": "a@b", "x": 1}],
        },
    )

    assert answer.status_code == 201
    assert {warning["pointer"] for warning in answer.json["warnings"]} == {
        *("/contacts/0/x", "/colour", "/a~1b~0c")
    }


def test_every_fault_is_told_with_its_place(api):
    body = {
        "date": "2026-13-01",
        "due_date": 5,
        "prices_include_tax": "yes",
        "discount_percent": "1e1",
        "notes": ["x"],
        "lines": [
            {"unit_price": True, "description": 7},
            "line",
            {"description": "x", "unit_price": "1.00000", "quantity": None},
            {"description": "x", "unit_price": "1", "quantity": "1.1234567"},
        ],
    }

    faults = api.refused(api.call("POST", "/invoices", json=body), 422, 3)

    assert faults == {
        "/date": "bad_value",
        "/due_date": "bad_type",
        "/prices_include_tax": "bad_type",
        "/discount_percent": "bad_value",
        "/notes": "bad_type",
        "/lines/0/unit_price": "bad_type",
        "/lines/0/description": "bad_type",
        "/lines/1": "bad_type",
        "/lines/3/quantity": "bad_value",
        "/contact_id": "mandatory_absent",
    }


@pytest.mark.parametrize(
    ("body", "code", "pointer"),
    [
        ({}, 3013, "/contact_id"),
        ({"lines": []}, 3013, "/contact_id"),
        ({"contact_id": None, "lines": None}, 3013, "/contact_id"),
        (
            {"date": "2026-02-02", "due_date": "2026-02-01", "lines": [], "contact_id": "@"},
            3011,
            "/due_date",
        ),
        ({"contact_id": "con_01JD0000000000000000000000", "lines": []}, 3, "/contact_id"),
        ({"contact_id": "@", "lines": [], "currency": "BTC"}, 3, "/currency"),
        (
            {"contact_id": "@", "lines": [{"id": "lin_01JD0000000000000000000000"}]},
            3,
            "/lines/0/id",
        ),
        ([], 3, ""),
        ("text", 3, ""),
        (None, 3, ""),
    ],
)
def test_the_first_fault_names_the_refusal(small_api, body, code, pointer):
    if isinstance(body, dict) and body.get("contact_id") == "@":
        body = body | {"contact_id": small_api.contact()["id"]}

    answer = small_api.call(
        "POST", "/invoices", data=json.dumps(body), content_type="application/json"
    )
    faults = small_api.refused(answer, 422, code)

    assert next(iter(faults)) == pointer


def test_a_company_has_no_first_name(api):
    body = {"type": "company", "company_name": "Acme", "first_name": "Ada"}

    assert api.refused(api.call("POST", "/contacts", json=body), 422, 3014) == {
        "/first_name": "forbidden_value"
    }


def test_the_list_sent_becomes_the_whole_list(api):
    made = api.contact(
        contacts=[{"first_name": "Jane"}, {"first_name": "John", "last_name": "Doe"}]
    )
    path, john = f"/contacts/{made['id']}", made["contacts"][1]

    answer = api.call(
        "PUT",
        path,
        json={"contacts": [{"id": john["id"], "email": "doe@b.example"}, {"first_name": "James"}]},
    )

    people = answer.json["data"]["contacts"]
    assert people[0] == john | {"email": "doe@b.example"}
    assert [person["first_name"] for person in people] == ["John", "James"]
    assert api.call("PUT", path, json={"contacts": []}).json["data"]["contacts"] == []


def test_a_draft_is_deleted_and_its_contact_then_too(api):
    made = api.invoice()
    contact = f"/contacts/{made['contact_id']}"

    held = api.call("DELETE", contact)
    gone = api.call("DELETE", f"/invoices/{made['id']}")

    assert api.refused(held, 422, 3) == {None: "still_referenced"}
    assert held.json["reason"] == (
        "The contact cannot be deleted because it is referenced by: Invoice"
    )
    assert (gone.status_code, gone.data) == (204, b"")
    assert "Content-Type" not in gone.headers
    api.refused(api.get(f"/invoices/{made['id']}"), 404, 2)
    assert api.call("DELETE", contact).status_code == 204


def test_a_price_sent_as_a_number_is_read_exactly(api):
    contact = api.contact()
    body = (
        '{"contact_id": "%s", "lines": [{"description": "x", "unit_price": "no", "unit_price":'
        ' 0.1, "quantity": 3}]}'
    )

    answer = api.call(
        "POST",
        "/invoices",
        data=body % contact["id"],
        content_type="application/json; charset=UTF-8",
    )

    assert answer.json["data"]["total"] == "0.30"
