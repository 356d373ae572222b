"""Every way a query can be wrong: its code, its place, and the query that would be right."""

from typing import NamedTuple

import pytest

from app.kernel.errors import Fault
from app.query.faults import InvalidQuery
from app.query.spell import spell
from tests.query.drawer import BARE, FIELDS, TIMEZONE
from tests.query.papers import pairs


class Refused(NamedTuple):
    """What is sent, and what the one fault says."""

    text: str
    code: str
    parameter: str
    position: int | None = None
    suggestions: tuple[str, ...] = ()
    fix: str | None = None


NAMED = ("eq", "not", "in", "notin")
CLAIMED = ("eq", "not")
NOTES = ("eq", "not", "has")
LONG = "x" * 2_001
TWENTY_ONE = "eq:1" + " OR eq:1" * 20

TABLE = (
    Refused("statuss=paid", "unknown_parameter", "statuss", None, ("status",), "status=paid"),
    Refused("statuss=payd", "unknown_parameter", "statuss", None, ("status",), "status=paid"),
    Refused("Total=1", "unknown_parameter", "Total", None, ("total",), "total=1"),
    Refused("colour=red", "unknown_parameter", "colour"),
    Refused("select=id", "unknown_parameter", "select", None, ("fields",), "fields=id"),
    Refused("search=x", "unknown_parameter", "search", None, ("q",), "q=x"),
    Refused("q=", "bad_value", "q", 0),
    Refused("q=---", "bad_value", "q", 0),
    Refused("q=a\0", "bad_value", "q", 0),
    Refused("q=a b c d e f g h i", "bad_value", "q", 0),
    Refused(f"q={'x' * 65}", "bad_value", "q", 0),
    Refused("q=a&q=b", "too_many", "q"),
    Refused("fields=id,totl", "unknown_field", "fields", 3, ("total",), "fields=id,total"),
    Refused("fields=id,,total", "syntax", "fields", 3, (), "fields=id,total"),
    Refused("fields=", "syntax", "fields", 0),
    Refused("expand=contacts", "unknown_field", "expand", 0, ("contact",), "expand=contact"),
    Refused("expand=contact.email", "unknown_field", "expand", 0, ("contact",), "expand=contact"),
    Refused("explain=yes", "bad_value", "explain", 0, ("plan",), "explain=plan"),
    Refused("explain=plan&explain=plan", "too_many", "explain"),
    Refused("totl[gt]=1", "unknown_field", "totl[gt]", None, ("total",), "total[gt]=1"),
    Refused("limit[gt]=1", "unknown_field", "limit[gt]"),
    Refused("sort=-totl", "unknown_field", "sort", 0, ("total",), "sort=-total"),
    Refused("sort=oid,shoe", "unknown_field", "sort", 4),
    Refused("sort=oid,,total", "syntax", "sort", 4, (), "sort=oid,total"),
    Refused("sort=", "syntax", "sort", 0),
    Refused("sort=-created_at", "not_sortable", "sort", 0),
    Refused("sort=oid,notes", "not_sortable", "sort", 4),
    Refused("sort=oid,-oid", "duplicate_sort", "sort", 4, (), "sort=oid"),
    Refused("sort=oid,total,date,id", "too_many", "sort", 15),
    Refused(
        "total[gtee]=1", "unknown_operator", "total[gtee]", None, ("gte", "gt"), "total[gte]=1"
    ),
    Refused("total=gtee:1", "unknown_operator", "total", 0, ("gte", "gt"), "total=gte:1"),
    Refused("total=before:1", "unknown_operator", "total", 0),
    Refused("status=gt:paid", "operator_not_allowed", "status", 0, NAMED),
    Refused("status[gt]=paid", "operator_not_allowed", "status[gt]", 0, NAMED),
    Refused(
        "notes=eq:a OR starts:b",
        "operator_not_allowed",
        "notes",
        8,
        NOTES,
    ),
    Refused("is_taxed=in:true", "operator_not_allowed", "is_taxed", 0, CLAIMED, "is_taxed=eq:true"),
    Refused("is_taxed=in:true,false", "operator_not_allowed", "is_taxed", 0, CLAIMED),
    Refused("seal=x", "operator_not_allowed", "seal", 0),
    Refused(
        "status=draft,open",
        "bad_value",
        "status",
        0,
        ("in:draft,open",),
        "status=in:draft,open",
    ),
    Refused("status=in:draft,opn", "bad_value", "status", 9, ("open",), "status=in:draft,open"),
    Refused(
        "status[in]=draft,opn", "bad_value", "status[in]", 6, ("open",), "status[in]=draft,open"
    ),
    Refused("total=in:1,x", "bad_value", "total", 5),
    Refused("total=in:1,,2", "syntax", "total", 5, (), "total=in:1,2"),
    Refused("total=in:1,", "syntax", "total", 5, (), "total=in:1"),
    Refused("total=in:", "syntax", "total", 3),
    Refused("total=in:()", "syntax", "total", 4),
    Refused("total=in:(1,2", "syntax", "total", 3, (), "total=in:(1,2)"),
    Refused("total=in:1, 2", "syntax", "total", 5, (), "total=in:1,2"),
    Refused("number=in:a(b),c", "syntax", "number", 4, (), "number=in:%22a(b)%22,c"),
    Refused("number[in]=(a)b", "syntax", "number[in]", 3, (), "number[in]=%22(a)b%22"),
    Refused(f"total=in:{'1,' * 100}1", "list_too_long", "total", 203),
    Refused("notes=has:---", "bad_value", "notes", 4),
    Refused("notes=has:null", "bad_value", "notes", 4, ("eq:null", "not:null")),
    Refused("words=has:null", "bad_value", "words", 4),
    Refused("words=steel", "operator_not_allowed", "words", 0, ("has",), "words=has:steel"),
    Refused("number=starts:null", "bad_value", "number", 7, ("eq:null", "not:null")),
    Refused("status=payd", "bad_value", "status", 0, ("paid",), "status=paid"),
    Refused("status=eq:open OR eq:x", "bad_value", "status", 14),
    Refused("is_taxed=yes", "bad_value", "is_taxed", 0),
    Refused("is_taxed=True", "bad_value", "is_taxed", 0, ("true",), "is_taxed=true"),
    Refused("total=gte:1e3", "bad_value", "total", 4),
    Refused("total=NaN", "bad_value", "total", 0),
    Refused("total=1_000", "bad_value", "total", 0),
    Refused("total= 1", "bad_value", "total", 0),
    Refused("total=1.", "bad_value", "total", 0),
    Refused("total=1.0000000", "bad_value", "total", 0),
    Refused("total=1\n", "bad_value", "total", 0),
    Refused("total=٣", "bad_value", "total", 0),
    Refused("total=", "bad_value", "total", 0),
    Refused("oid=1.5", "bad_value", "oid", 0),
    Refused("oid=9999999999999999999", "bad_value", "oid", 0),
    Refused("id=inv_01HQXK9ZZZZZZZZZZZZZZZZZZZ", "bad_value", "id", 0),
    Refused("date=2026-02-30", "bad_value", "date", 0),
    Refused("date=20260203", "bad_value", "date", 0),
    Refused("date=2026-Q5", "bad_value", "date", 0),
    Refused("date=0000-01-01", "bad_value", "date", 0),
    Refused("date=gte:2026-01-01 AND 2026-02-01", "bad_value", "date", 4),
    Refused("sent_at=2026-01-01T00:00:00", "bad_value", "sent_at", 0),
    Refused("sent_at=2026-01-01T25:00:00Z", "bad_value", "sent_at", 0),
    Refused("number=a\0b", "bad_value", "number", 0),
    Refused("number=\ud800", "bad_value", "number", 0),
    Refused(f"number={'x' * 501}", "bad_value", "number", 0),
    Refused(f"number={LONG}", "bad_value", "number"),
    Refused("due_date=lt:null", "bad_value", "due_date", 3, ("eq:null", "not:null")),
    Refused('due_date="null"', "bad_value", "due_date", 0),
    Refused('number=eq:"a', "syntax", "number", 3, (), "number=eq:%22%5C%22a%22"),
    Refused('number="a"b', "syntax", "number", 3, (), "number=%22%5C%22a%5C%22b%22"),
    Refused('number[gt]="a" ', "syntax", "number[gt]", 3, (), "number[gt]=%22%5C%22a%5C%22%20%22"),
    Refused('date="2026', "syntax", "date", 0),
    Refused(f"oid={TWENTY_ONE}", "too_many", "oid", len(TWENTY_ONE) - len("eq:1")),
    Refused("&".join(["oid=1"] * 21), "too_many", "oid", 0),
    Refused("limit=5&limit=6", "too_many", "limit"),
    Refused("limit=0", "bad_value", "limit", 0, (), "limit=1"),
    Refused("limit=201", "bad_value", "limit", 0, (), "limit=200"),
    Refused("limit=-1", "bad_value", "limit", 0),
    Refused("limit=ten", "bad_value", "limit", 0),
    Refused("offset=-1", "bad_value", "offset", 0),
    Refused("page=0", "bad_value", "page", 0, (), "page=1"),
    Refused("per_page=0", "bad_value", "per_page", 0, (), "per_page=1"),
    Refused("per_page=201", "bad_value", "per_page", 0, (), "per_page=200"),
    Refused("count=all", "bad_value", "count", 0),
    Refused("count=exat", "bad_value", "count", 0, ("exact",), "count=exact"),
    Refused("page=1&limit=10", "bad_value", "limit", None, ("per_page",), "per_page=10"),
    Refused("page=1&offset=10", "bad_value", "offset"),
    Refused(f"page=1&cursor={'x' * 60}", "bad_value", "cursor"),
    Refused("per_page=10&offset=10", "bad_value", "per_page", None, ("limit",), "limit=10"),
    Refused("per_page=10&limit=10", "bad_value", "limit"),
    Refused(f"offset=0&cursor={'x' * 60}", "bad_value", "cursor"),
    Refused("cursor=", "cursor_invalid", "cursor", 0),
    Refused("cursor=a b", "cursor_invalid", "cursor", 0),
    Refused("offset=9951", "offset_too_deep", "offset", 0, ("cursor",), "limit=50"),
    Refused("page=101&per_page=100", "offset_too_deep", "page", 0, ("cursor",), "limit=100"),
    Refused("offset=999999999999999", "offset_too_deep", "offset", 0, ("cursor",), "limit=50"),
)


