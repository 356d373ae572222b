"""A cursor is good for one walk, of one organisation and client, and for nothing else."""

from base64 import urlsafe_b64decode, urlsafe_b64encode

import msgspec
import pytest

from app.kernel.secrets import bind, seal
from app.query.faults import InvalidQuery
from app.query.fields import QueryFields
from app.query.listing import Listing, prepare
from app.query.read import cut_page
from app.query.scan import Found
from app.query.spell import spell
from tests.query.papers import BASE, FIELDS, KEYS, LISTING, OTHER, OWN, pairs, sealing

ROWS = [(f"ppr_{number:026d}", number, "open", "n") for number in range(3)]
WALK = "oid=gte:1 AND lt:9&number=not:x&sort=oid&limit=2"


def given_cursor(text: str = WALK, **whose) -> str:
    """The cursor behind the second of three rows."""
    cursor = cut_page(prepared(text, **whose), Found(list(ROWS))).next_cursor
    assert cursor is not None
    return cursor


def prepared(text: str, **whose):
    query = spell(FIELDS, pairs(text))
    return prepare(LISTING, query, parameters={"organisation": OWN}, sealing=sealing(**whose))


def fault_of(text: str, cursor: str, **whose) -> tuple[str, str | None]:
    with pytest.raises(InvalidQuery) as refused:
        prepared(f"{text}&cursor={cursor}", **whose)
    (fault,) = refused.value.faults
    return fault.code, fault.parameter


def test_a_cursor_opens_where_it_was_given():
    place = prepared(f"{WALK}&cursor={given_cursor()}").place

    assert place is not None
    assert (place.values, place.backward) == ((1, ROWS[1][0]), False)


@pytest.mark.parametrize(
    "text",
    [
        "oid=gte:1 AND lt:9&number=not:x&sort=oid&limit=100",
        "oid=gte:1 AND lt:9&number=not:x&sort=oid&count=exact",
        "number=not:x&oid[lt]=9&oid[gte]=1&sort=+oid",
        'oid=lt:9&oid=gte:"1"&number[not]=x&sort=oid,id',
    ],
)
def test_the_same_walk_spelt_otherwise_keeps_its_cursor(text):
    assert prepared(f"{text}&cursor={given_cursor()}").place is not None


@pytest.mark.parametrize(
    "text",
    [
        "oid=gte:1 AND lt:9&number=not:x&sort=-oid",
        "oid=gte:1 AND lt:9&number=not:x&sort=oid,total",
        "oid=gte:1 AND lt:9&number=not:x",
        "oid=gte:1 AND lt:8&number=not:x&sort=oid",
        "oid=gte:1 AND lte:9&number=not:x&sort=oid",
        "oid=gte:1 OR lt:9&number=not:x&sort=oid",
        "oid=gte:1 AND lt:9&number=not:y&sort=oid",
        "oid=gte:1 AND lt:9&number=not:null&sort=oid",
        "sort=oid",
    ],
)
def test_another_filter_or_sort_is_a_mismatch(text):
    assert fault_of(text, given_cursor()) == ("cursor_mismatch", "cursor")


@pytest.mark.parametrize(
    "whose",
    [{"tenant": OTHER}, {"client": "cli_other"}, {"keys": (b"n" * 32,)}],
    ids=["organisation", "client", "key"],
)
def test_a_cursor_is_worth_nothing_elsewhere(whose):
    assert fault_of(WALK, given_cursor(), **whose) == ("cursor_invalid", "cursor")


def test_a_cursor_with_any_byte_changed_is_refused():
    cursor = given_cursor()

    for place in range(len(cursor)):
        letter = "A" if cursor[place] != "A" else "B"
        changed = cursor[:place] + letter + cursor[place + 1 :]
        same_bytes = urlsafe_b64decode(changed + "==") == urlsafe_b64decode(cursor + "==")
        assert same_bytes or fault_of(WALK, changed) == ("cursor_invalid", "cursor")
    for length in (1, 2, 3, 4):
        assert fault_of(WALK, cursor[:-length])[0] == "cursor_invalid"


def test_a_retired_key_still_opens_and_no_longer_seals():
    before = given_cursor(keys=(KEYS[1],))
    after = given_cursor(keys=KEYS)

    assert prepared(f"{WALK}&cursor={before}", keys=KEYS).place is not None
    assert fault_of(WALK, after, keys=(KEYS[1],))[0] == "cursor_invalid"


@pytest.mark.parametrize(
    "layout", [b"", b"\xc0", msgspec.msgpack.encode([2, b"", b"", False, [], 0])]
)
def test_a_cursor_of_another_layout_is_refused(layout):
    sealed = seal(KEYS[0], layout, bound_to=bind("cursor", OWN, "cli_own"))

    assert fault_of(WALK, urlsafe_b64encode(sealed).rstrip(b"=").decode())[0] == "cursor_invalid"


def test_a_cursor_shows_nothing_of_its_row():
    sealed = urlsafe_b64decode(given_cursor() + "==")

    assert ROWS[1][0].encode() not in sealed
    assert given_cursor() != given_cursor()


def test_a_cursor_of_another_resource_is_a_mismatch():
    receipts = Listing(
        QueryFields("receipt", FIELDS.fields, FIELDS.default_sort, search=FIELDS.search), BASE
    )
    query = spell(FIELDS, pairs(f"{WALK}&cursor={given_cursor()}"))

    with pytest.raises(InvalidQuery) as refused:
        prepare(receipts, query, parameters={"organisation": OWN}, sealing=sealing())

    assert refused.value.faults[0].code == "cursor_mismatch"
