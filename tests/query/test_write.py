"""A condition written down reads as itself, at every level of the grammar."""

import json
from decimal import Decimal

import msgspec
import pytest
from hypothesis import given, settings

from app.query.grammar import And, Condition, Not, Or, Predicate, Span
from app.query.spell import spell
from app.query.tree import read_tree
from app.query.write import Unwritable, written
from tests.query.drawer import FIELDS, TIMEZONE
from tests.query.trees import Joined, Leaf, Tree, as_json, as_text, operand_text, trees

SOAK_TIMEOUT_S = 3_600
CASES = settings(max_examples=max(100, settings.default.max_examples))


def read(text: str, *, timezone: str = TIMEZONE) -> Condition | None:
    return spell(FIELDS, [("filter", text)], timezone=timezone).where


def bare_where_possible(operand: str | None) -> str:
    """What a person would type: quotes only where the grammar asks for them."""
    if operand in (None, "null", "") or set(operand) & set('(),"') or operand != operand.strip(" "):
        return operand_text(operand)
    return operand


@pytest.mark.soak
@pytest.mark.timeout(SOAK_TIMEOUT_S)
@CASES
@given(trees())
def test_what_is_written_reads_as_the_same_condition(tree: Tree):
    where = read(as_text(tree))

    text = written(where, FIELDS, timezone=TIMEZONE)

    assert read(text) == where


@pytest.mark.soak
@pytest.mark.timeout(SOAK_TIMEOUT_S)
@CASES
@given(trees())
def test_a_body_means_what_the_expression_means(tree: Tree):
    body = msgspec.json.decode(json.dumps({"filter": as_json(tree), "sort": ["-total", "id"]}))

    posted = read_tree(FIELDS, body, timezone=TIMEZONE)

    asked = [("filter", as_text(tree)), ("sort", "-total,id")]
    assert posted == spell(FIELDS, asked, timezone=TIMEZONE)


@CASES
@given(trees())
def test_quotes_are_needed_only_where_the_grammar_says(tree: Tree):
    assert read(as_text(tree, bare_where_possible)) == read(as_text(tree))


@CASES
@given(trees(depth=1))
def test_levels_one_and_two_hold_together(tree: Tree):
    where = spell(FIELDS, [("filter", as_text(tree)), ("oid", "gte:5")], timezone=TIMEZONE).where

    alone = read(as_text(tree))
    terms = alone.terms if isinstance(alone, And) else (alone,)
    assert where == And((*terms, Predicate("oid", "gte", 5)))


def test_a_period_without_a_name_is_written_by_its_bounds():
    day = read("sent_at:eq:2026-03-31")
    assert day is not None

    text = written(day, FIELDS, timezone="UTC")

    assert text == (
        "and(sent_at:gte:2026-03-30T13:00:00.000000Z,sent_at:lt:2026-03-31T13:00:00.000000Z)"
    )


@pytest.mark.parametrize(
    ("operator", "text"),
    [
        ("not", "not(and(sent_at:gte:{low},sent_at:lt:{high}))"),
        ("lt", "sent_at:lt:{low}"),
        ("lte", "sent_at:lt:{high}"),
        ("gt", "sent_at:gte:{high}"),
        ("gte", "sent_at:gte:{low}"),
    ],
)
def test_every_comparison_with_such_a_period_is_one_with_its_bounds(operator, text):
    where = read(f"sent_at:{operator}:2026-03-31")
    low, high = "2026-03-30T13:00:00.000000Z", "2026-03-31T13:00:00.000000Z"

    assert written(where, FIELDS, timezone="UTC") == text.format(low=low, high=high)


def test_a_list_with_such_a_period_is_taken_apart():
    where = read("sent_at:notin:(2026-03-31,null,2026-01-01T00:00:00.000001Z)")

    assert written(where, FIELDS, timezone="UTC") == (
        "not(or(sent_at:in:(null,2026-01-01T00:00:00.000001Z),"
        "and(sent_at:gte:2026-03-30T13:00:00.000000Z,sent_at:lt:2026-03-31T13:00:00.000000Z)))"
    )


@pytest.mark.parametrize(
    ("where", "text"),
    [
        (Predicate("number", "eq", "null"), 'number:eq:"null"'),
        (Predicate("number", "eq", None), "number:eq:null"),
        (Predicate("number", "in", ("a,b", None, 'c"d')), 'number:in:("a,b",null,"c\\"d")'),
        (Predicate("total", "gt", Span(1001, 1001)), "total:gt:10.005"),
        (Predicate("total", "lt", 10_000), "total:lt:100"),
        (Predicate("date", "eq", Span("2026-01-01", "2026-04-01")), "date:eq:2026-Q1"),
        (Predicate("is_taxed", "not", 0), "is_taxed:not:false"),
        (Not(Or((Predicate("oid", "eq", 1), Predicate("notes", "has", "a b")))), None),
        (And((Predicate("oid", "eq", 1),)), "oid:eq:1"),
    ],
)
def test_what_is_written_is_plain(where, text):
    assert written(where, FIELDS) == (text or "not(or(oid:eq:1,notes:has:a b))")


def test_what_no_query_holds_is_not_written():
    with pytest.raises(Unwritable):
        written(Predicate("status", "eq", "gone"), FIELDS)


@pytest.mark.parametrize("number", [100, Decimal("100"), Decimal("100.00"), "100", "100.0"])
def test_numbers_of_a_body_are_exact_however_they_are_written(number):
    body = {"filter": {"field": "total", "op": "gte", "value": number}}

    assert read_tree(FIELDS, body).where == Predicate("total", "gte", 10_000)


def test_and_inside_and_is_one():
    tree = Joined("and", (Leaf("oid", "eq", ("1",)), Joined("and", (Leaf("oid", "gt", ("2",)),))))

    assert read(as_text(tree)) == And((Predicate("oid", "eq", 1), Predicate("oid", "gt", 2)))
