"""The grammar of level 1, from parameters to the query that was meant."""

from urllib.parse import parse_qsl

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.kernel.errors import Fault
from app.query.faults import InvalidQuery
from app.query.grammar import (
    SERVED_PARAMETERS,
    And,
    Limits,
    Or,
    Order,
    PageRequest,
    Predicate,
    Query,
    Span,
)
from app.query.spell import spell
from tests.query.drawer import FIELDS, TIMEZONE
from tests.query.papers import pairs


def read(text: str, **how) -> Query:
    return spell(FIELDS, pairs(text), **how)


def is_(field: str, operator: str, value) -> Predicate:
    return Predicate(field, operator, value)


def test_nothing_asked_is_the_default_sort_and_the_first_page():
    assert read("") == Query(None, (Order("date", True),), PageRequest("cursor", 50), "none")


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("status=paid", is_("status", "eq", "paid")),
        ("status=eq:paid", is_("status", "eq", "paid")),
        ("status[eq]=paid", is_("status", "eq", "paid")),
        ("status=not:paid", is_("status", "not", "paid")),
        ("total=gte:100", is_("total", "gte", 10_000)),
        ("total[gte]=100", is_("total", "gte", 10_000)),
        ("total=-0.5", is_("total", "eq", -50)),
        ("total=gt:10.005", is_("total", "gt", Span(1001, 1001))),
        ("total=gt:-10.005", is_("total", "gt", Span(-1000, -1000))),
        ("oid=lte:7", is_("oid", "lte", 7)),
        ("is_taxed=true", is_("is_taxed", "eq", 1)),
        ("is_taxed=not:false", is_("is_taxed", "not", 0)),
        ("due_date=null", is_("due_date", "eq", None)),
        ("due_date=not:null", is_("due_date", "not", None)),
        ("due_date[not]=null", is_("due_date", "not", None)),
        ("number=null", is_("number", "eq", None)),
        ('number="null"', is_("number", "eq", "null")),
        ('number=gt:"null"', is_("number", "gt", "null")),
        ("number=", is_("number", "eq", "")),
        ("number=eq:gte:x", is_("number", "eq", "gte:x")),
        ("number[eq]=gte:x", is_("number", "eq", "gte:x")),
        ('number="a \\"b\\" \\\\ c"', is_("number", "eq", 'a "b" \\ c')),
        ('number[eq]="a b"', is_("number", "eq", "a b")),
        ("notes=gteee:x", is_("notes", "eq", "gteee:x")),
        ('notes=5" pipe', is_("notes", "eq", '5" pipe')),
        ("date=2026-03-31", is_("date", "eq", "2026-03-31")),
        ('date="2026-03-31"', is_("date", "eq", "2026-03-31")),
        ("date=2026", is_("date", "eq", Span("2026-01-01", "2027-01-01"))),
        ("date=lt:2026-02", is_("date", "lt", Span("2026-02-01", "2026-03-01"))),
        ("date=gte:2026-12", is_("date", "gte", Span("2026-12-01", "2027-01-01"))),
        ("date=not:2026-Q4", is_("date", "not", Span("2026-10-01", "2027-01-01"))),
        ("date=9999-Q4", is_("date", "eq", Span("9999-10-01", "9999-12-32"))),
        ("status=in:draft,open", is_("status", "in", ("draft", "open"))),
        ("status=in:(draft,open)", is_("status", "in", ("draft", "open"))),
        ("status[in]=draft,open", is_("status", "in", ("draft", "open"))),
        ("status[notin]=(draft)", is_("status", "notin", ("draft",))),
        ('number=in:"a,b","c\\"d",e f', is_("number", "in", ("a,b", 'c"d', "e f"))),
        ('number=in:null,"null"', is_("number", "in", (None, "null"))),
        ('number=notin:("","(x)")', is_("number", "notin", ("", "(x)"))),
        (
            "date=in:2026-Q1,2027-01-05",
            is_("date", "in", (Span("2026-01-01", "2026-04-01"), "2027-01-05")),
        ),
        ("number=in:(a AND eq:b,c)", is_("number", "in", ("a AND eq:b", "c"))),
        ("total=notin:1,2.5", is_("total", "notin", (100, 250))),
        ("number=starts:INV-", is_("number", "starts", "INV-")),
        ('number=starts:"null"', is_("number", "starts", "null")),
        ("number[starts]=INV-", is_("number", "starts", "INV-")),
        ("notes=has:steel bolts", is_("notes", "has", "steel bolts")),
        ("contact.email=a@b.example", is_("contact.email", "eq", "a@b.example")),
        ("lines.item_id=null", is_("lines.item_id", "eq", None)),
    ],
)
def test_a_parameter_is_one_predicate(text, meant):
    assert read(text).where == meant


