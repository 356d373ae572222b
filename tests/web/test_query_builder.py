"""The query builder: what it makes of a form, what it says of a fault, and what it never does."""

import html
import re
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from app.api.surfaces.queries import pairs_of
from app.api.surfaces.v1 import V1
from app.query.faults import InvalidQuery
from app.query.grammar import OPERATOR_WORDS
from app.query.spell import spell
from app.web.docs import builder
from app.web.docs.asking import WINDOWS, spend_question
from app.web.docs.builder_form import (
    QUERY_CHARACTERS_MAX,
    ROWS_MAX,
    BuilderForm,
    read_form,
    written,
)
from app.web.docs.findings import FINDINGS_MAX, UNSEEN, findings_of
from app.web.headers import content_security
from tests.factories.house import House
from tests.web.surfer import Surfer

INVOICES = next(each for each in V1.resources if each.name == "invoices")
FIELDS = INVOICES.listing.fields
TAGS = re.compile(r"<[^>]+>")


@pytest.fixture
def house(small_house: House) -> House:
    return small_house


@pytest.fixture
def surfer(house: House) -> Surfer:
    return Surfer(house)


def form(**values: object):
    return read_form(MultiDict(values), V1.resources)


def rows(*filled: tuple[str, str, str], **more: str):
    names = ("field", "operator", "value")
    given = [(name, part) for row in filled for name, part in zip(names, row, strict=True)]
    return read_form(MultiDict([*given, *more.items()]), V1.resources)


def found(query: str):
    """What is said of a query, and the query with all of it mended."""
    pairs = pairs_of(query.encode())
    with pytest.raises(InvalidQuery) as refused:
        spell(FIELDS, pairs)
    findings = findings_of(refused.value, pairs, FIELDS, limits=V1.limits)
    return findings.shown, findings.mended


def refusal_of(made: BuilderForm) -> InvalidQuery | None:
    try:
        spell(made.resource.listing.fields, made.pairs, limits=V1.limits)
    except InvalidQuery as refused:
        return refused
    return None


def asked(surfer: Surfer, query: str, resource: str = "invoices") -> str:
    answer = surfer.get(f"/docs/query?{urlencode({'resource': resource, 'query': query})}")
    assert answer.status_code == 200
    return answer.text


def read(page: str) -> str:
    return " ".join(html.unescape(TAGS.sub(" ", page)).split())


@pytest.mark.parametrize(
    ("filled", "query"),
    [
        ((("status", "eq", "open"),), "status=open"),
        ((("total", "gte", "100"), ("total", "lt", "200")), "total=gte:100&total=lt:200"),
        ((("", "eq", "ignored"), ("number", "eq", "null")), "number=null"),
        ((("number", "eq", "gte:5"),), "number=eq:%22gte:5%22"),
        ((("number", "eq", 'lt:"x"\\'),), "number=eq:%22lt:%5C%22x%5C%22%5C%5C%22"),
        ((("number", "eq", "a&b=c#d+e"),), "number=a%26b%3Dc%23d%2Be"),
        ((("reference", "eq", "Büro 7"),), "reference=B%C3%BCro%207"),
    ],
)
def test_rows_become_a_query(filled, query):
    assert rows(*filled).query == query


def test_what_is_no_filter_stands_beside():
    made = rows(("status", "eq", "open"), sort="-date", count="exact", fields="", limit="20")

    assert made.query == "status=open&sort=-date&count=exact&limit=20"
    assert dict(made.plain)["sort"] == "-date"


@given(
    st.sampled_from(FIELDS.filterable),
    st.sampled_from(OPERATOR_WORDS),
    st.text(st.characters(codec="utf-8"), max_size=40),
)
def test_a_row_says_what_was_filled_in(field, operator, value):
    made = rows((field, operator, value))
    (pair,) = pairs_of(made.query.encode())

    assert pair == made.pairs[0]
    assert written([pair]) == made.query
    if operator != "eq":
        assert pair == (field, f"{operator}:{value}")


@pytest.mark.parametrize(
    ("text", "resource", "query"),
    [
        ("status=open", "invoices", "status=open"),
        ("?status=open", "invoices", "status=open"),
        ("  /v1/contacts?status=lead#x ", "contacts", "status=lead"),
        ("https://books.example/v1/tax-rates?name=a?b", "tax-rates", "name=a?b"),
        ("https://books.example/v1/contacts/?limit=5", "contacts", "limit=5"),
        ("number=what?", "invoices", "number=what?"),
        ("", "invoices", ""),
    ],
)
def test_a_whole_address_is_read_as_well(text, resource, query):
    made = form(query=text)

    assert (made.resource.name, made.query) == (resource, query)


