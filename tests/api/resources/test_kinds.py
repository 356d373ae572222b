"""Each kind of value is written, read and compared exactly, or refused."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.api.resources.kinds import (
    Code,
    Day,
    Flag,
    Id,
    Instant,
    Kind,
    Money,
    Scaled,
    Text,
    Whole,
)
from app.api.resources.misread import Misread


@dataclass
class Record:
    currency: str


@pytest.mark.parametrize(
    ("kind", "sent", "code"),
    [
        (Text(), 5, "bad_type"),
        (Text(), True, "bad_type"),
        (Text(), ["x"], "bad_type"),
        (Text(3), "four", "bad_value"),
        (Text(), "a\x00b", "bad_value"),
        (Text(), "two\nlines", "bad_value"),
        (Text(is_multiline=True), "a\x1bb", "bad_value"),
        (Code(("company", "individual")), "compny", "bad_value"),
        (Code(("company",)), 1, "bad_type"),
        (Id("con"), "inv_01JD0000000000000000000000", "bad_value"),
        (Id("con"), "con_1", "bad_value"),
        (Id("con"), 42, "bad_type"),
        (Whole(), True, "bad_type"),
        (Whole(), "1", "bad_type"),
        (Whole(), Decimal("1.5"), "bad_type"),
        (Whole(), 10**30, "bad_value"),
        (Flag(), 1, "bad_type"),
        (Flag(), "true", "bad_type"),
        (Day(), "2026-02-30", "bad_value"),
        (Day(), "2026-2-3", "bad_value"),
        (Day(), "2026-02-03T00:00:00Z", "bad_value"),
        (Day(), 20260203, "bad_type"),
        (Scaled(2), True, "bad_type"),
        (Scaled(2), None, "bad_type"),
        (Scaled(2), "1e3", "bad_value"),
        (Scaled(2), Decimal("1e3"), "bad_value"),
        (Scaled(2), "NaN", "bad_value"),
        (Scaled(2), "Infinity", "bad_value"),
        (Scaled(2), "1_000", "bad_value"),
        (Scaled(2), " 1", "bad_value"),
        (Scaled(2), "1.", "bad_value"),
        (Scaled(2), ".5", "bad_value"),
        (Scaled(2), "+1", "bad_value"),
        (Scaled(2), "", "bad_value"),
        (Scaled(2), "1" * 16, "bad_value"),
        (Scaled(2), "1.1234567", "bad_value"),
        (Scaled(2), 10**4000, "bad_value"),
        (Scaled(2), "\u0661", "bad_value"),
        (Money(), {"amount": 1}, "bad_type"),
    ],
)
def test_what_is_not_of_the_kind_is_refused(kind: Kind, sent: object, code: str):
    with pytest.raises(Misread) as misread:
        kind.read(sent)

    assert misread.value.code == code


@pytest.mark.parametrize(
    ("kind", "sent", "read"),
    [
        (Text(is_multiline=True), "two\nlines", "two\nlines"),
        (Text(), "Zoë 🧾", "Zoë 🧾"),
        (Scaled(2), "12.50", Decimal("12.50")),
        (Scaled(2), Decimal("0.1"), Decimal("0.1")),
        (Scaled(2), 7, Decimal(7)),
        (Scaled(2), "-0", Decimal(0)),
        (Day(), "2026-02-28", date(2026, 2, 28)),
        (Flag(), False, False),
    ],
)
def test_what_is_of_the_kind_is_read_exactly(kind: Kind, sent: object, read: object):
    assert kind.read(sent) == read


def test_a_near_miss_of_a_closed_set_is_suggested():
    with pytest.raises(Misread) as misread:
        Code(("company", "individual")).read("compny")

    assert misread.value.suggestions == ("company",)


@pytest.mark.parametrize(
    ("kind", "stored", "shown"),
    [
        (Scaled(6), 2_500_000, "2.5"),
        (Scaled(6), 1_000_000, "1"),
        (Scaled(6), -1, "-0.000001"),
        (Scaled(4, shown=2), 125_000, "12.50"),
        (Scaled(4, shown=2), 12_345, "1.2345"),
        (Scaled(3), 0, "0"),
        (Instant(), 1_700_000_000_123_456, "2023-11-14T22:13:20.123Z"),
        (Instant(), None, None),
        (Flag(), 1, True),
    ],
)
def test_what_is_stored_is_shown(kind: Kind, stored: object, shown: object):
    assert kind.write(stored, None) == shown


@pytest.mark.parametrize(
    ("currency", "shown"), [("AUD", "1320.00"), ("JPY", "132000"), ("KWD", "132.000")]
)
def test_money_has_the_decimals_of_its_currency(currency: str, shown: str):
    assert Money().write(132_000, Record(currency)) == shown


@given(st.integers(-(10**15), 10**15))
def test_what_is_shown_is_the_same_when_it_is_sent_back(stored: int):
    for kind in (Scaled(3), Scaled(6), Money()):
        shown = kind.write(stored, Record("AUD"))
        assert kind.same(shown, shown)
        assert not kind.same("0.001", shown) or stored in {1, 1000}


@pytest.mark.parametrize(
    ("kind", "sent", "shown", "is_same"),
    [
        (Money(), 1320, "1320.00", True),
        (Money(), "1320.0", "1320.00", True),
        (Money(), "1320.01", "1320.00", False),
        (Money(), "x", "1320.00", False),
        (Money(), None, "1320.00", False),
        (Instant(), "2023-11-14T22:13:20.123+00:00", "2023-11-14T22:13:20.123Z", True),
        (Instant(), "2023-11-14T22:13:20.124Z", "2023-11-14T22:13:20.123Z", False),
        (Instant(), None, None, True),
        (Whole(), True, 1, False),
        (Text(), None, None, True),
    ],
)
def test_a_value_sent_back_says_the_same_or_does_not(
    kind: Kind, sent: object, shown: object, is_same: bool
):
    assert kind.same(sent, shown) is is_same
