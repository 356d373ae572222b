"""What a condition refers to."""

from app.query.references import predicates_of
from app.query.spell import spell
from tests.query.drawer import FIELDS
from tests.query.papers import pairs


def test_every_comparison_is_found_however_deep_it_stands():
    query = spell(FIELDS, pairs("filter=or(total:gt:1,not(oid:eq:2))&status=paid&sort=-date"))

    assert [each.field for each in predicates_of(query.where)] == ["total", "oid", "status"]
    assert list(predicates_of(None)) == []