def faults_of(text: str) -> tuple[Fault, ...]:
    with pytest.raises(InvalidQuery) as refused:
        spell(FIELDS, pairs(text), timezone=TIMEZONE)
    return refused.value.faults


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.text[:40].encode("unicode_escape"))
def test_a_fault_says_what_is_wrong_where_and_what_would_be_right(row: Refused):
    (fault,) = faults_of(row.text)

    assert (fault.code, fault.parameter, fault.position) == (row.code, row.parameter, row.position)
    assert fault.suggestions == row.suggestions
    assert fault.fix == row.fix
    assert fault.detail


@pytest.mark.parametrize("text", ["q=x", "fields=id", "expand=contact"])
def test_what_a_resource_does_not_offer_is_refused_and_not_ignored(text):
    with pytest.raises(InvalidQuery) as refused:
        spell(BARE, pairs(text))

    (fault,) = refused.value.faults
    assert (fault.code, fault.parameter) == ("unknown_parameter", text.partition("=")[0])


def test_several_bad_values_of_a_list_are_told_together():
    faults = faults_of("status=in:opn,x,paid,drat")

    assert [(fault.position, fault.suggestions) for fault in faults] == [
        (3, ("open",)),
        (7, ()),
        (14, ("draft",)),
    ]


def test_a_fix_mends_the_other_faults_of_its_parameter_too_where_it_can():
    first, second = faults_of("status=in:opn,drat")

    assert first.fix == second.fix == "status=in:open,draft"


