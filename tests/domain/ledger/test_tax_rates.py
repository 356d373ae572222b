"""Tax rates hold from day to day, in percent with three decimals."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from app.domain.ledger.tax_rates import add_tax_rate, tax_rates_by_id
from app.kernel.errors import Invalid
from tests.factories.house import House


@pytest.fixture
def house(database_url: str, tmp_path: Path):
    made = House(database_url, tmp_path / "instance")
    yield made
    made.close()


def test_a_rate_is_found_by_its_own_organisation_alone(house):
    own, other = house.organisation(), house.organisation()
    rate = house.do(add_tax_rate, organisation=own, name="TVA 5,5 %", rate=Decimal("5.5"))

    def found(organisation):
        return house.look(
            lambda session: tax_rates_by_id(session, organisation=organisation, ids=[rate.id])
        )

    assert found(own) == {rate.id: rate}
    assert (rate.rate, rate.oid) == (5_500, 1)
    assert found(other) == {}


def test_a_rate_holds_on_its_first_and_last_day(house):
    rate = house.do(
        add_tax_rate,
        organisation=house.organisation(),
        name="GST",
        rate=Decimal(10),
        valid_from=date(2000, 7, 1),
        valid_to=date(2030, 6, 30),
    )

    days = ("2000-06-30", "2000-07-01", "2030-06-30", "2030-07-01")
    assert [rate.holds_on(day) for day in days] == [False, True, True, False]


def test_every_fault_of_a_rate_is_told(house):
    organisation = house.organisation()

    with pytest.raises(Invalid) as error:
        house.do(
            add_tax_rate,
            organisation=organisation,
            name=" ",
            rate=Decimal("100.0001"),
            valid_from=date(2026, 1, 2),
            valid_to=date(2026, 1, 1),
        )

    assert [fault.pointer for fault in error.value.faults] == ["/name", "/rate", "/valid_to"]
