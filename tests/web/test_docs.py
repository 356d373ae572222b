"""The documentation says what the registry declares, and nothing that does not hold."""

import html
import json
import re

import pytest

from app.api.openapi.samples import SAMPLE_ULID
from app.api.resources.words import WORDS
from app.api.surfaces.v1 import V1
from app.kernel.errors import CountinghouseError
from app.query.faults import InvalidQuery
from app.query.spell import spell
from app.storage.transaction import Unavailable
from app.web.docs import pages
from app.web.docs.catalogue import ABOUT, references
from app.web.docs.error_codes import ADVICE_OF, REFUSED_QUERIES, code_of, error_codes
from app.web.docs.guide import SECTIONS
from app.web.docs.search import QUERY_CHARACTERS_MAX, entries, find
from app.web.words import code_spans
from tests.factories.house import House
from tests.rules.source import ROOT
from tests.web.surfer import Surfer

ISSUER = "http://localhost:8000"
REFERENCES = references(V1, issuer=ISSUER)
TAGS = re.compile(r"<[^>]+>")


@pytest.fixture
def house(small_house: House) -> House:
    return small_house


@pytest.fixture
def surfer(house: House) -> Surfer:
    return Surfer(house)


def words(page: str) -> str:
    """A page as it is read."""
    return " ".join(html.unescape(TAGS.sub(" ", page)).split())


def test_every_address_of_the_surface_has_a_page(surfer):
    served = [*V1.resources, *V1.views, *V1.feeds]

    assert [each.name for each in REFERENCES] == [
        each.name for each in (*V1.resources, *V1.feeds, *V1.views)
    ]
    assert {surfer.get(f"/docs/{each.name}").status_code for each in served} == {200}
    assert set(ABOUT) == {each.name for each in served}


@pytest.mark.parametrize("resource", V1.resources, ids=lambda each: each.name)
def test_a_page_shows_every_field_filter_and_sort_that_is_declared(surfer, resource):
    page = surfer.get(f"/docs/{resource.name}").text
    fields = resource.listing.fields

    for field in resource.shape.shown:
        assert f'id="field-{field.name}"' in page
    assert re.findall(r'id="filter-([^"]+)"', page) == list(fields.filterable)
    assert re.findall(r"<code>sort=([a-z][^<]*)</code>", page) == list(fields.sortable)
    assert ">Available Filter Fields</h2>" in page
    assert ">Available Sorting Options</h2>" in page


@pytest.mark.parametrize("resource", V1.resources, ids=lambda each: each.name)
def test_every_filter_has_examples_and_the_grammar_reads_each(resource):
    reference = next(each for each in REFERENCES if each.name == resource.name)

    for filter in reference.filters:
        for offered in filter.operators:
            assert offered.example, (filter.name, offered.operator.name)
            spell(resource.listing.fields, [(filter.name, offered.example)])


def test_an_operation_tells_its_scope_its_answer_and_its_errors(surfer):
    page = words(surfer.get("/docs/invoices").text)

    for told in (
        *("List invoices", "Create an invoice", "Delete an invoice", "/v1/invoices/{id}"),
        *("Scope invoices:write", "Answer 201", "Answer 204", "422 not_draft"),
        *("429 rate_limited", "401 unauthenticated", "in the header", "If-Match"),
    ):
        assert told in page, told


def test_what_is_told_is_what_is_mounted(house):
    told = {
        (operation.path, operation.method)
        for reference in REFERENCES
        for operation in reference.operations
    }
    allowed = {
        path: house.http.options(path.replace("{id}", "x")).headers["Allow"].split(", ")
        for path, _ in told
    }

    assert told == {
        (path, method)
        for path, methods in allowed.items()
        for method in methods
        if method not in ("HEAD", "OPTIONS")
    }


def test_every_refusal_that_is_told_has_a_page_and_the_other_way_round():
    met = {code for one in REFERENCES for each in one.operations for code in each.errors}

    assert {code.code for code in error_codes().values() if code.status} - {
        code.code for code in met
    } <= {"no_such_address", "method_not_allowed", "query_budget"}


