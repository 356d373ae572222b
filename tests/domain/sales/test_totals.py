"""Totals are exact: lines add up to the document, whatever the prices, discounts and taxes."""

from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.sales.totals import WHOLE_PERCENT, Amounts, Priced, totals

PERCENT = 1_000
quantities = st.integers(-(10**9), 10**9)
prices = st.integers(-(10**9), 10**9)
percents = st.integers(0, WHOLE_PERCENT)
taxes = st.sampled_from([(None, 0), ("gst", 10 * PERCENT), ("vat", 20 * PERCENT), ("low", 5_500)])


@st.composite
def priced(draw: st.DrawFn) -> Priced:
    tax, percent = draw(taxes)
    return Priced(
        quantity=draw(quantities),
        unit_price=draw(prices),
        discount_percent=draw(percents),
        tax=tax,
        tax_percent=percent,
    )


documents = st.fixed_dictionaries(
    {
        "lines": st.lists(priced(), max_size=30),
        "decimals": st.sampled_from([0, 2, 3]),
        "prices_include_tax": st.booleans(),
        "discount_percent": percents,
    }
)


def line(quantity: str, price: str, *, tax: str | None = "t", percent: str = "10") -> Priced:
    return Priced(
        quantity=int(Decimal(quantity) * 10**6),
        unit_price=int(Decimal(price) * 10**4),
        tax=tax,
        tax_percent=int(Decimal(percent) * PERCENT) if tax else 0,
    )


@given(documents)
def test_the_lines_always_add_up_to_the_document(document):
    worked = totals(**document)

    assert sum(one.subtotal for one in worked.lines) == worked.document.subtotal
    assert sum(one.tax for one in worked.lines) == worked.document.tax
    assert sum(one.total for one in worked.lines) == worked.document.total
    assert all(one.subtotal + one.tax == one.total for one in (*worked.lines, worked.document))


@given(documents)
def test_tax_is_rounded_once_for_each_rate_of_the_document(document):
    worked = totals(**document)

    expected: dict[str, int] = {}
    for tax, percent in {(one.tax, one.tax_percent) for one in document["lines"] if one.tax}:
        of_rate = [
            amounts
            for one, amounts in zip(document["lines"], worked.lines, strict=True)
            if one.tax == tax
        ]
        if document["prices_include_tax"]:
            whole = sum(amounts.total for amounts in of_rate)
            exact = Decimal(whole) * percent / (WHOLE_PERCENT + percent)
        else:
            exact = Decimal(sum(amounts.subtotal for amounts in of_rate)) * percent / WHOLE_PERCENT
        expected[tax] = int(exact.quantize(Decimal(1), ROUND_HALF_UP))
        assert sum(amounts.tax for amounts in of_rate) == expected[tax]
    assert worked.document.tax == sum(expected.values())


@given(documents)
def test_each_line_is_within_one_unit_of_its_own_share(document):
    worked = totals(**document)

    kept = WHOLE_PERCENT - document["discount_percent"]
    for one, amounts in zip(document["lines"], worked.lines, strict=True):
        shown = amounts.total if document["prices_include_tax"] else amounts.subtotal
        scale = 10**10 * WHOLE_PERCENT
        exact = Decimal(one.quantity * one.unit_price * (WHOLE_PERCENT - one.discount_percent)) * (
            10 ** document["decimals"]
        )
        rounded = (exact / scale).quantize(Decimal(1), ROUND_HALF_UP)
        assert abs(shown - rounded * kept / WHOLE_PERCENT) <= 1


@given(st.integers(1, 10**7))
def test_an_inclusive_price_is_never_worked_out_again(cents):
    worked = totals([line("1", str(Decimal(cents) / 100))], decimals=2, prices_include_tax=True)

    assert worked.document.total == cents
    assert worked.document.tax == int((Decimal(cents) / 11).quantize(Decimal(1), ROUND_HALF_UP))


@pytest.mark.parametrize(
    ("lines", "inclusive", "expected"),
    [
        # The samples of the published documents.
        ([line("1", "1320.00")], True, Amounts(120_000, 12_000, 132_000)),
        ([line("1", "1527.00", percent="20")], False, Amounts(152_700, 30_540, 183_240)),
        # 15 % of three lines: by line 11.44, by document 11.45.
        (
            [line("1", price, percent="15") for price in ("25.06", "25.61", "25.63")],
            False,
            Amounts(7_630, 1_145, 8_775),
        ),
        ([line("1", "10", tax=None)], False, Amounts(1_000, 0, 1_000)),
        ([], False, Amounts(0, 0, 0)),
        # Halves round away from zero, on both sides of it.
        ([line("0.5", "0.01", tax=None)], False, Amounts(1, 0, 1)),
        ([line("-0.5", "0.01", tax=None)], False, Amounts(-1, 0, -1)),
        # What cancels out leaves the tax of each rate standing.
        (
            [line("1", "100"), line("-1", "100", tax=None)],
            False,
            Amounts(0, 1_000, 1_000),
        ),
    ],
)
def test_known_figures(lines, inclusive, expected):
    worked = totals(lines, decimals=2, prices_include_tax=inclusive)

    assert worked.document == expected


def test_a_currency_without_decimals_has_none():
    worked = totals([line("3", "33.4")], decimals=0, prices_include_tax=False)

    assert worked.document == Amounts(100, 10, 110)


def test_a_document_discount_is_shared_out_to_the_lines():
    worked = totals(
        [line("1", "10.00", tax=None)] * 3,
        decimals=2,
        prices_include_tax=False,
        discount_percent=33_333,
    )

    # 30.00 less 33.333 % is 20.0001; no line strays by more than a cent.
    assert worked.document.total == 2_000
    assert sorted(one.total for one in worked.lines) == [666, 667, 667]


def test_a_remainder_goes_to_the_line_that_lost_most():
    lines = [line("1", price) for price in ("0.14", "0.14", "0.02")]

    worked = totals(lines, decimals=2, prices_include_tax=False)

    # 10 % of 0.30 is 0.03; the lines' own shares are 1.4, 1.4 and 0.2 cents.
    assert [one.tax for one in worked.lines] == [2, 1, 0]


def test_a_stolen_cent_is_never_lost_over_many_lines():
    worked = totals([line("1", "0.01")] * 15, decimals=2, prices_include_tax=False)

    assert worked.document == Amounts(15, 2, 17)
    assert sum(one.tax for one in worked.lines) == 2
