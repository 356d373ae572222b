"""Text that strangers write and others read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kernel.text import is_plain, name_faults, tidied


def codes(text: str) -> list[str]:
    return [
        fault.code
        for fault in name_faults(text, what="The name", pointer="/name", characters_max=10)
    ]


@pytest.mark.parametrize("text", ["Ada", "O'Brien", "A & B", "Müller", "Kererū", "李小龍", '"Q"'])
def test_names_of_all_kinds_are_fine(text: str) -> None:
    assert codes(text) == []


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "required"),
        ("   ", "required"),
        ("a" * 11, "too_long"),
        ("<b>", "unsafe_characters"),
        ("a\x00b", "unsafe_characters"),
        ("a\nb", "unsafe_characters"),
        ("a\tb", "unsafe_characters"),
        ("a\u202eb", "unsafe_characters"),
        ("a\u200bb", "unsafe_characters"),
        ("a\u2028b", "unsafe_characters"),
        ("a\ufeffb", "unsafe_characters"),
        ("a\ud800b", "unsafe_characters"),
        ("a\ue000b", "unsafe_characters"),
        ("\U000e0041", "unsafe_characters"),
    ],
)
def test_what_would_mislead_or_break_out_is_refused(text: str, code: str) -> None:
    assert codes(text) == [code]


def test_several_faults_are_told_at_once() -> None:
    assert codes("<" * 11) == ["too_long", "unsafe_characters"]


@given(st.text())
def test_tidying_settles_at_once_and_never_hides_what_is_unsafe(text: str) -> None:
    tidy = tidied(text)

    assert tidied(tidy) == tidy
    assert not tidy.startswith(" ")
    assert "  " not in tidy
    assert is_plain(tidy) == is_plain(text)


@pytest.mark.parametrize(
    "name", ["\u3164", "\u115f \u1160", "\u2800", "\u00a0", "\u2003", "\u200d", "..."]
)
def test_a_name_that_nobody_can_see_is_refused(name: str) -> None:
    assert name_faults(name, what="The name", pointer="/name", characters_max=60)


def test_every_kind_of_space_becomes_a_plain_one() -> None:
    assert tidied("\u2003Tally\u00a0 Books ") == "Tally Books"
