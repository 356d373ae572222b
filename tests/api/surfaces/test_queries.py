"""Query strings are taken apart exactly."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.api.surfaces.queries import PARAMETERS_MAX, names_of, pairs_of, refuse_parameters
from app.kernel.errors import Malformed
from app.query.faults import InvalidQuery


@pytest.mark.parametrize(
    ("query", "pairs"),
    [
        (b"", []),
        (b"sort=-id&sort=+date", [("sort", "-id"), ("sort", " date")]),
        (b"q=a%26b%3Dc", [("q", "a&b=c")]),
        (b"name=%C3%A9&&flag", [("name", "é"), ("flag", "")]),
        (b"a=b=c", [("a", "b=c")]),
        (b"date=gte:2026-01-01+AND+lt:2026-02-01", [("date", "gte:2026-01-01 AND lt:2026-02-01")]),
    ],
)
def test_parameters_keep_their_order_and_their_text(query: bytes, pairs: list[tuple[str, str]]):
    assert pairs_of(query) == pairs


@pytest.mark.parametrize("query", [b"name=%FF", b"%C3=1", b"name=\xe9", b"name=%ED%A0%80"])
def test_bytes_that_are_not_utf8_are_malformed(query: bytes):
    with pytest.raises(Malformed):
        pairs_of(query)


def test_no_parameter_is_dropped_however_many_empty_ones_stand_before_it():
    assert pairs_of(b"&" * 5_000 + b"total=20") == [("total", "20")]
    assert len(pairs_of(b"a=1&" * PARAMETERS_MAX)) == PARAMETERS_MAX
    with pytest.raises(Malformed):
        pairs_of(b"a=1&" * (PARAMETERS_MAX + 1))


def test_names_are_known_whatever_the_values_are():
    assert names_of(b"access%5Ftoken=%FF&x=1") == {"access_token", "x"}


@given(st.binary(max_size=200))
def test_any_query_is_read_or_refused(query: bytes):
    names_of(query)
    with suppress(Malformed):
        pairs_of(query)


def test_where_no_parameter_is_known_each_is_refused():
    with pytest.raises(InvalidQuery) as error:
        refuse_parameters(b"fields=id&page=1")

    assert [fault.parameter for fault in error.value.faults] == ["fields", "page"]
