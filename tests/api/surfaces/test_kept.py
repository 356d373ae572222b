"""Rendered rows are kept within a bound, and never given to another organisation."""

from hypothesis import given
from hypothesis import strategies as st

from app.api.surfaces.kept import OVERHEAD_BYTES, Kept

organisations = st.sampled_from(["org_a", "org_b"])
keys = st.tuples(st.sampled_from(["inv_1", "inv_2", "inv_3"]), st.integers(1, 4))


@given(st.lists(st.tuples(organisations, keys, st.binary(min_size=1, max_size=40)), max_size=80))
def test_what_is_found_is_what_was_kept_last(steps):
    kept, written = Kept(bytes_max=8 * OVERHEAD_BYTES), {}
    for organisation, key, row in steps:
        kept.keep(organisation, key, row)
        written[organisation, key] = row

        assert kept.rows(organisation, [key]) in ([row], [None])
        for owner in ("org_a", "org_b"):
            listed = sorted(known for who, known in written if who == owner)
            for known, found in zip(listed, kept.rows(owner, listed), strict=True):
                assert found in (None, written[owner, known])


def test_what_was_asked_for_of_late_stays():
    kept = Kept(bytes_max=4 * (OVERHEAD_BYTES + 5))
    kept.keep("org_a", ("often",), b"12345")
    for number in range(50):
        kept.keep("org_a", (number,), b"12345")
        assert kept.rows("org_a", [("often",)]) == [b"12345"]

    assert kept.rows("org_a", [(0,)]) == [None]
