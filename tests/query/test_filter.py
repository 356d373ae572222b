"""The expression of level 2: what it means, and what is said of one that means nothing."""

from typing import NamedTuple
from urllib.parse import parse_qsl

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.kernel.errors import Fault
from app.query.faults import InvalidQuery
from app.query.grammar import And, Limits, Not, Or, Predicate, Span
from app.query.spell import spell
from tests.query.drawer import FIELDS, TIMEZONE


def read(text: str, **how):
    return spell(FIELDS, [("filter", text)], timezone=TIMEZONE, **how).where


def is_(field: str, operator: str, value) -> Predicate:
    return Predicate(field, operator, value)


def faults_of(text: str, **how) -> tuple[Fault, ...]:
    with pytest.raises(InvalidQuery) as refused:
        read(text, **how)
    return refused.value.faults


DRAFT = is_("status", "eq", "draft")
LARGE = is_("total", "gt", 10_000)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("status:eq:draft", DRAFT),
        ("not(status:eq:draft)", Not(DRAFT)),
        ("and(status:eq:draft)", DRAFT),
        ("or(status:eq:draft,total:gt:100)", Or((DRAFT, LARGE))),
        (
            "or(status:eq:draft,and(total:gt:100,date:lt:2026-01-01))",
            Or((DRAFT, And((LARGE, is_("date", "lt", "2026-01-01"))))),
        ),
        (
            "and(status:eq:draft,and(total:gt:100,oid:eq:1))",
            And((DRAFT, LARGE, is_("oid", "eq", 1))),
        ),
        ("or(or(status:eq:draft,total:gt:100),oid:eq:1)", Or((DRAFT, LARGE, is_("oid", "eq", 1)))),
        ("not(or(not(status:eq:draft),total:gt:100))", Not(Or((Not(DRAFT), LARGE)))),
        (" or( status:eq:draft, total:gt:100) ", Or((DRAFT, LARGE))),
        ('or(status:in:(draft) ,total:eq:"1" )', None),
        ("status:in:(draft,open)", is_("status", "in", ("draft", "open"))),
        ("status:notin:(draft,null)", is_("status", "notin", ("draft", None))),
        ('number:in:("a,b",null,"null",c d)', is_("number", "in", ("a,b", None, "null", "c d"))),
        ("number:eq:null", is_("number", "eq", None)),
        ('number:eq:"null"', is_("number", "eq", "null")),
        ("number:eq:", is_("number", "eq", "")),
        ("number:eq:eq:x", is_("number", "eq", "eq:x")),
        ("number:eq:Fish AND chips", is_("number", "eq", "Fish AND chips")),
        ('number:eq:"a \\"b\\" \\\\ (c), d"', is_("number", "eq", 'a "b" \\ (c), d')),
        ("number:starts:INV-", is_("number", "starts", "INV-")),
        ("notes:has:steel bolts", is_("notes", "has", "steel bolts")),
        ("date:eq:2026-Q1", is_("date", "eq", Span("2026-01-01", "2026-04-01"))),
        ("date:in:(2026-Q1,2025-12-31)", None),
        ("sent_at:gte:2026-03-31T11:00:00 02:00", None),
        ("contact.email:eq:a@b.example", is_("contact.email", "eq", "a@b.example")),
    ],
)
def test_an_expression_means_its_tree(text, meant):
    where = read(text)

    assert where is not None
    assert meant is None or where == meant


def test_repeats_and_fields_hold_together():
    pairs = [("filter", "or(status:eq:draft,total:gt:100)"), ("oid", "1"), ("filter", "oid:lt:9")]

    assert spell(FIELDS, pairs).where == And(
        (Or((DRAFT, LARGE)), is_("oid", "eq", 1), is_("oid", "lt", 9))
    )


class Refused(NamedTuple):
    """What is sent, and what the one fault says."""

    text: str
    code: str
    position: int | None
    suggestions: tuple[str, ...] = ()
    fix: str | None = None


