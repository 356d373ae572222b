"""What was most likely meant: no fix means something else, and none that is obvious is missing."""

import json

import pytest

from app.query.faults import InvalidQuery
from app.query.grammar import Predicate
from app.query.spell import spell
from app.query.tree import read_tree
from app.query.write import written
from tests.query.drawer import FIELDS, TIMEZONE
from tests.query.test_faults import faults_of

# What is sent, the code of its first fault, and its fix.
TABLE = (
    (("status", "!draft"), "bad_value", "status=not:draft"),
    (("status", "undraft"), "bad_value", None),
    (("status", "DRAFT"), "bad_value", "status=draft"),
    (("status", "gt:paid"), "operator_not_allowed", None),
    (("status", "in:draft,!open"), "bad_value", None),
    (("status", "draft OR open"), "bad_value", "status=in:draft,open"),
    (("status", "draft AND open"), "bad_value", None),
    (("sort", "date:desc"), "syntax", "sort=-date"),
    (("sort", "date desc"), "syntax", "sort=-date"),
    (("sort", "date DESC,oid"), "syntax", "sort=-date,oid"),
    (("sort", "date:asc"), "syntax", "sort=date"),
    (("sort", "date asc"), "syntax", "sort=date"),
    (("sort", "-date asc"), "syntax", None),
    (("sort", "oid,shoe"), "unknown_field", None),
    (("sort", "shoe,glove,oid"), "unknown_field", None),
    (("fields", "-lines"), "unknown_field", None),
    (("fields", "-total"), "unknown_field", None),
    (("fields", "!total,idd"), "unknown_field", None),
    (("fields", "id,shoe"), "unknown_field", None),
    (("total", "1,320.00"), "bad_value", "total=1320.00"),
    (("total", "gte:1,320.00"), "bad_value", "total=gte:1320.00"),
    (("total", "1,320"), "bad_value", None),
    (("total", "1,2"), "bad_value", "total=in:1,2"),
    (("total", "5,1,320.00"), "bad_value", None),
    (("total", ">100"), "bad_value", "total=gt:100"),
    (("total", "<=5"), "bad_value", "total=lte:5"),
    (("total", "!=5"), "bad_value", "total=not:5"),
    (("total>100", ""), "unknown_parameter", "total=gt:100"),
    (("total>", "100"), "unknown_parameter", "total=gte:100"),
    (("total!", "100"), "unknown_parameter", "total=not:100"),
    (("total>x", ""), "unknown_parameter", None),
    (("date", "2026/01/01"), "bad_value", "date=2026-01-01"),
    (("date", "gte:2026/1/1"), "bad_value", "date=gte:2026-01-01"),
    (("date", "2026/13/01"), "bad_value", None),
    (("sent_at", "gt:2026-11-21 03:00:00"), "bad_value", "sent_at=gt:2026-11-21T03:00:00Z"),
    (("sent_at", "2026-11-21 03:00:00Z"), "bad_value", "sent_at=2026-11-21T03:00:00Z"),
    (
        ("date", "between:2026-01-01,2026-02-01"),
        "unknown_operator",
        "date=gte:2026-01-01%20AND%20lte:2026-02-01",
    ),
    (("date", "between:2026-01-01,x"), "unknown_operator", None),
    (("number", "contains:ook"), "unknown_operator", "number=starts:ook"),
    (("notes", "contains:steel"), "unknown_operator", "notes=has:steel"),
    (("number", "like:Kook%"), "unknown_operator", "number=starts:Kook"),
    (("number", "like:%ook%"), "unknown_operator", None),
    (("number", "is:null"), "unknown_operator", "number=eq:null"),
    (("number", "ne:a"), "unknown_operator", "number=not:a"),
    (("number", "ge:a"), "unknown_operator", "number=gte:a"),
    (("number", "nin:a,b"), "unknown_operator", "number=notin:a,b"),
    (("number", "endswith:a"), "unknown_operator", None),
    (("number", "has:kook"), "operator_not_allowed", "number=starts:kook"),
    (("number[contains]", "ook"), "unknown_operator", "number[starts]=ook"),
    (("number[like]", "%ook"), "unknown_operator", None),
    (("total[equals]", "5"), "unknown_operator", "total[eq]=5"),
    (("number", "gte:"), "bad_value", "number=gte:%22%22"),
    (("number", "not:"), "bad_value", "number=not:%22%22"),
    (("filter", "number:contains:ook"), "unknown_operator", "filter=number:starts:ook"),
    (("filter", "number:like:%ook%"), "unknown_operator", None),
    (
        ("filter", "status:eq:draft AND total:gt:100"),
        "syntax",
        "filter=and(status:eq:draft,total:gt:100)",
    ),
    (
        ("filter", "number:eq:a OR total:gt:100"),
        "syntax",
        "filter=or(number:eq:a,total:gt:100)",
    ),
    (("filter", "number:eq:a OR total:gt:1 AND oid:eq:1"), "syntax", None),
    (("due_date", "lt:null"), "bad_value", None),
)