@pytest.mark.parametrize(
    "text",
    [
        "date=gte:2026-01-01&date=lt:2026-04-01",
        "date=gte:2026-01-01 AND lt:2026-04-01",
        "date[gte]=2026-01-01&date[lt]=2026-04-01",
        'date=gte:"2026-01-01" AND lt:"2026-04-01"',
    ],
)
def test_repeats_and_the_word_and_mean_both(text):
    both = (is_("date", "gte", "2026-01-01"), is_("date", "lt", "2026-04-01"))

    assert read(text).where == And(both)


def test_and_binds_tighter_than_or():
    where = read("oid=eq:1 OR gte:5 AND lt:9 OR eq:20&status=open").where

    assert where == And(
        (
            Or(
                (
                    is_("oid", "eq", 1),
                    And((is_("oid", "gte", 5), is_("oid", "lt", 9))),
                    is_("oid", "eq", 20),
                )
            ),
            is_("status", "eq", "open"),
        )
    )


@pytest.mark.parametrize(
    "name", ["Fish AND chips", "this OR that", "AND", "x AND y:z", "x and eq:y", "a  AND  eq:b"]
)
def test_and_and_or_are_text_where_no_operator_follows(name):
    assert read(f"notes={name}").where == is_("notes", "eq", name)


def test_lists_are_joined_like_anything_else():
    where = read("oid=in:1,2 AND notin:(3) OR in:4 OR eq:5").where

    assert where == Or(
        (
            And((is_("oid", "in", (1, 2)), is_("oid", "notin", (3,)))),
            is_("oid", "in", (4,)),
            is_("oid", "eq", 5),
        )
    )


def test_the_first_quarter_of_the_seed_documents_example_is_read():
    text = "journal_id=eq:3&forecast=eq:false&date=gte:2020-01-01 AND lt:2020-04-01&sort=-id"
    renamed = text.replace("journal_id", "oid").replace("forecast", "is_taxed")

    query = read(renamed)

    assert query.sort == (Order("id", True),)
    assert query.where == And(
        (
            is_("oid", "eq", 3),
            is_("is_taxed", "eq", 0),
            is_("date", "gte", "2020-01-01"),
            is_("date", "lt", "2020-04-01"),
        )
    )


@pytest.mark.parametrize(
    ("encoded", "field", "value"),
    [
        ("sort=%2Bid", "sort", "id"),
        ("sort=+id", "sort", "id"),
        ("sort=id", "sort", "id"),
        ("date=gte:2020-01-01+AND+lt:2020-04-01", "where", None),
        ("date=gte:2020-01-01%20AND%20lt:2020-04-01", "where", None),
        ("date=gte%3A2020-01-01%20AND%20lt%3A2020-04-01", "where", None),
        ("date%5Bgte%5D=2020-01-01&date%5Blt%5D=2020-04-01", "where", None),
        ("filter=and(date:gte:2020-01-01,date:lt:2020-04-01)", "where", None),
        ("filter=and%28date%3Agte%3A2020-01-01%2Cdate%3Alt%3A2020-04-01%29", "where", None),
        ("filter=and(date:gte:2020-01-01,+date:lt:2020-04-01)", "where", None),
    ],
)
def test_every_way_of_encoding_means_the_same(encoded, field, value):
    query = spell(FIELDS, parse_qsl(encoded, keep_blank_values=True))

    if field == "sort":
        assert query.sort == (Order(value),)
    else:
        both = (is_("date", "gte", "2020-01-01"), is_("date", "lt", "2020-04-01"))
        assert query.where == And(both)


