"""Bodies are read as JSON, whatever a stranger sends."""

from contextlib import suppress
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.api.surfaces.bodies import DEPTH_MAX, decoded
from app.kernel.errors import Malformed


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"nonsense",
        b"\xff\xfe{}",
        b"\xef\xbb\xbf{}",
        b'{"name":"\xed\xa0\x80"}',
        b'{"name":"\xc3"}',
        b'{"name":"\\ud800"}',
        b'{"total":NaN}',
        b'{"total":Infinity}',
        b'{"total":-Infinity}',
        b'{"total":01}',
        b'{"total":' + b"9" * 5_000 + b"}",
        b"[" * 100_000,
        b"[" * 100_000 + b"]" * 100_000,
        b'{"a":' * 20_000 + b"1" + b"}" * 20_000,
        b"[" * (DEPTH_MAX + 1) + b"]" * (DEPTH_MAX + 1),
        b'{"a":' * DEPTH_MAX + b"[]" + b"}" * DEPTH_MAX,
        b'{"a":1}{"b":2}',
        b"{'a':1}",
        b'{"a":"\x00"}',
    ],
)
def test_what_is_no_json_is_malformed_and_never_breaks(body: bytes):
    with pytest.raises(Malformed):
        decoded(body)


def test_nesting_is_allowed_to_its_limit():
    assert decoded(b"[" * DEPTH_MAX + b"]" * DEPTH_MAX)


def test_many_brackets_need_not_be_deep():
    assert len(decoded(b"[" + b",".join([b"{}"] * 5_000) + b"]")) == 5_000


def test_brackets_inside_text_do_not_nest():
    assert decoded(b'"' + b"[" * 500 + b'"') == "[" * 500


def test_the_last_of_a_repeated_name_counts():
    assert decoded(b'{"a":"not a number","a":2}') == {"a": 2}


def test_decimals_are_read_from_their_own_text():
    assert decoded(b'{"a":0.1,"b":1.10}') == {"a": Decimal("0.1"), "b": Decimal("1.10")}


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(body: bytes):
    with suppress(Malformed):
        decoded(body)
