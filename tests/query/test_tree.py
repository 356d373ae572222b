"""The body of level 3: what it may hold, and where each of its faults is told."""

import copy
import json
from decimal import Decimal
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.kernel.errors import Fault
from app.query.faults import InvalidQuery
from app.query.grammar import And, Limits, Not, Or, Order, PageRequest, Predicate, Query
from app.query.spell import spell
from app.query.tree import read_tree
from tests.query.drawer import BARE, FIELDS, TIMEZONE


def leaf(field: Any = "total", op: Any = "gt", value: Any = "100") -> dict[str, Any]:
    return {"field": field, "op": op, "value": value}


def read(body: Any, **how: Any) -> Query:
    return read_tree(FIELDS, body, timezone=TIMEZONE, **how)


def faults_of(body: Any, **how: Any) -> tuple[Fault, ...]:
    with pytest.raises(InvalidQuery) as refused:
        read(body, **how)
    return refused.value.faults


LARGE = Predicate("total", "gt", 10_000)
DRAFT = Predicate("status", "in", ("draft", None))


def test_an_empty_body_asks_for_the_list_as_it_is():
    assert read({}) == spell(FIELDS, [])


@pytest.mark.parametrize(
    ("tree", "meant"),
    [
        (leaf(), LARGE),
        ({"not": leaf()}, Not(LARGE)),
        ({"and": [leaf()]}, LARGE),
        ({"or": [leaf(), leaf("status", "in", ["draft", None])]}, Or((LARGE, DRAFT))),
        ({"and": [leaf(), {"and": [leaf(), {"not": leaf()}]}]}, And((LARGE, LARGE, Not(LARGE)))),
        (leaf("number", "eq", "null"), Predicate("number", "eq", "null")),
        (leaf("number", "eq", None), Predicate("number", "eq", None)),
        (leaf("number", "eq", 'a" (b), c'), Predicate("number", "eq", 'a" (b), c')),
        (leaf("notes", "has", "steel bolts"), Predicate("notes", "has", "steel bolts")),
    ],
)
def test_a_tree_means_its_condition(tree, meant):
    assert read({"filter": tree}).where == meant


@pytest.mark.parametrize(
    ("member", "parameter"),
    [
        ({"sort": ["-date", "id"]}, ("sort", "-date,id")),
        ({"sort": "-date,id"}, ("sort", "-date,id")),
        ({"fields": ["id", "lines.total"]}, ("fields", "id,lines.total")),
        ({"fields": "id,lines.total"}, ("fields", "id,lines.total")),
        ({"expand": ["contact"]}, ("expand", "contact")),
        ({"q": "acme pty"}, ("q", "acme pty")),
        ({"count": "exact"}, ("count", "exact")),
        ({"explain": "plan"}, ("explain", "plan")),
        ({"limit": 7}, ("limit", "7")),
        ({"page": 3}, ("page", "3")),
        ({"per_page": 20}, ("per_page", "20")),
        ({"offset": 100}, ("offset", "100")),
        ({"cursor": "x" * 60}, ("cursor", "x" * 60)),
    ],
)
def test_each_member_means_what_the_parameter_of_its_name_does(member, parameter):
    assert read(member) == spell(FIELDS, [parameter], timezone=TIMEZONE)


def test_lists_that_are_empty_ask_for_nothing():
    assert read({"sort": [], "fields": [], "expand": []}) == spell(FIELDS, [])


def test_a_whole_body_means_a_whole_address():
    body = {
        "filter": {"or": [leaf(), leaf("status", "in", ["draft", None])]},
        "sort": ["-date", "id"],
        "limit": 7,
    }

    assert read(body) == Query(
        Or((LARGE, DRAFT)), (Order("date", True), Order("id")), PageRequest("cursor", 7)
    )


def test_a_body_takes_a_thousand_values_where_an_address_takes_a_hundred():
    values = [str(number) for number in range(1_001)]

    where = read({"filter": leaf("oid", "in", values[:1_000])}).where
    (fault,) = faults_of({"filter": leaf("oid", "in", values)})

    assert len(where.value) == 1_000
    assert (fault.code, fault.pointer) == ("list_too_long", "/filter/value/1000")