TABLE = (
    Refused("", "syntax", 0),
    Refused("x", "syntax", 0),
    Refused("or()", "syntax", 3),
    Refused("status", "syntax", 0),
    Refused("or(shape:eq:round)", "unknown_field", 3),
    Refused("seal:eq:x", "unknown_field", 0),
    Refused("total:gtee:1", "unknown_operator", 6, ("gte", "gt"), "total:gte:1"),
    Refused("total:before:1", "unknown_operator", 6),
    Refused(
        "not(is_taxed:gt:true)",
        "operator_not_allowed",
        13,
        ("eq", "not"),
    ),
    Refused(
        "or(status:eq:drat,oid:eq:1)", "bad_value", 13, ("draft",), "or(status:eq:draft,oid:eq:1)"
    ),
    Refused('status:eq:"drat"', "bad_value", 10, ("draft",), "status:eq:draft"),
    Refused("status:in:(paid,drat)", "bad_value", 16, ("draft",), "status:in:(paid,draft)"),
    Refused("total:eq:NaN", "bad_value", 9),
    Refused("total:gt:null", "bad_value", 9, ("eq:null", "not:null")),
    Refused("status:eq:(draft,open)", "bad_value", 11, ("in",), "status:in:(draft,open)"),
    Refused("status:in:draft", "syntax", 10, (), "status:in:(draft)"),
    Refused("status:in:(draft,)", "syntax", 17, (), "status:in:(draft)"),
    Refused("status:in:()", "syntax", 11),
    Refused("status:in:(draft", "syntax", 10, (), "status:in:(draft)"),
    Refused("oid:in:(1, 2)", "syntax", 10, (), "oid:in:(1,2)"),
    Refused("or(status:eq:draft ,oid:eq:1)", "syntax", 13, (), "or(status:eq:draft,oid:eq:1)"),
    Refused("number:eq: a", "syntax", 10, (), "number:eq:a"),
    Refused("number:eq:Acme (Pty) Ltd", "syntax", 15, (), "number:eq:%22Acme%20(Pty)%20Ltd%22"),
    Refused('number:eq:5" pipe', "syntax", 11, (), "number:eq:%225%5C%22%20pipe%22"),
    Refused('number:eq:"a', "syntax", 10, (), "number:eq:%22%5C%22a%22"),
    Refused('number:eq:"a"b', "syntax", 13),
    Refused("or(status:eq:draft", "syntax", 0, (), "or(status:eq:draft)"),
    Refused("or(status:eq:draft))", "syntax", 19, (), "or(status:eq:draft)"),
    Refused("or(status:eq:draft,)", "syntax", 19),
    Refused("or(status:eq:draft)oid:eq:1", "syntax", 19),
    Refused("status:eq:draft,oid:eq:1", "syntax", 15, (), "and(status:eq:draft,oid:eq:1)"),
    Refused("not(status:eq:draft,oid:eq:1)", "syntax", 0, (), "not(and(status:eq:draft,oid:eq:1))"),
    Refused("OR(status:eq:draft)", "syntax", 0, ("or",), "or(status:eq:draft)"),
    Refused("annd(status:eq:draft)", "syntax", 0, ("and",), "and(status:eq:draft)"),
    Refused("xyz(status:eq:draft)", "syntax", 0),
    Refused("status:draft", "syntax", 0, ("eq",), "status:eq:draft"),
    Refused("or(status=draft)", "syntax", 3, ("eq",), "or(status:eq:draft)"),
    Refused("total >= 100", "syntax", 0, ("gte",), "total:gte:100"),
    Refused("total != 100", "syntax", 0, ("not",), "total:not:100"),
    Refused("not(not(not(not(oid:eq:1))))", "too_deep", 12),
    Refused("and(or(and(or(oid:eq:1))))", "too_deep", 11),
    Refused("and(" + ",".join(["oid:eq:1"] * 21) + ")", "too_many", 4 + 20 * 9),
    Refused("oid:in:(" + ",".join("1" * 101) + ")", "list_too_long", 208),
)


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.text[:40])
def test_a_fault_says_what_is_wrong_where_and_what_would_be_right(row: Refused):
    (fault,) = faults_of(row.text)

    assert (fault.code, fault.parameter, fault.position) == (row.code, "filter", row.position)
    assert fault.suggestions == row.suggestions
    assert fault.fix == (None if row.fix is None else f"filter={row.fix}")
    assert fault.detail


