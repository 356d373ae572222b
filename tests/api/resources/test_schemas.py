"""The published schemas and the reading of bodies refuse the same things, at the same places."""

import re
from decimal import Decimal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from app.api.resources.contacts import CONTACT, CONTACTS
from app.api.resources.invoices import INVOICE, INVOICES
from app.api.resources.read import Reading, read_given
from app.api.resources.refused import places_refused
from app.api.resources.resource import Many
from app.api.resources.schemas import (
    components,
    nullable_of,
    read_as,
    schema_of,
    sent_forms,
    shown_form,
)
from app.api.resources.tax_rates import TAX_RATE, TAX_RATES
from app.kernel.errors import Invalid
from tests.factories.bodies import NEEDED, bodies, odd
from tests.factories.schemas import judge

SENT = (CONTACT, INVOICE)


@pytest.mark.parametrize("is_new", [True, False], ids=["create", "change"])
@pytest.mark.parametrize("shape", SENT, ids=["contact", "invoice"])
@given(data=st.data())
def test_what_the_schema_refuses_is_refused_and_nothing_else(shape, is_new, data):
    sent = data.draw(bodies(shape) | odd)
    forms = sent_forms(shape)
    form = forms.create if is_new else forms.change
    empty = {name: [] for name in ("addresses", "contacts", "lines")}
    reading = Reading()

    read_given(shape, sent, current=None if is_new else empty, reading=reading)

    name = form.__name__
    refused = judge(components([form]), name, sent)
    # Null where a value is needed is told by the acts, as if nothing had been sent.
    absent = {place for place, value in refused.items() if value is None and NEEDED.search(place)}
    assert told(reading) == refused.keys() - absent


def told(reading: Reading) -> set[str]:
    try:
        reading.faults.raise_any()
    except Invalid as error:
        return {fault.pointer for fault in error.faults}
    return set()


@pytest.mark.parametrize("shape", SENT, ids=["contact", "invoice"])
@given(data=st.data())
def test_what_is_read_at_once_is_what_the_kinds_read_one_by_one(shape, data):
    sent = data.draw(bodies(shape))
    form = sent_forms(shape).change
    try:
        read_as(form, sent)
    except msgspec.ValidationError:
        return

    assert places_refused(form, sent) == {}
    at_once = read_given(shape, sent, current=None, reading=Reading())
    for declared in shape.shown:
        value = sent.get(declared.name)
        if value is not None and not isinstance(declared, Many):
            assert getattr(at_once, declared.name) == declared.kind.read(value)


@pytest.mark.parametrize("sent", ["NaN", "Infinity", "1_000", " 1", "1e3", Decimal("1E+3"), "1\n"])
def test_a_decimal_has_no_holes(sent):
    body = {"description": "x", "unit_price": sent}

    assert set(places_refused(sent_forms(INVOICE).create, {"lines": [body]})) == {
        "/lines/0/unit_price"
    }
    with pytest.raises(msgspec.ValidationError):
        read_as(sent_forms(INVOICE).create, {"contact_id": "", "lines": [body]})


def test_null_is_shown_only_where_the_record_may_lack_a_value():
    assert nullable_of(INVOICE) == {"number", "reference", "notes", "sent_at", "viewed_at"}
    assert nullable_of(TAX_RATE) == {"valid_from", "valid_to"}
    assert {"type", "status", "addresses"}.isdisjoint(nullable_of(CONTACT))


def test_what_nothing_new_can_be_without_is_required_of_what_is_made_and_never_null():
    create, change = sent_forms(INVOICE).create, sent_forms(INVOICE).change

    assert set(schema_of(create)["$defs"]["InvoiceCreate"]["required"]) == {"contact_id", "lines"}
    assert schema_of(change)["$defs"]["InvoiceChange"].get("required", []) == []
    assert "/contact_id" in places_refused(change, {"contact_id": None})


def test_moments_and_days_are_told_as_such_and_patterns_as_others_read_them():
    shown = components([shown_form(INVOICES)])["Invoice"]["properties"]

    assert shown["created_at"]["format"] == "date-time"
    assert shown["date"]["format"] == "date"
    assert shown["sent_at"]["type"] == ["string", "null"]
    assert shown["total"]["type"] == "string"
    assert not re.search(r"\\Z|\(\?P|\(\?[aimsux]", str(components([sent_forms(INVOICE).create])))
    for schema in components(
        [shown_form(one, is_part=True) for one in (CONTACTS, INVOICES, TAX_RATES)]
    ).values():
        Draft202012Validator.check_schema(schema)
