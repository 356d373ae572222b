"""Every operator with every type: at each level of the grammar, and where it is refused."""

from decimal import Decimal
from typing import Final

import msgspec
import pytest

from app.query.faults import InvalidQuery
from app.query.grammar import OPERATORS, Predicate, Span
from app.query.spell import spell
from app.query.tree import read_tree
from app.query.write import written
from tests.query.drawer import FIELDS, TIMEZONE, ULID

# As bodies are decoded: no number loses a digit.
decode: Final = msgspec.json.Decoder(float_hook=Decimal).decode
JANUARY_2026_US = 1_767_225_600_000_000
# For each type: a field, an operand as it is written, and what is stored for it.
ONES = {
    "text": ("number", "INV-1", "INV-1"),
    "code": ("status", "draft", "draft"),
    "id": ("id", f"ppr_{ULID}", f"ppr_{ULID}"),
    "integer": ("oid", "-12", -12),
    "decimal": ("total", "-0.5", -50),
    "date": ("date", "2026-03-31", "2026-03-31"),
    "period": ("date", "2026-Q1", Span("2026-01-01", "2026-04-01")),
    "instant": ("sent_at", "2026-01-01T00:00:00.000001Z", JANUARY_2026_US + 1),
    "moment": (
        "sent_at",
        "2026-01-01T00:00:00Z",
        Span(JANUARY_2026_US, JANUARY_2026_US + 1_000),
    ),
    "boolean": ("is_taxed", "true", 1),
    "to-one": ("contact.email", "a@b.example", "a@b.example"),
    "to-many": ("lines.item_id", f"itm_{ULID}", f"itm_{ULID}"),
}
OFFERED = {
    "text": "eq not lt lte gt gte in notin starts",
    "code": "eq not in notin",
    "boolean": "eq not",
    "to-one": "eq not lt lte gt gte in notin",
}
ORDERED = "eq not lt lte gt gte in notin"


def offered(kind: str) -> list[str]:
    return OFFERED.get(kind, ORDERED).split()


TAKEN = [(kind, operator) for kind in ONES for operator in offered(kind)]
REFUSED = [
    (kind, operator) for kind in ONES for operator in OPERATORS if operator not in offered(kind)
]


@pytest.mark.parametrize(("kind", "operator"), TAKEN)
def test_an_operator_that_the_type_offers_means_the_same_at_every_level(kind, operator):
    field, operand, stored = ONES[kind]
    listed = OPERATORS[operator].takes_list
    meant = Predicate(field, operator, (stored,) if listed else stored)

    ways = [
        [(field, f"{operator}:{operand}")],
        [(field, f'{operator}:"{operand}"')],
        [(f"{field}[{operator}]", operand)],
        [("filter", f"{field}:{operator}:{f'({operand})' if listed else operand}")],
    ]
    if operator == "eq":
        ways.append([(field, operand)])
    for pairs in ways:
        assert spell(FIELDS, pairs, timezone=TIMEZONE).where == meant
    body = {"filter": {"field": field, "op": operator, "value": [operand] if listed else operand}}
    assert read_tree(FIELDS, body, timezone=TIMEZONE).where == meant
    text = written(meant, FIELDS, timezone=TIMEZONE)
    assert spell(FIELDS, [("filter", text)], timezone=TIMEZONE).where == meant


@pytest.mark.parametrize(("kind", "operator"), REFUSED)
def test_an_operator_that_the_type_does_not_offer_is_refused_at_every_level(kind, operator):
    field, operand, _ = ONES[kind]
    listed = OPERATORS[operator].takes_list
    tree = {"field": field, "op": operator, "value": [operand] if listed else operand}

    for pairs in (
        [(field, f"{operator}:{operand}")],
        [(f"{field}[{operator}]", operand)],
        [("filter", f"{field}:{operator}:{f'({operand})' if listed else operand}")],
    ):
        with pytest.raises(InvalidQuery) as refused:
            spell(FIELDS, pairs, timezone=TIMEZONE)
        assert [fault.code for fault in refused.value.faults] == ["operator_not_allowed"]
    with pytest.raises(InvalidQuery) as refused:
        read_tree(FIELDS, {"filter": tree}, timezone=TIMEZONE)
    (fault,) = refused.value.faults
    assert (fault.code, fault.pointer) == ("operator_not_allowed", "/filter/op")
    assert fault.suggestions == tuple(offered(kind))


@pytest.mark.parametrize("operator", OPERATORS)
@pytest.mark.parametrize("field", ["number", "notes", "due_date", "status", "is_taxed"])
def test_null_stands_only_behind_what_asks_whether_something_is_there(field, operator):
    if operator not in FIELDS.by_name[field].offered:
        return
    listed = OPERATORS[operator].takes_list
    pairs = [("filter", f"{field}:{operator}:{'(null)' if listed else 'null'}")]

    if operator in ("eq", "not", "in", "notin"):
        where = spell(FIELDS, pairs).where
        assert where == Predicate(field, operator, (None,) if listed else None)
    else:
        with pytest.raises(InvalidQuery) as refused:
            spell(FIELDS, pairs)
        assert [fault.code for fault in refused.value.faults] == ["bad_value"]


@pytest.mark.parametrize(
    ("field", "value", "stored"),
    [
        ("oid", "7", 7),
        ("oid", '"7"', 7),
        ("oid", "7.0", 7),
        ("oid", "-999999999999999999", -999_999_999_999_999_999),
        ("total", "100", 10_000),
        ("total", "10.005", Span(1001, 1001)),
        ("total", "-0.10", -10),
        ("total", "0.1", 10),
        ("quantity", "99999999999999.9999", 999_999_999_999_999_999),
        ("quantity", "999999999999999.999999", Span(2**63 - 1, 2**63 - 1)),
        ("is_taxed", "true", 1),
        ("is_taxed", '"false"', 0),
        ("number", '"null"', "null"),
        ("number", "null", None),
    ],
)
def test_values_of_a_body_are_those_of_json_exactly(field, value, stored):
    body = f'{{"filter": {{"field": "{field}", "op": "eq", "value": {value}}}}}'

    assert read_tree(FIELDS, decode(body)).where == Predicate(field, "eq", stored)
