"""Words are found in one organisation's own texts, whatever a stranger types."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import String, bindparam

from app.kernel.text import words_of
from app.storage.fetch import Prepared, fetch
from app.storage.search import (
    EVERYWHERE,
    WORDS_KEPT_MAX,
    KeptTexts,
    entry_text,
    forget_searchable,
    keep_searchable,
)
from app.storage.transaction import transaction
from tests.storage.conftest import OTHER, OWN

TEXTS = KeptTexts("notes")
FOUND = Prepared(TEXTS.found(bindparam("phrase", type_=String()), rows_max=50))
HOSTILE = (
    "x) OR (org:orgb",
    'x" OR "y',
    "x* OR *",
    "org_other",
    "secret OR x",
    "secret | x",
    "secret & !x",
    "x <-> secret",
    "NEAR(secret x)",
    "text:secret",
    "^secret",
    "'secret' & 'x'",
    "'); DROP TABLE search_entries; --",
    "x' || (SELECT 1) || '",
    "\\",
    "😀",
    "é x",
    "-secret",
    "{text} : secret",
)


def keep(engine, organisation, id, text):
    with transaction(engine) as session:
        keep_searchable(session, organisation=organisation, resource="notes", id=id, texts=[text])


def find(engine, organisation, text):
    phrase = TEXTS.phrase(organisation, EVERYWHERE, words_of(text))
    if not phrase:
        return set()
    with transaction(engine, writes=False) as session:
        rows = fetch(session, FOUND, {"organisation": organisation, "phrase": phrase})
    return {row[0] for row in rows}


def test_words_are_found_whatever_their_case_and_accents(books):
    keep(books, OWN, "n1", "Café Ünder, 42 Steel-Works")

    for text in ("cafe", "CAFÉ under", "\uff33\uff34\uff25\uff25\uff2c", "works", "42", "stee wor"):
        assert find(books, OWN, text) == {"n1"}, text
    for text in ("afe", "4", "steelworks", "cafe tea"):
        assert find(books, OWN, text) == set(), text


def test_what_changes_is_found_by_its_new_words_alone(books):
    keep(books, OWN, "n1", "steel")
    keep(books, OWN, "n2", "steel")

    keep(books, OWN, "n1", "timber")
    with transaction(books) as session:
        forget_searchable(session, organisation=OWN, resource="notes", id="n2")
        forget_searchable(session, organisation=OWN, resource="notes", id="n3")

    assert find(books, OWN, "steel") == set()
    assert find(books, OWN, "timber") == {"n1"}


def test_one_organisation_never_finds_the_words_of_another(books):
    keep(books, OWN, "n1", "common")
    keep(books, OTHER, "n2", "common secret")

    assert find(books, OWN, "common") == {"n1"}
    assert find(books, OTHER, "secret") == {"n2"}
    assert find(books, OWN, "secret") == set()


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_words_are_words(books, text):
    keep(books, OTHER, "n2", f"secret x y orgb org_other {text}")
    assert find(books, OWN, text) == set()

    keep(books, OWN, "n1", text)

    assert find(books, OWN, text) == ({"n1"} if words_of(text) else set())


@pytest.mark.soak
def test_any_text_is_found_by_its_own_words_and_never_by_others(books):
    keep(books, OTHER, "n2", "secret")
    syntax = st.text(st.sampled_from("ab\"*()|&!<->:^{}+ '\\\0é日😀OR"), max_size=20)

    @given(st.one_of(syntax, st.text(st.characters(exclude_categories=["Cs"]), max_size=20)))
    def check(text: str) -> None:
        keep(books, OWN, "n1", text)

        assert find(books, OWN, text) == ({"n1"} if words_of(text) else set())

    check()


def test_a_row_of_very_many_words_is_kept_with_its_first(books):
    long = [f"w{number}{'日' * 80}" for number in range(5_000)]
    short = [f"s{number}" for number in range(WORDS_KEPT_MAX + 100)]
    for row, words in (("n1", long), ("n2", short)):
        keep(books, OWN, row, " ".join(words))

        assert find(books, OWN, words[0]) == {row}
        assert find(books, OWN, words[-1]) == set()


def test_the_words_of_a_place_are_kept_before_all_others():
    many = " ".join(f"w{number}" for number in range(WORDS_KEPT_MAX))

    kept = entry_text("org_a", "notes", texts=[many], places={"n": "zebra crossing"}).split(" ")

    assert [word.endswith(("zebra", "crossing")) for word in kept[:3]] == [True, True, False]
    assert len(kept) == WORDS_KEPT_MAX


def test_no_mark_is_the_beginning_of_another():
    one = entry_text("org_a", "bnotes", texts=["x"], places={})
    other = entry_text("org_ab", "notes", texts=["x"], places={})

    assert one != other
    assert len(one) == len(other)