def test_every_fault_is_told_at_once():
    faults = faults_of(
        "statuss=paid&total=gte:x AND lt:y&sort=-idd,oid,oid&limit=0&filter=a&count=z"
    )

    assert [(fault.code, fault.parameter) for fault in faults] == [
        ("unknown_parameter", "statuss"),
        ("bad_value", "total"),
        ("bad_value", "total"),
        ("unknown_field", "sort"),
        ("duplicate_sort", "sort"),
        ("syntax", "filter"),
        ("bad_value", "count"),
        ("bad_value", "limit"),
    ]


def test_an_invalid_query_is_a_fact_of_the_published_table():
    with pytest.raises(InvalidQuery) as refused:
        spell(FIELDS, pairs("colour=red&shape=round"))

    assert (refused.value.kind, refused.value.code, refused.value.number) == (
        "rule",
        "invalid_query",
        3,
    )
    assert refused.value.message.endswith("(and 1 more)")


def test_strangers_text_is_repeated_in_part_only():
    (fault,) = faults_of(f"{'a' * 5_000}=1")

    assert len(fault.detail) < 200
    assert len(fault.parameter) < 100


def test_no_more_parameters_are_read_than_a_query_may_have():
    faults = faults_of("&".join(f"x{number}=1" for number in range(5_000)))

    assert len(faults) == 101
    assert faults[-1].code == "too_many"
