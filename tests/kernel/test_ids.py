"""Ids: their shape, and their order by birth."""

import pytest
import time_machine

from app.kernel.ids import ULID_LENGTH, is_id, new_id


@pytest.mark.parametrize("prefix", ["inv", "con", "org", "tax", "to", "line"])
def test_a_new_id_has_the_shape_of_its_kind(prefix):
    made = new_id(prefix)

    assert made.startswith(f"{prefix}_")
    assert len(made) == len(prefix) + 1 + ULID_LENGTH
    assert is_id(made, prefix=prefix)
    assert not is_id(made, prefix="usr")


def test_ids_sort_by_the_moment_of_their_birth():
    with time_machine.travel(1_700_000_000, tick=False) as clock:
        made = []
        for _ in range(200):
            made.append(new_id("inv"))
            clock.shift(0.001)

    assert made == sorted(made)


def test_no_id_is_given_twice_within_one_moment():
    with time_machine.travel(1_700_000_000, tick=False):
        made = [new_id("inv") for _ in range(2_000)]

    assert len(set(made)) == len(made)
    assert len({one[: len("inv_") + 10] for one in made}) == 1


@pytest.mark.parametrize(
    "text",
    [
        "",
        "inv_",
        "inv",
        "inv_01JD0000000000000000000000\n",
        " inv_01JD0000000000000000000000",
        "inv_01JD000000000000000000000",
        "inv_01JD00000000000000000000000",
        "inv_01jd0000000000000000000000",
        "inv_01ID0000000000000000000000",
        "inv_01LD0000000000000000000000",
        "inv_01OD0000000000000000000000",
        "inv_01UD0000000000000000000000",
        "INV_01JD0000000000000000000000",
        "con_01JD0000000000000000000000",
        "inv-01JD0000000000000000000000",
        "inv_\u0660\u0661JD0000000000000000000000",
    ],
)
def test_what_lacks_the_shape_is_no_id(text):
    assert is_id("inv_01JD0000000000000000000000", prefix="inv")
    assert not is_id(text, prefix="inv")