def test_every_code_has_a_page_under_the_address_that_problems_name(surfer):
    assert len(error_codes()) > 40
    for code in error_codes().values():
        answer = surfer.get(f"/docs/errors/{code.slug}")
        assert answer.status_code == 200, code
        assert code.code in answer.text
        assert code.advice or code.status is None, f"nothing is advised for {code.status}"


def test_a_problem_leads_to_the_page_of_its_code(surfer):
    problem = surfer.get("/v1/me").json

    page = surfer.get(problem["type"].removeprefix(ISSUER))

    assert page.status_code == 200
    assert "Unauthenticated" in page.text


def test_advice_fits_the_code_where_the_status_says_too_little(surfer):
    assert set(ADVICE_OF) <= set(error_codes())
    assert "before you change or delete" in words(surfer.get("/docs/errors/not-draft").text)
    assert "GET /v1/connections" in words(surfer.get("/docs/errors/organisation-not-granted").text)


@pytest.mark.parametrize("slug", ["nothing", "not_found", "Not-Found", "x" * 300, "%3Cb%3E"])
def test_a_code_that_there_is_not_is_not_found(surfer, slug):
    answer = surfer.get(f"/docs/errors/{slug}")

    assert answer.status_code == 404
    assert "There is no such page" in answer.text


@pytest.mark.parametrize("code", REFUSED_QUERIES)
def test_the_example_of_a_code_is_refused_with_it_now(surfer, code):
    assert code in error_codes()
    page = html.unescape(surfer.get(f"/docs/errors/{code.replace('_', '-')}").text)
    told = json.loads(re.findall(r"<pre><code>(.+?)</code></pre>", page, re.DOTALL)[0])

    assert told["status"] == 422
    if code == InvalidQuery.code:
        assert {"parameter", "position", "suggestions", "fix"} <= told["errors"][1].keys()
    else:
        assert [each["code"] for each in told["errors"]] == [code]
    assert REFUSED_QUERIES[code] in page


def test_the_codes_are_those_of_the_table():
    text = (ROOT / "docs" / "errors.md").read_text()

    for code in error_codes().values():
        assert f"`{code.code}`" in text
    assert code_of("rate-limited") == error_codes()["rate_limited"]
    assert len(re.findall(r"^\| (?:\d|`)", text, re.MULTILINE)) >= len(error_codes())


def test_every_code_of_a_fault_that_a_query_may_have_is_in_the_table():
    found = {
        code
        for path in (ROOT / "app" / "query").glob("*.py")
        for code in re.findall(r'Fault\(\s*"(\w+)"', path.read_text())
    }

    assert len(found) > 10
    assert found - set(error_codes()) == set()


def test_the_guide_has_every_section(surfer):
    page = surfer.get("/docs").text

    for section in SECTIONS:
        assert f'id="{section.anchor}"' in page, section.anchor
        assert f'href="#{section.anchor}"' in page


def test_the_guide_shows_only_queries_that_hold(surfer):
    page = html.unescape(surfer.get("/docs").text)
    shown = re.findall(r'href="(/docs/query\?resource=[^"]+)"', page)

    wrong = [address for address in shown if "This query is right" not in surfer.get(address).text]

    assert len(shown) >= 10
    assert len(wrong) == 1, wrong
    assert "statsu" in wrong[0]


def test_every_link_within_the_documentation_leads_somewhere(surfer):
    seen: set[str] = set()
    todo = ["/docs"]
    while todo:
        address = todo.pop()
        page = surfer.get(address).text
        anchors = set(re.findall(r'id="([^"]+)"', page))
        seen.add(address)
        for link in map(html.unescape, re.findall(r'href="([^"]+)"', page)):
            path, _, anchor = link.partition("#")
            if not path:
                assert anchor in anchors, (address, link)
            elif path.startswith("/docs") and "?" not in path and path not in seen | {*todo}:
                todo.append(path)
            elif anchor and path.startswith("/docs"):
                there = surfer.get(path).text
                assert f'id="{anchor}"' in there, (address, link)

    assert len(seen) > 40


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("due_date", "invoices due_date"),
        ("rate limit", "rate_limited"),
        ("not_draft", "not_draft"),
        ("sort total", "invoices sort total"),
        ("starts", "starts"),
        ("pkce", "Get a token"),
        ("GET /v1/contacts", "List contacts"),
    ],
)
def test_a_search_finds_what_was_meant(query, first):
    found = find(entries(REFERENCES, error_codes().values()), query)

    assert first in [entry.title for entry in found[:3]]