def test_all_lists_of_a_query_together_have_a_limit_too():
    values = list(range(1_000))
    lists = [leaf("oid", "in", values), leaf("total", "in", values), leaf("oid", "notin", [1, 2])]

    assert read({"filter": {"or": lists[:2]}}).where is not None
    (fault,) = faults_of({"filter": {"or": lists}})

    assert (fault.code, fault.pointer) == ("list_too_long", "/filter/or/2/value/0")


class Refused(NamedTuple):
    """What is sent, and what the one fault says."""

    body: Any
    code: str
    pointer: str
    suggestions: tuple[str, ...] = ()
    fix: Any = None


def filtered(tree: Any) -> dict[str, Any]:
    return {"filter": tree}


def deep(times: int) -> Any:
    tree: Any = leaf()
    for _ in range(times):
        tree = {"not": tree}
    return tree


TABLE = (
    Refused([], "bad_value", ""),
    Refused(None, "bad_value", ""),
    Refused({"fitler": {}}, "unknown_parameter", "/fitler", ("filter",)),
    Refused({"a/b~c": 1}, "unknown_parameter", "/a~1b~0c"),
    Refused({"total": "gt:1"}, "unknown_parameter", "/total"),
    Refused(filtered(None), "syntax", "/filter"),
    Refused(filtered("total:gt:1"), "syntax", "/filter"),
    Refused(filtered({}), "syntax", "/filter"),
    Refused(filtered({"field": "total", "op": "gt"}), "syntax", "/filter"),
    Refused(filtered({**leaf(), "vlue": 1}), "syntax", "/filter/vlue", ("value",)),
    Refused(filtered({"and": []}), "syntax", "/filter/and"),
    Refused(filtered({"or": leaf()}), "syntax", "/filter/or"),
    Refused(filtered({"and": [leaf()], "or": [leaf()]}), "syntax", "/filter"),
    Refused(filtered({"not": [leaf()]}), "syntax", "/filter/not"),
    Refused(filtered({"and": [leaf(), 7]}), "syntax", "/filter/and/1"),
    Refused(filtered(leaf("totl")), "unknown_field", "/filter/field", ("total",), "total"),
    Refused(filtered(leaf(7)), "unknown_field", "/filter/field"),
    Refused(filtered(leaf("seal")), "unknown_field", "/filter/field"),
    Refused(filtered(leaf(op="gtee")), "unknown_operator", "/filter/op", ("gte", "gt"), "gte"),
    Refused(filtered(leaf(op=None)), "unknown_operator", "/filter/op"),
    Refused(
        filtered(leaf("is_taxed", "gt", True)),
        "operator_not_allowed",
        "/filter/op",
        ("eq", "not"),
    ),
    Refused(filtered(leaf(value="1e3")), "bad_value", "/filter/value"),
    Refused(filtered(leaf(value=Decimal("1E+3"))), "bad_value", "/filter/value"),
    Refused(filtered(leaf(value=Decimal("1E+999999999"))), "bad_value", "/filter/value"),
    Refused(filtered(leaf("oid", "eq", Decimal("1E+999999999"))), "bad_value", "/filter/value"),
    Refused(filtered(leaf("oid", "eq", Decimal("1.5"))), "bad_value", "/filter/value"),
    Refused(filtered(leaf("oid", "eq", 10**5_000)), "bad_value", "/filter/value"),
    Refused(filtered(leaf(value=1.5)), "bad_value", "/filter/value"),
    Refused(filtered(leaf(value=True)), "bad_value", "/filter/value"),
    Refused(filtered(leaf(value={})), "bad_value", "/filter/value"),
    Refused(filtered(leaf("number", "eq", 42)), "bad_value", "/filter/value", (), "42"),
    Refused(filtered(leaf("date", "eq", 2026)), "bad_value", "/filter/value", (), "2026"),
    Refused(filtered(leaf("date", "eq", 20260331)), "bad_value", "/filter/value"),
    Refused(
        filtered(leaf("status", "eq", "drat")), "bad_value", "/filter/value", ("draft",), "draft"
    ),
    Refused(
        filtered(leaf("status", "in", ["paid", "drat"])),
        "bad_value",
        "/filter/value/1",
        ("draft",),
        "draft",
    ),
    Refused(filtered(leaf("number", "in", ["a", 7])), "bad_value", "/filter/value/1", (), "7"),
    Refused(filtered(leaf("oid", "in", 7)), "bad_value", "/filter/value", (), [7]),
    Refused(filtered(leaf("oid", "in", [])), "bad_value", "/filter/value"),
    Refused(filtered(leaf("oid", "eq", [])), "bad_value", "/filter/value"),
    Refused(filtered(leaf("oid", "eq", ["1"])), "bad_value", "/filter/op", ("in",), "in"),
    Refused(filtered(leaf("oid", "not", [1, 2])), "bad_value", "/filter/op", ("notin",), "notin"),
    Refused(filtered(leaf(value=None)), "bad_value", "/filter/value", ("eq:null", "not:null")),
    Refused(filtered(deep(4)), "too_deep", "/filter/not/not/not/not"),
    Refused(filtered({"or": [leaf()] * 21}), "too_many", "/filter/or/20"),
    Refused({"sort": ["-date", "totl"]}, "unknown_field", "/sort/1", ("total",), "total"),
    Refused({"sort": "-date,totl"}, "unknown_field", "/sort", ("total",), "-date,total"),
    Refused({"sort": ["-date", "notes"]}, "not_sortable", "/sort/1"),
    Refused({"sort": ["date", "-date"]}, "duplicate_sort", "/sort/1"),
    Refused({"sort": ["date,id"]}, "bad_value", "/sort"),
    Refused({"sort": [1]}, "bad_value", "/sort"),
    Refused({"sort": None}, "bad_value", "/sort"),
    Refused({"fields": ["id", "totl"]}, "unknown_field", "/fields/1", ("total",), "total"),
    Refused({"expand": ["contacts"]}, "unknown_field", "/expand/0", ("contact",), "contact"),
    Refused({"q": ""}, "bad_value", "/q"),
    Refused({"q": ["a"]}, "bad_value", "/q"),
    Refused({"explain": "yes"}, "bad_value", "/explain", ("plan",), "plan"),
    Refused({"count": "exat"}, "bad_value", "/count", ("exact",), "exact"),
    Refused({"limit": 201}, "bad_value", "/limit", (), 200),
    Refused({"limit": "50"}, "bad_value", "/limit"),
    Refused({"limit": True}, "bad_value", "/limit"),
    Refused({"limit": 10**5_000}, "bad_value", "/limit"),
    Refused({"page": 0}, "bad_value", "/page", (), 1),
    Refused({"page": 1, "limit": 10}, "bad_value", "/limit", ("per_page",)),
    Refused({"cursor": "a b"}, "cursor_invalid", "/cursor"),
    Refused({"offset": 9_951}, "offset_too_deep", "/offset", ("cursor",)),
)


