"""A declaration that contradicts the grammar, its column or itself is refused at import."""

import pytest
from sqlalchemy import Boolean, Column, MetaData, String, Table

from app.query.fields import Field, QueryFields, Undeclarable
from app.query.grammar import OPERATORS, Order
from app.query.values import (
    BooleanType,
    CodeType,
    DateType,
    DecimalType,
    FieldType,
    IdType,
    InstantType,
    IntegerType,
    TextType,
)
from tests.query.papers import papers

ID = Field("id", IdType("ppr"), papers.c.id, is_sortable=True)
LOOSE = Table("loose", MetaData(), Column("name", String), Column("is_open", Boolean))
TYPES: tuple[FieldType, ...] = (
    TextType(),
    CodeType(("a", "b")),
    IdType("ppr"),
    IntegerType(),
    DecimalType(2),
    DateType(),
    InstantType(),
    BooleanType(),
)


@pytest.mark.parametrize(
    "field",
    [
        Field("limit", IntegerType(), papers.c.oid),
        Field("filter", TextType(), papers.c.number),
        Field("Total", DecimalType(2), papers.c.total),
        Field("a b", TextType(), papers.c.number),
        Field("total[gte]", DecimalType(2), papers.c.total),
        Field("status", CodeType(("a",)), papers.c.status, operators=("eq", "lt")),
        Field("number", TextType(), papers.c.number, operators=("like",)),
        Field("number", TextType(), papers.c.number, operators=("starts",)),
        Field("name", TextType(), LOOSE.c.name),
        Field("name", TextType(), LOOSE.c.name, operators=("eq",), is_sortable=True),
        Field("is_open", BooleanType(), LOOSE.c.is_open),
        Field("id", IdType("ppr"), papers.c.id),
    ],
    ids=lambda field: f"{field.name}-{field.type.name}",
)
def test_a_field_must_fit_the_grammar_and_its_column(field):
    with pytest.raises(Undeclarable):
        QueryFields("paper", (ID, field), default_sort=(Order("id"),))


@pytest.mark.parametrize(
    ("fields", "default_sort"),
    [
        ((Field("oid", IntegerType(), papers.c.oid, is_sortable=True),), (Order("oid"),)),
        ((ID,), (Order("oid"),)),
        ((Field("id", TextType(), papers.c.number, is_sortable=True),), (Order("id"),)),
        ((Field("id", IdType("ppr"), papers.c.id),), (Order("id"),)),
    ],
    ids=["no id", "unknown sort", "id may be null", "id not sortable"],
)
def test_a_resource_needs_a_unique_field_and_a_sort_that_exists(fields, default_sort):
    with pytest.raises(Undeclarable):
        QueryFields("paper", fields, default_sort=default_sort)


def test_text_without_a_bytewise_column_may_still_be_compared_for_equality():
    fields = QueryFields(
        "paper", (ID, Field("name", TextType(), LOOSE.c.name, operators=("eq", "not")))
    )

    assert fields.filterable == ("id", "name")


def test_a_field_offers_what_its_type_does_unless_it_says_otherwise():
    fields = QueryFields(
        "paper", (ID, Field("number", TextType(), papers.c.number, operators=(), is_sortable=True))
    )

    assert fields.filterable == ("id",)
    assert fields.sortable == ("id", "number")


@pytest.mark.parametrize("kind", TYPES, ids=lambda kind: kind.name)
def test_each_type_says_what_it_expects_and_offers_known_operators(kind):
    assert kind.expects
    assert set(kind.operators) <= OPERATORS.keys()


@pytest.mark.parametrize("scale", [-1, 7])
def test_a_decimal_is_stored_with_at_most_six_decimals(scale):
    with pytest.raises(ValueError, match="scale"):
        DecimalType(scale)