def test_a_search_tells_what_a_nested_field_means():
    (found,) = [
        each
        for each in find(entries(REFERENCES, error_codes().values()), "lines.unit_price")
        if each.kind == "field"
    ]

    assert found.address == "/docs/invoices#field-lines.unit_price"
    assert found.text.startswith("The price of one.")


def test_a_search_that_finds_nothing_offers_near_words(surfer):
    page = surfer.get("/docs/search?q=curency").text

    assert "Did you mean" in page
    assert 'href="/docs/search?q=currency"' in page
    assert "Did you mean" not in surfer.get("/docs/search?q=qqqqqq").text


def _leaves(each, above=""):
    yield above + each.name
    for inner in each.within:
        yield from _leaves(inner, f"{above}{each.name}.")


def test_every_field_has_a_meaning_and_every_meaning_a_field():
    for reference in REFERENCES:
        shown = {path for each in reference.fields for path in _leaves(each)}
        queried = {each.name for each in reference.filters}

        assert shown | queried == set(WORDS[reference.name]), reference.name
    assert set(WORDS) == {reference.name for reference in REFERENCES}


def test_a_page_says_what_is_required_and_what_is_left_out(surfer):
    page = words(surfer.get("/docs/invoices").text)

    assert "contact_id Required Who is to pay" in page
    assert "left out: the organisation's own" in page
    assert "finalising is not open yet" in page
    assert "There are no items yet" in page


@pytest.mark.parametrize(
    ("page", "told"),
    [
        ("changes", ("sequence", "one of created , updated , deleted", "50", "200", "For good")),
        ("me", ("grant_id", "scopes list of text")),
        ("connections", ("organisation.currency", "granted_at")),
    ],
)
def test_views_and_feeds_tell_the_fields_of_their_answers(surfer, page, told):
    text = words(surfer.get(f"/docs/{page}").text)

    for each in told:
        assert all(word in text for word in each.split()), each


def test_the_guide_tells_the_declared_plan_and_warnings(surfer):
    page = words(surfer.get("/docs").text)

    for told in (
        *("100 in any minute", "20 in any second", "grant_type=refresh_token", "/oauth/revoke"),
        *("A query is strict", "A body is lenient", "--data-urlencode", "If-Match: $TAG"),
    ):
        assert told in page, told


def test_a_sample_with_an_invented_id_says_to_replace_it():
    for reference in REFERENCES:
        for operation in reference.operations:
            for sample in operation.samples:
                is_told = "Put an id of yours in place of" in sample.text
                assert is_told is (SAMPLE_ULID in sample.text), (operation.title, sample.key)


def test_a_search_shows_what_it_was_asked_and_escapes_it(surfer):
    answer = surfer.get("/docs/search?q=<script>alert(1)</script>")

    assert "Nothing was found" in answer.text
    assert "<script>alert" not in answer.text
    assert answer.headers["X-Robots-Tag"] == "noindex"
    assert '<meta name="robots" content="noindex">' in answer.text
    assert "noindex" not in surfer.get("/docs").text


def test_a_search_looks_at_no_more_than_a_hundred_characters(surfer):
    answer = surfer.get("/docs/search?q=" + "a" * 5_000)

    assert answer.status_code == 200
    assert "a" * (QUERY_CHARACTERS_MAX + 1) not in answer.text


def test_the_documentation_outlives_the_database(house, surfer, monkeypatch):
    def gone() -> None:
        raise Unavailable("The database is busy; try again in a moment.")

    monkeypatch.setattr(pages, "onlooker", gone)

    for path in ("/docs", "/docs/invoices", "/docs/errors", "/docs/query?resource=invoices"):
        assert surfer.get(path).status_code == 200


def test_code_spans_are_escaped():
    assert code_spans("a `<b>` & `c`") == "a <code>&lt;b&gt;</code> &amp; <code>c</code>"


def test_a_typical_problem_changes_no_class():
    assert (CountinghouseError.code, CountinghouseError.number) == ("refused", 30)
    assert InvalidQuery.code == "invalid_query"
