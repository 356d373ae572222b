"""`fields` chooses what is shown of each object, `expand` shows whole what is referred to."""

import pytest

from app.api.resources.invoices import INVOICES, LINE
from app.api.resources.showing import WHOLE, showing_of
from app.storage.fetch import _kept_connection


def shown_by(api, made, *, fields=(), expand=()):
    """An invoice as it is shown alone, which is how it is shown in a list."""
    query = "&".join(
        f"{name}={','.join(paths)}"
        for name, paths in (("fields", fields), ("expand", expand))
        if paths
    )
    row = api.data(f"/invoices/{made['id']}?{query}")
    assert api.data(f"/invoices?{query}&id={made['id']}") == [row]
    return row


@pytest.fixture
def invoice(api):
    rate = api.rate("10")
    contact = api.contact(email="ada@b.example", addresses=[{"city": "Perth"}])
    lines = [
        {"description": "Taxed", "unit_price": "10", "tax_rate_id": rate},
        {"description": "Bare", "unit_price": "5"},
    ]
    return api.invoice(contact_id=contact["id"], lines=lines)


@pytest.mark.parametrize(
    ("fields", "shown"),
    [
        (("total",), {"id": 0, "total": 0}),
        (("id",), {"id": 0}),
        (("contact.name", "number"), {"id": 0, "number": 0, "contact": {"name"}}),
        (("contact", "contact.name"), {"id": 0, "contact": {"id", "name"}}),
        (("lines.total", "lines.tax"), {"id": 0, "lines": {"total", "tax"}}),
    ],
)
def test_what_is_chosen_is_shown_in_the_order_of_the_whole(api, invoice, fields, shown):
    row = shown_by(api, invoice, fields=fields)

    assert list(row) == [name for name in invoice if name in shown]
    for name, inner in shown.items():
        if not inner:
            assert row[name] == invoice[name]
            continue
        entries, whole = row[name], invoice[name]
        if isinstance(whole, dict):
            entries, whole = [entries], [whole]
        assert entries == [{part: one[part] for part in inner} for one in whole]


def test_an_expansion_shows_the_whole_and_keeps_what_was_shown(api, invoice):
    row = shown_by(api, invoice, expand=("contact",))
    contact = api.data(f"/contacts/{invoice['contact_id']}")

    assert row == invoice | {"contact": invoice["contact"] | contact}
    assert row["contact"]["name"] == invoice["contact"]["name"]
    assert row["contact"]["addresses"][0]["city"] == "Perth"


def test_an_expansion_inside_a_list_is_null_where_nothing_is_referred_to(api, invoice):
    row = shown_by(api, invoice, expand=("lines.tax_rate",))
    [rate] = api.data("/tax-rates")

    assert [line["tax_rate"] for line in row["lines"]] == [rate, None]
    assert [line | {"tax_rate": None} for line in row["lines"]] == [
        line | {"tax_rate": None} for line in invoice["lines"]
    ]


@pytest.mark.parametrize(
    ("fields", "expand", "shown"),
    [
        (("contact.email",), (), {"contact": {"email"}}),
        (("contact.email",), ("contact",), {"contact": {"email"}}),
        (("lines.total", "lines.tax_rate.rate"), (), {"lines": {"total", "tax_rate"}}),
        (("lines.total",), ("lines.tax_rate",), {"lines": {"total", "tax_rate"}}),
        (("lines",), ("lines.tax_rate",), {"lines": {*LINE.known, "tax_rate"}}),
        (("number",), ("lines.tax_rate",), {"number": None, "lines": {"tax_rate"}}),
    ],
)
def test_fields_reach_into_what_is_expanded(api, invoice, fields, expand, shown):
    row = shown_by(api, invoice, fields=fields, expand=expand)

    assert set(row) == {"id", *shown}
    for name, inner in shown.items():
        if inner is not None:
            entry = row[name][0] if isinstance(row[name], list) else row[name]
            assert set(entry) == inner


def test_each_expansion_is_read_once_for_all_rows(small_api):
    for _ in range(5):
        small_api.invoice()
    connection = _kept_connection(small_api.house.engine)
    reads = []
    for _ in range(2):
        statements = []
        connection.set_trace_callback(statements.append)
        rows = small_api.data("/invoices?expand=contact,lines.tax_rate")
        connection.set_trace_callback(None)
        reads.append(len(statements))

        assert len({row["contact"]["company_name"] for row in rows}) == 5
    # The gate, the heads, the list; the invoices in full; their contacts' keys, then they in
    # full. The second time everything is kept. No line names a tax rate.
    assert reads == [6, 4]


def test_nothing_asked_for_is_everything_shown(api, invoice):
    assert showing_of(INVOICES, fields=(), expand=()) is WHOLE
    assert shown_by(api, invoice) == invoice


def test_a_list_shows_of_each_row_what_was_asked_whatever_was_shown_before(api, invoice):
    api.invoice("7", contact_id=invoice["contact_id"])
    whole = api.data("/invoices?sort=oid")
    for _ in range(2):
        chosen = api.data("/invoices?sort=oid&fields=total,lines.total")
        expanded = api.data("/invoices?sort=oid&expand=contact")

        assert chosen == [
            {
                "id": row["id"],
                "lines": [{"total": line["total"]} for line in row["lines"]],
                "total": row["total"],
            }
            for row in whole
        ]
        assert [row | {"contact": None} for row in expanded] == [
            row | {"contact": None} for row in whole
        ]
        assert {row["contact"]["email"] for row in expanded} == {"ada@b.example"}
        assert api.data("/invoices?sort=oid") == whole


def test_what_is_expanded_is_as_it_is_now(api, invoice):
    path = f"/contacts/{invoice['contact_id']}"
    for email in ("a@b.example", "c@d.example"):
        api.call("PATCH", path, json={"email": email})

        [row] = api.data("/invoices?expand=contact")
        assert row["contact"]["email"] == email
        assert api.data(f"/invoices/{invoice['id']}?expand=contact") == row
        [row] = api.data("/invoices?fields=contact.email")
        assert row == {"id": invoice["id"], "contact": {"email": email}}


def test_what_was_renamed_is_shown_so_in_part_too(api, invoice):
    assert api.data("/invoices?fields=contact.name")[0]["contact"]["name"] == "Company 1"

    api.call("PATCH", f"/contacts/{invoice['contact_id']}", json={"company_name": "Renamed"})

    assert api.data("/invoices?fields=contact.name")[0]["contact"] == {"name": "Renamed"}
