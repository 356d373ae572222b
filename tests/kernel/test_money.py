"""Money: decimals written and read without loss, and sums whose parts add up."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kernel.money import (
    apportion,
    exponent,
    is_currency,
    quotient,
    rounded,
    scaled,
    written,
)

WHOLES = st.integers(-(10**30), 10**30)
DECIMALS = st.integers(0, 6)
NUMERATORS = st.lists(st.integers(-(10**12), 10**12), max_size=30)
DENOMINATORS = st.integers(1, 10**9)


@pytest.mark.parametrize(
    ("code", "decimals"), [("AUD", 2), ("EUR", 2), ("JPY", 0), ("ISK", 0), ("KWD", 3), ("TND", 3)]
)
def test_a_currency_has_the_decimals_of_iso_4217(code, decimals):
    assert exponent(code) == decimals
    assert is_currency(code)


@pytest.mark.parametrize("code", ["", "ABC", "aud", "AUDX", "AU", "XXX", "XAU", "AUD\n", "٣٣٣"])
def test_what_is_no_currency_is_refused(code):
    assert not is_currency(code)
    with pytest.raises(ValueError, match=r"."):
        exponent(code)


@pytest.mark.parametrize(
    ("minor", "decimals", "text"),
    [
        (132000, 2, "1320.00"),
        (5, 2, "0.05"),
        (-5, 2, "-0.05"),
        (-100, 2, "-1.00"),
        (0, 2, "0.00"),
        (1500, 0, "1500"),
        (-1500, 0, "-1500"),
        (1, 3, "0.001"),
    ],
)
def test_minor_units_are_written_as_people_read_them(minor, decimals, text):
    assert written(minor, decimals=decimals) == text


@given(minor=WHOLES, decimals=DECIMALS)
def test_what_is_written_reads_back(minor, decimals):
    text = written(minor, decimals=decimals)

    assert scaled(Decimal(text), decimals=decimals) == minor
    assert len(text.partition(".")[2]) == decimals


@given(amount=st.decimals(allow_nan=False, allow_infinity=False, places=4), decimals=DECIMALS)
def test_scaling_is_exact_or_refused(amount, decimals):
    exact = Fraction(amount) * 10**decimals

    assert scaled(amount, decimals=decimals) == (int(exact) if exact.denominator == 1 else None)


@pytest.mark.parametrize("amount", ["NaN", "sNaN", "Infinity", "-Infinity", "1E+41", "1E-41"])
def test_what_is_no_amount_is_refused(amount):
    assert scaled(Decimal(amount), decimals=2) is None


@pytest.mark.parametrize("amount", ["1E+999999999", "1E-999999999", "0E+999999999"])
def test_an_enormous_exponent_costs_no_work(amount):
    assert scaled(Decimal(amount), decimals=2) is None


@pytest.mark.parametrize(
    ("amount", "number"), [("-0", 0), ("1E2", 10000), ("1.50", 150), ("1.5000", 150), ("-0.01", -1)]
)
def test_amounts_are_taken_however_they_are_spelt(amount, number):
    assert scaled(Decimal(amount), decimals=2) == number


@pytest.mark.parametrize(
    ("amount", "whole"),
    [("0.5", 1), ("-0.5", -1), ("1.5", 2), ("2.5", 3), ("-2.5", -3), ("0.49", 0), ("-0.49", 0)],
)
def test_halves_are_rounded_away_from_zero(amount, whole):
    numerator, denominator = Decimal(amount).as_integer_ratio()

    assert rounded(Decimal(amount)) == whole
    assert quotient(numerator, denominator) == whole


@given(numerator=WHOLES, denominator=st.integers(1, 10**30))
def test_a_quotient_is_the_nearest_whole(numerator, denominator):
    found, exact = quotient(numerator, denominator), Fraction(numerator, denominator)

    assert abs(found - exact) <= Fraction(1, 2)
    assert quotient(-numerator, denominator) == -found
    if abs(found - exact) == Fraction(1, 2):
        assert abs(found) > abs(exact)


@given(numerators=NUMERATORS, denominator=DENOMINATORS)
def test_the_parts_add_up_to_the_rounded_sum(numerators, denominator):
    total, parts = apportion(numerators, denominator=denominator)

    assert total == quotient(sum(numerators), denominator)
    assert sum(parts) == total
    assert len(parts) == len(numerators)


@given(numerators=NUMERATORS, denominator=DENOMINATORS)
def test_no_part_is_a_whole_unit_from_its_own_share(numerators, denominator):
    _, parts = apportion(numerators, denominator=denominator)

    for numerator, part in zip(numerators, parts, strict=True):
        assert abs(part - Fraction(numerator, denominator)) < 1


@given(numerators=NUMERATORS, denominator=DENOMINATORS)
def test_a_share_that_is_whole_stays_as_it_is(numerators, denominator):
    whole = [numerator * denominator for numerator in numerators]
    _, parts = apportion([*whole, 1], denominator=denominator)

    assert parts[:-1] == numerators
    assert apportion(whole, denominator=denominator) == (sum(numerators), numerators)


@given(numerators=NUMERATORS, denominator=DENOMINATORS, place=st.integers(0, 30))
def test_a_weight_of_nothing_gets_nothing_and_takes_nothing(numerators, denominator, place):
    total, parts = apportion(numerators, denominator=denominator)
    widened = apportion([*numerators[:place], 0, *numerators[place:]], denominator=denominator)

    assert widened == (total, [*parts[:place], 0, *parts[place:]])


@pytest.mark.parametrize(
    ("numerators", "denominator", "total", "parts"),
    [
        ([], 3, 0, []),
        ([0, 0], 3, 0, [0, 0]),
        ([1, 1, 1], 3, 1, [1, 0, 0]),
        ([2, 2, 2], 3, 2, [1, 1, 0]),
        ([5, 5], 10, 1, [1, 0]),
        ([-1, -1, -1], 3, -1, [0, 0, -1]),
        ([10, -10], 3, 0, [3, -3]),
        ([15, -10], 10, 1, [2, -1]),
    ],
)
def test_the_largest_remainder_comes_first_and_ties_go_to_the_earlier(
    numerators, denominator, total, parts
):
    assert apportion(numerators, denominator=denominator) == (total, parts)