@pytest.mark.parametrize(("sent", "code", "fix"), TABLE, ids=lambda part: str(part)[:60])
def test_a_fix_means_what_was_meant_or_is_not_given(sent, code, fix):
    with pytest.raises(InvalidQuery) as refused:
        spell(FIELDS, [sent], timezone=TIMEZONE)

    told = refused.value.faults[0]
    assert (told.code, told.fix) == (code, fix)


@pytest.mark.parametrize(
    "text", ["Note: paid", "Kook: sons", "a contains:b", '"contains:ook"', 'eq:"like:a%"', ""]
)
def test_other_words_before_a_colon_and_quoted_ones_are_text(text):
    assert spell(FIELDS, [("number", text)], timezone=TIMEZONE).where is not None


def test_whoever_meant_text_is_told_how_it_is_written():
    (fault,) = faults_of("number=contains:ook")

    assert 'eq:"contains:ook"' in fault.detail


def test_empty_text_behind_an_operator_is_told_how_it_is_written():
    (fault,) = faults_of("number=gte:")

    assert 'write "" for empty text' in fault.detail


def test_an_operator_that_a_field_does_not_take_is_told_in_a_sentence():
    (fault,) = faults_of("status=starts:dra")

    assert fault.detail == "status takes eq, not, in and notin; starts is not among them"


def test_a_thousands_comma_that_may_be_a_list_is_offered_both_ways():
    (fault,) = faults_of("total=1,320")

    assert fault.suggestions == ("1320", "in:1,320")


@pytest.mark.parametrize(
    ("leaf", "fix"),
    [
        ({"field": "total", "op": "equals", "value": "5"}, "eq"),
        ({"field": "total", "op": ">=", "value": "5"}, "gte"),
        ({"field": "number", "op": "like", "value": "%a"}, None),
        ({"field": "status", "op": "gt", "value": "paid"}, None),
    ],
)
def test_the_operators_of_others_are_known_in_a_body_too(leaf, fix):
    with pytest.raises(InvalidQuery) as refused:
        read_tree(FIELDS, {"filter": leaf}, timezone=TIMEZONE)

    (fault,) = refused.value.faults
    assert fault.fix == (None if fix is None else json.dumps(fix))


def test_what_a_condition_lacks_is_told_in_a_sentence():
    with pytest.raises(InvalidQuery) as refused:
        read_tree(FIELDS, {"filter": {}}, timezone=TIMEZONE)

    assert refused.value.faults[0].detail.endswith("field, op and value are missing")


def test_a_body_that_is_a_list_is_refused_once():
    with pytest.raises(InvalidQuery) as refused:
        read_tree(FIELDS, [], timezone=TIMEZONE)

    assert len(refused.value.faults) == 1


def test_text_that_looks_like_a_further_comparison_is_written_so_that_it_reads():
    text = "Fish AND total:gt:1"
    meant = Predicate("number", "eq", text)

    assert spell(FIELDS, [("filter", written(meant, FIELDS))]).where == meant