def test_the_plus_of_an_offset_may_have_become_a_space_in_a_list_too():
    exact, spaced = (
        read(f"sent_at=in:2026-03-31T11:00:00{sign}02:00,2026-03-31").where for sign in "+ "
    )

    assert exact == spaced


@pytest.mark.parametrize(
    ("text", "fields", "expand"),
    [
        ("fields=id,total", ("id", "total"), ()),
        ("fields=id&fields=total", ("id", "total"), ()),
        ("fields=id, total&fields=total", ("id", "total"), ()),
        ("fields=lines.total,contact.phone", ("lines.total", "contact.phone"), ()),
        ("expand=contact,lines.tax_rate", (), ("contact", "lines.tax_rate")),
        ("expand=contact&expand=lines.tax_rate", (), ("contact", "lines.tax_rate")),
        ("fields=id&expand=contact", ("id",), ("contact",)),
    ],
)
def test_fields_and_expand_take_commas_and_repeats(text, fields, expand):
    query = read(text)

    assert (query.fields, query.expand) == (fields, expand)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("q=acme", ("acme",)),
        ("q=  acme   pty ", ("acme", "pty")),
        ('q=x) OR (org:orgb "a" AND *', ("x)", "OR", "(org:orgb", '"a"', "AND", "*")),
        ("q=eq:null", ("eq:null",)),
    ],
)
def test_words_to_search_for_are_never_syntax(text, words):
    query = read(text)

    assert (query.search, query.where) == (words, None)


def test_a_list_can_be_asked_to_explain_itself():
    assert read("explain=plan").explain
    assert not read("").explain


def test_words_inside_quotes_never_conjoin():
    assert read('notes="x AND eq:y"').where == is_("notes", "eq", "x AND eq:y")
    assert read('notes=eq:"x OR eq:y" OR eq:z').where == Or(
        (is_("notes", "eq", "x OR eq:y"), is_("notes", "eq", "z"))
    )


@pytest.mark.parametrize(
    ("text", "low_us"),
    [
        ("2026-03-31T09:00:00Z", 1_774_947_600_000_000),
        ("2026-03-31t09:00:00z", 1_774_947_600_000_000),
        ("2026-03-31T11:00:00+02:00", 1_774_947_600_000_000),
        ("2026-03-31T11:00:00 02:00", 1_774_947_600_000_000),
        ("2026-03-31T06:30:00-02:30", 1_774_947_600_000_000),
        ("2026-03-31T09:00:00.25Z", 1_774_947_600_250_000),
    ],
)
def test_an_instant_stands_for_the_millisecond_that_is_shown(text, low_us):
    assert read(f"sent_at={text}").where == is_("sent_at", "eq", Span(low_us, low_us + 1000))


def test_an_instant_in_microseconds_is_that_microsecond():
    where = read("sent_at=lt:2026-03-31T09:00:00.123456789Z").where

    assert where == is_("sent_at", "lt", 1_774_947_600_123_456)


def test_a_plain_date_on_an_instant_is_that_day_in_the_organisations_timezone():
    sydney = read("sent_at=2026-04-05", timezone=TIMEZONE).where
    utc = read("sent_at=2026-04-05").where

    # Summer time ends that night in Sydney, so the day has 25 hours.
    assert sydney == is_("sent_at", "eq", Span(1_775_307_600_000_000, 1_775_397_600_000_000))
    assert utc == is_("sent_at", "eq", Span(1_775_347_200_000_000, 1_775_433_600_000_000))


def test_a_day_without_a_midnight_begins_when_the_clock_jumps():
    where = read("sent_at=2018-11-04", timezone="America/Sao_Paulo").where

    assert where == is_("sent_at", "eq", Span(1_541_300_400_000_000, 1_541_383_200_000_000))


@pytest.mark.parametrize(
    ("text", "orders"),
    [
        ("sort=-oid", (Order("oid", True),)),
        ("sort=+oid", (Order("oid"),)),
        ("sort= oid", (Order("oid"),)),
        ("sort=-date, +total,oid", (Order("date", True), Order("total"), Order("oid"))),
        ("sort=-date&sort=total", (Order("date", True), Order("total"))),
    ],
)
def test_sort_keys_carry_their_sign(text, orders):
    assert read(text).sort == orders