def test_a_query_string_fills_the_rows():
    made = form(query="status=open&total=gte:100&sort=-date&unheard=of")

    assert [(row.field, row.operator, row.value) for row in made.rows[:2]] == [
        ("status", "eq", "open"),
        ("total", "gte", "100"),
    ]
    assert made.rows[-1].field == ""
    assert dict(made.plain)["sort"] == "-date"


@given(
    st.lists(
        st.tuples(
            st.text(st.characters(codec="utf-8"), min_size=1, max_size=12),
            st.text(st.characters(codec="utf-8"), max_size=20),
        ),
        min_size=1,
        max_size=4,
    )
)
def test_what_the_box_shows_says_the_same_when_it_is_sent(pairs):
    made = BuilderForm(resource=INVOICES, pairs=tuple(pairs))

    assert form(query=made.readable).pairs == tuple(pairs)


def test_the_box_shows_what_was_meant_not_how_it_was_encoded(surfer):
    page = html.unescape(asked(surfer, "number=starts%3AAcme&reference=B%C3%BCro%207%2B"))

    assert "\nnumber=starts:Acme&reference=Büro 7%2B</textarea>" in page


def test_only_the_operators_of_the_chosen_field_are_offered(surfer):
    page = asked(surfer, "status=open")
    first = page.partition('id="operator-1"')[2].partition("</select>")[0]
    blank = page.partition('id="operator-2"')[2].partition("</select>")[0]

    assert re.findall(r'value="(\w+)"', first) == list(FIELDS.by_name["status"].offered)
    assert re.findall(r'value="(\w+)"', blank) == list(OPERATOR_WORDS)


def test_a_beginning_is_told_the_index_that_may_be_used(surfer):
    page = read(asked(surfer, "number=starts:INV-00"))

    assert "Used instead where few rows match ix_invoices" in page


def test_the_form_stays_within_bounds():
    long = form(query="a" * (QUERY_CHARACTERS_MAX + 1))
    many = rows(*[("status", "eq", "open")] * 50)

    assert long.refusal
    assert not long.pairs
    assert len(many.pairs) == ROWS_MAX == len(many.rows)
    assert len(rows(("number", "eq", "x" * 9_000)).query) < QUERY_CHARACTERS_MAX


def test_the_caret_stands_under_the_faulty_character():
    (finding,), whole = found("total=gte:100 AND lt:20x")

    assert (finding.before, finding.at, finding.after) == ("total=gte:100 AND lt:", "2", "0x")
    assert (finding.code, finding.position) == ("bad_value", 15)
    assert whole is None


def test_what_is_wrong_with_a_parameter_marks_its_name():
    (finding,), whole = found("statsu=draft")

    assert (finding.before, finding.at, finding.after) == ("", "statsu", "=draft")
    assert (finding.fix, whole) == ("status=draft", "status=draft")


def test_each_fault_mends_its_own_repeat():
    findings, whole = found("status=open&status=payd&total=1&status=not:voyd&sort=-totl")

    assert [finding.at for finding in findings] == ["p", "v", "-"]
    assert [finding.corrected for finding in findings] == [
        "status=open&status=paid&total=1&status=not:voyd&sort=-totl",
        "status=open&status=payd&total=1&status=not:void&sort=-totl",
        "status=open&status=payd&total=1&status=not:voyd&sort=-total",
    ]
    assert whole == "status=open&status=paid&total=1&status=not:void&sort=-total"


def test_two_equal_faults_are_two_findings():
    findings, whole = found("status=payd&status=payd")

    assert [finding.corrected for finding in findings] == [
        "status=paid&status=payd",
        "status=payd&status=paid",
    ]
    assert whole == "status=paid&status=paid"


def test_a_fault_far_inside_is_shown_with_its_surroundings_alone():
    (finding,), _ = found(
        "date=" + "gte:2020-01-01 AND " * 8 + "lt:soon AND " + "gte:2020 AND " * 8 + "gt:2019"
    )

    assert finding.at == "s"
    assert finding.before.startswith("date=…")
    assert finding.after.endswith("…")
    assert len(finding.before + finding.after) < 120


def test_what_cannot_be_seen_is_made_visible():
    (finding,), _ = found("oid=4%0A%E2%80%AE2")

    assert finding.before + finding.at + finding.after == f"oid=4{UNSEEN}{UNSEEN}2"


