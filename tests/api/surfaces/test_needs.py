"""Which scopes a question needs: each reference to a field needs what showing it would."""

import pytest

from app.api.resources.invoices import INVOICES
from app.api.resources.showing import showing_of
from app.api.surfaces.needs import needs_of
from app.query.spell import spell
from tests.query.papers import pairs

CONTACTS = {"contacts:read"}


@pytest.mark.parametrize(
    ("text", "scopes"),
    [
        ("", set()),
        ("total=1&sort=-total&fields=id,total", set()),
        ("contact.name=a&fields=contact.name", set()),
        ("contact.email=a", CONTACTS),
        ("contact.email=not:null", CONTACTS),
        ("filter=or(total:gt:1,not(contact.email:eq:a))", CONTACTS),
        ("fields=contact.email", CONTACTS),
        ("fields=contact.phone", CONTACTS),
        ("fields=lines.total", set()),
        ("expand=contact", CONTACTS),
        ("expand=lines.tax_rate", set()),
        ("q=acme", set()),
    ],
)
def test_a_question_needs_the_scopes_of_all_that_it_refers_to(text, scopes):
    query = spell(INVOICES.listing.fields, pairs(text))
    showing = showing_of(INVOICES, fields=query.fields, expand=query.expand)

    assert {need.scope for need in needs_of(INVOICES, query, showing)} == scopes