@pytest.mark.parametrize(
    ("text", "page", "count"),
    [
        ("limit=7", PageRequest("cursor", 7), "none"),
        ("limit=7&count=exact", PageRequest("cursor", 7), "exact"),
        ("page=3", PageRequest("page", 50, 100, 3), "capped"),
        ("per_page=20", PageRequest("page", 20, 0, 1), "capped"),
        ("page=3&per_page=20&count=none", PageRequest("page", 20, 40, 3), "none"),
        ("offset=0", PageRequest("offset", 50, 0), "capped"),
        ("offset=9800&limit=200", PageRequest("offset", 200, 9800), "capped"),
        (f"cursor={'x' * 60}", PageRequest("cursor", 50, cursor="x" * 60), "none"),
    ],
)
def test_pages_have_three_modes(text, page, count):
    query = read(text)

    assert (query.page, query.count) == (page, count)


def test_a_surface_brings_its_own_limits():
    limits = Limits(page_rows_default=25, page_rows_max=100, depth_rows_max=None)

    assert read("", limits=limits).page.limit == 25
    assert read("page=500000", limits=limits).page.offset == 12_499_975
    with pytest.raises(InvalidQuery):
        read("per_page=101", limits=limits)


def test_where_a_predicate_was_written_is_no_part_of_its_meaning():
    spelt, again = read("oid=eq:1&date=2026").where, read("oid[eq]=1&date=eq:2026").where

    assert spelt == again
    assert [(term.parameter, term.position) for term in spelt.terms] == [("oid", 3), ("date", 0)]


SOAK_TIMEOUT_S = 3_600
STRANGE_NAMES = ["filter", "statsu", "total[gte]", "total[", "x]", "[]", "due_date[]", ""]
WORDS = st.sampled_from([*FIELDS.by_name, *SERVED_PARAMETERS, *STRANGE_NAMES])
PIECES = ["eq:", "gte:", "in:", " AND ", " OR ", '"', "\\", "null", "-", "+", ",", " ", "é"]
PIECES += ["(", ")", "or(", "and(", "not(", "status:", "total:", "number:starts:", "draft", "id"]
NEARLY = ["2026-Q1", "2026-02-30", "T10:00:00 02:00", "9" * 19, "0", "NaN", "1e3", "ppr_"]
SCRAPS = st.sampled_from([*PIECES, *NEARLY, "\N{ARABIC-INDIC DIGIT THREE}", "\ud800", "\0"])
VALUES = st.one_of(st.text(max_size=40), st.lists(SCRAPS, max_size=8).map("".join))


@pytest.mark.soak
@pytest.mark.timeout(SOAK_TIMEOUT_S)
@settings(max_examples=max(600, settings.default.max_examples))
@given(st.lists(st.tuples(st.one_of(WORDS, st.text(max_size=20)), VALUES), max_size=30))
@example([("sent_at", "9999-12-31"), ("date", "gt:9999"), ("sent_at", "0001-01-01T00:00:00+14:00")])
@example([("statsu", "x" * 3_000), ("a" * 5_000, "b")])
@example([(f"f{number}", "1") for number in range(500)])
def test_any_text_is_a_query_or_an_invalid_query(given_pairs):
    faults = faults_of(given_pairs)

    for fault in faults or ():
        assert_is_told(fault)


def faults_of(given_pairs: list[tuple[str, str]]) -> tuple[Fault, ...] | None:
    try:
        spell(FIELDS, given_pairs, timezone=TIMEZONE)
    except InvalidQuery as refused:
        return refused.faults
    return None


def assert_is_told(fault: Fault) -> None:
    """A fault can be sent as JSON, and its fix is a query that holds."""
    for text in (fault.code, fault.detail, fault.parameter, fault.field, fault.fix):
        (text or "").encode()
    if fault.fix is not None:
        spell(FIELDS, parse_qsl(fault.fix, keep_blank_values=True), timezone=TIMEZONE)