@given(st.text(st.sampled_from('statusopen=:&,()"\\ -+%§\n'), max_size=60))
def test_whatever_is_asked_is_answered_in_words(text):
    made = form(query=text)
    fields = made.resource.listing.fields
    refused = refusal_of(made)
    if refused is not None:
        told = findings_of(refused, made.pairs, fields, limits=V1.limits)
        assert [each.detail for each in told.shown] == [each.detail for each in refused.faults]
        assert told.mended is None or form(query=told.mended).refusal is None


def test_of_very_many_faults_the_first_are_shown(surfer):
    page = asked(surfer, "&".join(f"statsu{number}=1" for number in range(300)))

    assert "101 things are wrong" in page
    assert page.count('class="finding"') == FINDINGS_MAX
    assert f"The first {FINDINGS_MAX} are shown." in page


def test_a_right_query_is_told_with_its_plan_and_its_samples(surfer):
    page = read(asked(surfer, "status=open&contact_id=not:null&sort=-due_date"))

    assert "This query is right" in page
    assert "Sorted by -due_date,-id" in page
    assert "Looked at row by row" in page
    assert "Scopes invoices:read" in page
    assert "curl --fail-with-body 'http://localhost:8000/v1/invoices?status=open" in page
    assert 'requests.get( "http://localhost:8000/v1/invoices"' in page
    assert "await fetch(" in page


def test_another_ones_cursor_does_not_keep_the_plan_away(surfer):
    assert "How it is found" in asked(surfer, f"status=open&cursor={'A' * 108}&limit=5")


def test_a_wrong_query_is_told_with_links_that_lead_to_the_right_one(surfer):
    page = asked(surfer, "statsu=draft&sort=-totl")
    links = [html.unescape(each) for each in re.findall(r'href="(/docs/query\?[^"]+)"', page)]
    whole = next(link for link in links if "status%3Ddraft%26sort%3D-total" in link)

    assert "2 things are wrong" in page
    assert "<mark>statsu</mark>=draft" in page
    assert 'href="/docs/errors/unknown-parameter"' in page
    assert "This query is right" in surfer.get(whole).text


def test_bytes_that_are_no_text_are_refused_in_words(surfer):
    assert "not UTF-8" in asked(surfer, "status=%ff")


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>=1",
        'status="><img src=x onerror=alert(1)>',
        "status=</textarea><script>alert(1)</script>",
        "sort=</code><svg onload=alert(1)>",
        "status={{7*7}}",
    ],
)
def test_nothing_is_shown_as_it_came(surfer, hostile):
    answer = surfer.get(f"/docs/query?{urlencode({'query': hostile})}")
    by_rows = surfer.get(
        f"/docs/query?{urlencode({'field': hostile, 'operator': hostile, 'value': hostile})}"
    )

    for each in (answer, by_rows):
        assert each.status_code == 200
        for tag in ("<script>alert", "<img src=x", "<svg onload", "49"):
            assert tag not in each.text.split("<main", 1)[1].replace("&#49", "")
        assert each.headers["Content-Security-Policy"] == content_security()


def test_the_page_is_not_for_search_engines(surfer):
    answer = surfer.get("/docs/query")

    assert answer.headers["X-Robots-Tag"] == "noindex"
    assert '<meta name="robots" content="noindex">' in answer.text


def test_no_book_is_opened(house, surfer, monkeypatch):
    def opened(*arguments: object, **options: object) -> None:
        raise AssertionError("the query builder asked the database")

    monkeypatch.setattr("sqlalchemy.engine.Engine.connect", opened)

    assert "This query is right" in asked(surfer, "status=open&count=exact")
    assert builder.SURFACE is V1


def test_an_unknown_resource_is_the_first_that_fits(surfer):
    assert 'value="invoices"' in surfer.get("/docs/query?resource=nothing").text


@pytest.mark.parametrize(
    "pasted", ["//[", "http://[::1/x", "//℀@a", "http://[/v1/contacts?status=lead"]
)
def test_whatever_is_pasted_the_page_answers(surfer, pasted):
    assert surfer.get(f"/docs/query?{urlencode({'query': pasted})}").status_code == 200


def test_one_address_asks_so_much_and_no_more(surfer):
    (window,) = WINDOWS
    with surfer.house.app.test_request_context(environ_base={"REMOTE_ADDR": "203.0.113.7"}):
        for _ in range(window.amount - 1):
            spend_question()

    assert surfer.get("/docs/query?query=status=open").status_code == 200
    refused = surfer.get("/docs/query?query=status=open")
    assert refused.status_code == 429
    assert "Too many questions" in refused.text
    assert surfer.get("/docs/query").status_code == 200