@pytest.mark.parametrize("row", TABLE, ids=lambda row: f"{row.code}{row.pointer}")
def test_a_fault_stands_where_the_body_is_wrong(row: Refused):
    (fault,) = faults_of(row.body)

    assert (fault.code, fault.pointer) == (row.code, row.pointer)
    assert (fault.parameter, fault.position) == (None, None)
    assert fault.suggestions == row.suggestions
    assert (None if fault.fix is None else json.loads(fault.fix)) == row.fix
    assert fault.detail


def test_every_fault_of_a_body_is_told_at_once():
    body = {
        "filter": {
            "and": [leaf("totl"), {"not": leaf(op="gtee")}, leaf("status", "in", ["x", "opn"])]
        },
        "sort": ["-datte"],
        "limt": 5,
        "count": "all",
    }

    assert [(fault.code, fault.pointer) for fault in faults_of(body)] == [
        ("unknown_field", "/filter/and/0/field"),
        ("unknown_operator", "/filter/and/1/not/op"),
        ("bad_value", "/filter/and/2/value/0"),
        ("bad_value", "/filter/and/2/value/1"),
        ("unknown_field", "/sort/0"),
        ("unknown_parameter", "/limt"),
        ("bad_value", "/count"),
    ]


@pytest.mark.parametrize("body", [{"q": "x"}, {"fields": ["id"]}, {"expand": ["contact"]}])
def test_what_a_resource_does_not_offer_is_refused_and_not_ignored(body):
    with pytest.raises(InvalidQuery) as refused:
        read_tree(BARE, body)

    (fault,) = refused.value.faults
    assert fault.code == "unknown_parameter"


