"""A list of values is as long as it may be: it is one parameter, whatever its type and length."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from app.api.surfaces.v1 import V1
from app.query.grammar import LIMITS

LENGTHS = (1, 100, 101, LIMITS.posted_list_values_max)
START = datetime(2025, 1, 1, tzinfo=UTC)
# What the n-th value of each list is; every other second or month, so that none touches the next.
INVOICE_VALUES = {
    "number": lambda place: f"INV-{place:04d}",
    "oid": lambda place: place + 1,
    "id": lambda place: f"inv_{place:026d}",
    "contact.name": lambda place: f"Company {place}",
    "lines.item_id": lambda place: f"itm_{place:026d}",
    "total": lambda place: f"{place}.00",
    "amount_due": lambda place: f"{Decimal(place * 10 + 1).scaleb(-5):f}",
    "date": lambda place: (START + timedelta(days=place)).date().isoformat(),
    "due_date": lambda place: f"{1000 + place // 6:04d}-{place % 6 * 2 + 1:02d}",
    "created_at": lambda place: f"{START + timedelta(seconds=2 * place):%Y-%m-%dT%H:%M:%SZ}",
    "updated_at": lambda place: f"{1000 + place // 6:04d}-{place % 6 * 2 + 1:02d}",
}
CONTACT_VALUES = {name: INVOICE_VALUES[name] for name in ("oid", "created_at", "updated_at")} | {
    "name": INVOICE_VALUES["contact.name"],
    "email": lambda place: f"a{place}@example.com",
}


def comparisons(fields, values):
    """Every field of the resource that has a list here, with both operators and each length."""
    return [
        {"field": name, "op": operator, "value": [of(place) for place in range(length)]}
        for name, of in values.items()
        if name in fields
        for operator in ("in", "notin")
        for length in LENGTHS
    ]


@pytest.mark.parametrize(
    ("path", "values"), [("invoices", INVOICE_VALUES), ("contacts", CONTACT_VALUES)]
)
def test_a_list_of_each_type_may_have_as_many_values_as_is_said(api, path, values):
    api.invoice("1")
    (resource,) = [each for each in V1.resources if each.name == path]
    asked = comparisons(resource.listing.fields.by_name, values)

    told = {}
    for one in asked:
        answer = api.call("POST", f"/{path}/query", json={"filter": one})
        told[one["field"], one["op"], len(one["value"])] = answer.status_code

    assert {name: status for name, status in told.items() if status != 200} == {}
    assert {name for name, _, _ in told} == values.keys()


def test_a_list_finds_what_is_in_it_and_leaves_out_what_is_not(api):
    ids = [api.invoice("1", date="2025-03-01")["id"], api.invoice("2", date="2025-03-02")["id"]]
    months = [f"{1000 + place:04d}-03" for place in range(1, 1_000)]

    def found(op, *more):
        one = {"field": "date", "op": op, "value": [*months, *more]}
        answer = api.call("POST", "/invoices/query", json={"filter": one, "sort": "id"})
        return [each["id"] for each in answer.json["data"]]

    assert (found("in"), found("notin")) == ([], ids)
    assert (found("in", "2025-03-02"), found("notin", "2025-03-02")) == (ids[1:], ids[:1])
    months.pop()
    assert (found("in", "2025-03"), found("notin", "2025-03")) == (ids, [])
