"""Many rows by their ids: however many, repeated or foreign."""

import pytest
from sqlalchemy import insert

from app.domain.ledger.tables import TaxRate
from app.storage.batch import SIZES, Batch
from app.storage.tenancy import columns_of
from app.storage.transaction import transaction
from tests.storage.conftest import OTHER, OWN, STAMPS, add_tax_rate

RATES = Batch(columns_of(TaxRate, TaxRate.id, TaxRate.name).order_by(TaxRate.oid), by=TaxRate.id)


def rates(engine, ids, *, organisation=OWN):
    with transaction(engine, writes=False) as session:
        return RATES.rows(session, organisation=organisation, ids=ids)


@pytest.fixture
def many(books):
    """The books with 450 tax rates, `tax_1` to `tax_450`."""
    with transaction(books) as session:
        session.execute(
            insert(TaxRate),
            [
                {"org_id": OWN, "id": f"tax_{oid}", "oid": oid, "name": "x", "rate": 1, **STAMPS}
                for oid in range(4, 451)
            ],
        )
    return books


@pytest.mark.parametrize("count", [0, 1, 2, 9, 10, 11, 50, 51, 199, 200, 201, 400, 401, 450])
def test_every_row_comes_once_however_many_are_asked_for(many, count):
    ids = [f"tax_{oid}" for oid in range(1, count + 1)]

    assert [row[0] for row in rates(many, ids)] == ids


def test_the_order_is_that_of_the_select(books):
    assert [row[0] for row in rates(books, ["tax_3", "tax_1", "tax_2"])] == [
        "tax_1",
        "tax_2",
        "tax_3",
    ]


@pytest.mark.parametrize("count", [2, 10, SIZES[-1]])
def test_an_id_that_is_repeated_comes_once(books, count):
    assert rates(books, ["tax_2"] * count) == [("tax_2", f"2 of {OWN}")]


def test_ids_that_are_nobodys_are_left_out(books):
    ids = ["tax_9", "", "tax_1' OR 1=1 --", "tax_2", "%", "tax_none"]

    assert rates(books, ids) == [("tax_2", f"2 of {OWN}")]


def test_ids_of_another_organisation_are_left_out(books):
    with transaction(books) as session:
        add_tax_rate(session, OTHER, oid=4)

    assert rates(books, ["tax_4"]) == []
    assert rates(books, ["tax_4"], organisation=OTHER) == [("tax_4", f"4 of {OTHER}")]


def test_each_organisation_finds_its_own_row_of_the_same_id(books):
    for organisation in (OWN, OTHER):
        assert rates(books, ["tax_1"], organisation=organisation) == [
            ("tax_1", f"1 of {organisation}")
        ]


def test_it_sees_what_its_own_transaction_wrote(books):
    with transaction(books) as session:
        add_tax_rate(session, OWN, oid=4)

        assert RATES.rows(session, organisation=OWN, ids=["tax_4"]) == [("tax_4", f"4 of {OWN}")]
