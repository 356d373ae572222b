"""Secrets: their shape, their checksum, their digits, and what is sealed under a key."""

import hashlib
import re
from collections import Counter
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kernel.secrets import (
    BODY_LENGTH,
    CHECKSUM_LENGTH,
    NONCE_BYTES,
    SECRET_PATTERN,
    Kind,
    bind,
    derive,
    digest,
    is_secret,
    new_secret,
    same,
    seal,
    unseal,
)

KINDS = get_args(Kind)
ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
SECRET_LENGTH = len("ch_live_at_") + BODY_LENGTH + CHECKSUM_LENGTH
KEY = b"k" * 32
TAG_BYTES = 16
# Few letters, so that parts which could slide into one another do come up.
PARTS = st.lists(st.text(alphabet="ab\x00\x01", max_size=4), max_size=4)


@pytest.mark.parametrize("live", [True, False])
@pytest.mark.parametrize("kind", KINDS)
def test_a_new_secret_has_the_published_form(kind, live):
    secret = new_secret(kind, live=live)

    assert re.fullmatch(SECRET_PATTERN, secret)
    assert secret.startswith(f"ch_{'live' if live else 'test'}_{kind}_")
    assert len(secret) == SECRET_LENGTH
    assert is_secret(secret, kind=kind)


@pytest.mark.parametrize("kind", KINDS)
def test_a_secret_of_one_kind_is_none_of_another(kind):
    secret = new_secret(kind)

    assert [other for other in KINDS if is_secret(secret, kind=other)] == [kind]


@given(
    kind=st.sampled_from(KINDS),
    place=st.integers(0, SECRET_LENGTH - 1),
    character=st.sampled_from(ALPHABET) | st.characters(exclude_categories=["Cs"]),
)
def test_one_changed_character_is_noticed_anywhere(kind, place, character):
    secret = new_secret(kind)
    changed = secret[:place] + character + secret[place + 1 :]

    assert any(is_secret(changed, kind=other) for other in KINDS) == (changed == secret)


@given(
    kind=st.sampled_from(KINDS), place=st.integers(0, SECRET_LENGTH - 1), rise=st.integers(1, 61)
)
def test_one_digit_taken_for_another_is_noticed_anywhere(kind, place, rise):
    secret = new_secret(kind)
    if secret[place] == "_":
        return
    other = ALPHABET[(ALPHABET.index(secret[place]) + rise) % len(ALPHABET)]

    assert not any(
        is_secret(secret[:place] + other + secret[place + 1 :], kind=one) for one in KINDS
    )


@given(kind=st.sampled_from(KINDS), place=st.integers(0, BODY_LENGTH - 2))
def test_two_neighbours_that_changed_places_are_noticed(kind, place):
    secret = new_secret(kind)
    start = len("ch_live_at_") + place
    first, second = secret[start : start + 2]
    swapped = secret[:start] + second + first + secret[start + 2 :]

    assert is_secret(swapped, kind=kind) == (first == second)


@pytest.mark.parametrize("around", ["{}\n", "{} ", " {}", "{}\x00", "\n{}", "{}\r\n", "{}0"])
def test_nothing_may_stand_around_a_secret(around):
    assert not is_secret(around.format(new_secret("at")), kind="at")


@given(st.text())
def test_text_that_is_no_secret_is_refused_quietly(text):
    assert not any(is_secret(text, kind=kind) for kind in KINDS)


def test_no_digit_is_likelier_than_another():
    secrets = [new_secret("at") for _ in range(2_000)]
    bodies = [secret[-BODY_LENGTH - CHECKSUM_LENGTH : -CHECKSUM_LENGTH] for secret in secrets]
    counts = Counter("".join(bodies))
    expected = BODY_LENGTH * len(bodies) / len(ALPHABET)
    deviation = sum((counts[digit] - expected) ** 2 / expected for digit in ALPHABET)

    # Chi-square with 61 degrees of freedom passes 150 once in a billion runs; bytes taken
    # modulo 62 without throwing any away come to some 560.
    assert deviation < 150
    assert len(set(bodies)) == len(bodies)


def test_a_digest_is_sha_256_and_takes_any_text():
    secret = new_secret("rt")

    assert digest(secret) == hashlib.sha256(secret.encode()).digest()
    assert len(digest("\ud800")) == 32


@given(st.binary(max_size=8), st.binary(max_size=8))
def test_the_same_is_what_is_equal(first, second):
    assert same(first, second) == (first == second)


@given(st.binary(min_size=1, max_size=64), st.text(max_size=20), st.text(max_size=20))
def test_a_key_serves_one_purpose(root, first, second):
    key = derive(root, purpose=first)

    assert len(key) == 32
    assert (key == derive(root, purpose=second)) == (first == second)


def test_another_root_gives_another_key():
    assert derive(b"one", purpose="tokens") != derive(b"two", purpose="tokens")


@given(
    kind=st.text("ab", max_size=3), parts=PARTS, other_kind=st.text("ab", max_size=3), others=PARTS
)
def test_a_binding_stands_for_its_kind_and_parts_alone(kind, parts, other_kind, others):
    equal = (kind, parts) == (other_kind, others)

    assert (bind(kind, *parts) == bind(other_kind, *others)) == equal


@given(text=st.text(min_size=1), first=st.integers(0, 10), second=st.integers(0, 10))
def test_no_part_of_a_binding_slides_into_the_next(text, first, second):
    left, right = text[:first], text[first:]
    other_left, other_right = text[:second], text[second:]

    assert (bind("x", left, right) == bind("x", other_left, other_right)) == (left == other_left)
    assert bind("x", left, right) != bind("x", text)


@given(plain=st.binary(max_size=200), bound_to=st.binary(max_size=50))
def test_what_is_sealed_comes_back(plain, bound_to):
    sealed = seal(KEY, plain, bound_to=bound_to)

    assert unseal(KEY, sealed, bound_to=bound_to) == plain
    assert len(sealed) == NONCE_BYTES + len(plain) + TAG_BYTES
    assert seal(KEY, plain, bound_to=bound_to) != sealed


@given(plain=st.binary(max_size=40), place=st.integers(0), bits=st.integers(1, 255))
def test_a_single_changed_byte_spoils_what_is_sealed(plain, place, bits):
    spoilt = bytearray(seal(KEY, plain, bound_to=b""))
    spoilt[place % len(spoilt)] ^= bits

    assert unseal(KEY, bytes(spoilt), bound_to=b"") is None


@given(plain=st.binary(max_size=40), kept=st.integers(0), tail=st.binary(min_size=1, max_size=20))
def test_what_is_cut_or_lengthened_stays_sealed(plain, kept, tail):
    sealed = seal(KEY, plain, bound_to=b"")

    assert unseal(KEY, sealed[: kept % len(sealed)], bound_to=b"") is None
    assert unseal(KEY, sealed + tail, bound_to=b"") is None


@given(bound_to=st.binary(max_size=30), other=st.binary(max_size=30))
def test_another_binding_opens_nothing(bound_to, other):
    opened = unseal(KEY, seal(KEY, b"plain", bound_to=bound_to), bound_to=other)

    assert opened == (b"plain" if bound_to == other else None)


@given(st.binary(min_size=32, max_size=32) | st.binary(max_size=40))
def test_another_key_opens_nothing(key):
    opened = unseal(key, seal(KEY, b"plain", bound_to=b"x"), bound_to=b"x")

    assert opened == (b"plain" if key == KEY else None)