def test_the_designs_example_is_answered_as_the_design_says():
    (fault,) = faults_of("or(statsu:eq:draft)")

    assert (fault.code, fault.parameter, fault.position) == ("unknown_field", "filter", 3)
    assert fault.field == "statsu"
    assert fault.suggestions[0] == "status"
    assert fault.detail == "paper has no filterable field 'statsu'"
    assert fault.fix == "filter=or(status:eq:draft)"


def test_every_fault_of_an_expression_is_told_at_once():
    faults = faults_of(
        "and(statsu:eq:draft,total:gtee:1,status:in:(opn,x),not(date:gt:null),oid:eq:y)"
    )

    assert [(fault.code, fault.position) for fault in faults] == [
        ("unknown_field", 4),
        ("unknown_operator", 26),
        ("bad_value", 44),
        ("bad_value", 48),
        ("bad_value", 63),
        ("bad_value", 76),
    ]


def test_the_fix_of_one_fault_mends_the_others_where_it_can():
    faults = faults_of("and(statsu:eq:drat,total:gtee:1)")

    assert {fault.fix for fault in faults} == {"filter=and(status:eq:draft,total:gte:1)"}


def test_twenty_comparisons_are_counted_over_all_parameters():
    pairs = [("oid", "gt:1 AND lt:9"), ("filter", "and(" + ",".join(["oid:eq:1"] * 18) + ")")]
    assert spell(FIELDS, pairs).where is not None

    with pytest.raises(InvalidQuery) as refused:
        spell(FIELDS, [*pairs, ("filter", "oid:eq:1")])

    (fault,) = refused.value.faults
    assert (fault.code, fault.parameter, fault.position) == ("too_many", "filter", 0)


@pytest.mark.parametrize("deep", [400, 5_000, 500_000])
def test_any_depth_is_refused_without_following_it(deep):
    (fault,) = faults_of("not(" * deep)
    (unbounded,) = faults_of("not(" * deep, limits=Limits(value_characters_max=10**9))

    assert fault.code == ("too_deep" if deep == 400 else "bad_value")
    assert (unbounded.code, unbounded.position) == ("too_deep", 12)
    assert len(fault.detail) < 200


def test_a_surface_may_allow_another_depth():
    nested = "not(not(not(not(oid:eq:1))))"

    assert read(nested, limits=Limits(nesting_max=4)) is not None
    assert faults_of("not(oid:eq:1)", limits=Limits(nesting_max=0))[0].code == "too_deep"


SOAK_TIMEOUT_S = 3_600
MARKS = ["and(", "or(", "not(", ")", ",", ":", "(", '"', "\\", " ", "=", ">=", "AND(", "null", "é"]
WHOLE = ["status:eq:draft", "total:gt:1", "statsu:eq:x", "status:in:(draft,opn)", "date:gt:null"]
PARTS = ["status:", "eq:", "in:", "draft", "oid:eq:", "number:eq:", "2026-Q1", "\ud800", "\0", "x"]
SCRAPS = st.sampled_from([*MARKS, *WHOLE, *PARTS])


@pytest.mark.soak
@pytest.mark.timeout(SOAK_TIMEOUT_S)
@settings(max_examples=max(600, settings.default.max_examples))
@given(st.one_of(st.text(max_size=60), st.lists(SCRAPS, max_size=12).map("".join)))
@example("and(" + ",".join(["statsu:eq:x"] * 20) + ")")
@example("and(" * 3 + ",".join(f"status:in:({','.join('x' * 90)})" for _ in range(9)) + ")))")
def test_any_text_is_a_condition_or_is_told_what_is_wrong(text):
    try:
        assert read(text) is not None
    except InvalidQuery as refused:
        for fault in refused.faults:
            assert fault.position is None or 0 <= fault.position <= len(text)
            for told in (fault.code, fault.detail, fault.field, fault.fix):
                (told or "").encode()
            if fault.fix is not None:
                spell(FIELDS, parse_qsl(fault.fix, keep_blank_values=True), timezone=TIMEZONE)