def test_any_depth_is_refused_without_following_it():
    (fault,) = faults_of(filtered(deep(100_000)))

    assert fault.code == "too_deep"


def test_no_more_is_read_of_a_body_than_a_query_may_hold():
    wide = faults_of(filtered({"or": [7] * 100_000}))
    hollow = faults_of(filtered({"or": [{"and": []}] * 100_000}))
    strange = faults_of({f"x{number}": 1 for number in range(100_000)})

    assert len(wide) == len(hollow) == 21
    assert len(strange) == 200


SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.decimals(allow_nan=False, allow_infinity=False),
    st.sampled_from(["total", "status", "draft", "opn", "in", "eq", "gtee", "2026-Q1", "", "null"]),
    st.text(max_size=5),
)
NAMES = st.one_of(
    st.sampled_from(["field", "op", "value", "and", "or", "not", "vlue"]), st.text(max_size=3)
)
LEAVES = st.fixed_dictionaries(
    {
        "field": st.one_of(st.sampled_from([*FIELDS.by_name, "statsu"]), SCALARS),
        "op": st.one_of(st.sampled_from(["eq", "in", "gt", "has", "gtee", "notin"]), SCALARS),
        "value": st.one_of(SCALARS, st.lists(SCALARS, max_size=4)),
    }
)
TREES = st.recursive(
    st.one_of(SCALARS, LEAVES, LEAVES),
    lambda below: st.one_of(
        st.lists(below, max_size=3),
        st.dictionaries(NAMES, below, max_size=3),
        st.builds(lambda term: {"not": term}, below),
        st.builds(lambda terms: {"or": terms}, st.lists(below, max_size=3)),
    ),
    max_leaves=8,
)
BODIES = st.dictionaries(
    st.one_of(st.sampled_from(["sort", "fields", "expand", "q", "limit", "page", "cursor"]), NAMES),
    st.one_of(SCALARS, st.lists(st.one_of(SCALARS, st.sampled_from(["-date", "contact"])))),
    max_size=4,
)
SOAK_TIMEOUT_S = 3_600


@pytest.mark.soak
@pytest.mark.timeout(SOAK_TIMEOUT_S)
@settings(max_examples=max(600, settings.default.max_examples))
@given(BODIES, TREES)
def test_any_json_is_a_query_or_is_told_what_is_wrong(members, tree):
    body = {**members, "filter": tree}
    try:
        read(body)
    except InvalidQuery as refused:
        for fault in refused.faults:
            assert_is_told(fault, body)


def assert_is_told(fault: Fault, body: Any) -> None:
    """A fault stands somewhere, can be sent as JSON, and what it would have there is no fault."""
    assert fault.pointer is not None
    for told in (fault.code, fault.detail, fault.pointer, fault.field, fault.fix):
        (told or "").encode()
    if fault.fix is None:
        return
    mended = with_value(body, fault.pointer, json.loads(fault.fix, parse_float=Decimal))
    try:
        read(mended)
    except InvalidQuery as refused:
        left = [(other.code, other.pointer) for other in refused.faults]
        assert (fault.code, fault.pointer) not in left


def with_value(body: Any, pointer: str, value: Any) -> Any:
    mended = copy.deepcopy(body)
    *steps, last = (
        step.replace("~1", "/").replace("~0", "~") for step in pointer.removeprefix("/").split("/")
    )
    place = mended
    for step in steps:
        place = place[int(step) if isinstance(place, list) else step]
    place[int(last) if isinstance(place, list) else last] = value
    return mended


def test_a_surface_brings_its_own_limits():
    limits = Limits(posted_list_values_max=2, nesting_max=1)

    assert faults_of(filtered(deep(2)), limits=limits)[0].code == "too_deep"
    assert (
        faults_of(filtered(leaf("oid", "in", [1, 2, 3])), limits=limits)[0].code == "list_too_long"
    )
