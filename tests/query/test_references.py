"""What a query refers to, and the scopes which that needs."""

from dataclasses import replace

import pytest

from app.query.references import fields_of, predicates_of, scopes_of
from app.query.spell import spell
from tests.query.drawer import FIELDS
from tests.query.papers import pairs

CONTACTS = {"contacts:read"}


@pytest.mark.parametrize(
    ("text", "scopes"),
    [
        ("", set()),
        ("total=1&sort=-total&fields=id,total", set()),
        ("contact.email=a", CONTACTS),
        ("contact.email=not:null", CONTACTS),
        ("filter=or(total:gt:1,not(contact.email:eq:a))", CONTACTS),
        ("sort=seal", {"seals"}),
        ("fields=contact.email", CONTACTS),
        ("fields=contact.phone", CONTACTS),
        ("fields=lines.total", set()),
        ("expand=contact", CONTACTS),
        ("expand=lines.tax_rate", set()),
        ("expand=contact&sort=seal", {"contacts:read", "seals"}),
        ("q=acme", set()),
    ],
)
def test_every_reference_to_a_field_needs_what_showing_it_would(text, scopes):
    assert scopes_of(spell(FIELDS, pairs(text)), FIELDS) == scopes


def test_a_search_needs_what_all_the_fields_it_covers_do():
    covering = replace(FIELDS, search=replace(FIELDS.search, covers=("number", "contact.email")))

    assert scopes_of(spell(covering, [("q", "acme")]), covering) == CONTACTS


def test_the_fields_of_a_query_are_those_of_its_filter_and_its_sort():
    query = spell(FIELDS, pairs("filter=or(total:gt:1,not(oid:eq:2))&status=paid&sort=-date"))

    assert fields_of(query) == {"total", "oid", "status", "date"}
    assert [each.field for each in predicates_of(query.where)] == ["total", "oid", "status"]
