"""The feed of changes: each once, in the order of commits, without a gap that fills up later."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from app.domain.contacts.add import add_contact
from app.domain.contacts.change import change_contact
from app.domain.contacts.find import contact_of
from app.domain.contacts.given import ContactGiven
from app.domain.contacts.remove import remove_contact
from app.domain.events.feed import changes_after
from app.domain.events.heads import heads_of
from app.domain.events.note import Noted, joined, note_change
from app.storage.transaction import transaction
from tests.factories.house import House

WRITERS = 5


class Feed:
    """An organisation and what its feed tells."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.organisation = house.organisation()

    def told(self, *, after: int = 0) -> list[tuple[int, str, str, int]]:
        """Sequence, id, deed and version of each change."""
        found = self.house.look(
            changes_after,
            organisation=self.organisation,
            resources=("contacts", "invoices"),
            after=after,
            rows_max=1_000,
        )
        return [(one.sequence, one.id, one.deed, one.version) for one in found]

    def heads(self, *resources: str) -> tuple[int, ...]:
        return self.house.look(heads_of, organisation=self.organisation, resources=resources)

    def add(self, name: str = "Acme") -> str:
        made = self.house.do(
            add_contact, organisation=self.organisation, given=ContactGiven(company_name=name)
        )
        return made.id

    def note(
        self,
        session: Session,
        id: str,
        deed: str,
        version: int = 1,
        resource: str = "contacts",
    ) -> None:
        note_change(
            session,
            organisation=self.organisation,
            resource=resource,
            id=id,
            deed=deed,
            version=version,
        )


@pytest.fixture
def feed(database_url: str, tmp_path: Path) -> Iterator[Feed]:
    house = House(database_url, tmp_path / "instance")
    yield Feed(house)
    house.close()


def test_what_happens_to_a_row_is_told_in_order_and_a_deletion_leaves_a_tombstone(feed):
    first, second = feed.add("One"), feed.add("Two")

    def rename(session: Session) -> None:
        found = contact_of(session, first, organisation=feed.organisation)
        given = ContactGiven(company_name="Uno")
        change_contact(session, found, organisation=feed.organisation, given=given)

    def remove(session: Session) -> None:
        found = contact_of(session, second, organisation=feed.organisation)
        remove_contact(session, found, organisation=feed.organisation)

    feed.house.do(rename)
    feed.house.do(remove)

    assert feed.told() == [
        (1, first, "created", 1),
        (2, second, "created", 1),
        (3, first, "updated", 2),
        (4, second, "deleted", 1),
    ]
    assert feed.told(after=3) == [(4, second, "deleted", 1)]
    assert feed.heads("contacts", "invoices", "*") == (4, 0, 4)


def test_a_change_that_changes_nothing_is_not_told(feed):
    contact = feed.add("Acme")

    def same(session: Session) -> None:
        found = contact_of(session, contact, organisation=feed.organisation)
        given = ContactGiven(company_name="Acme")
        change_contact(session, found, organisation=feed.organisation, given=given)

    feed.house.do(same)

    assert len(feed.told()) == 1


def test_what_is_rolled_back_was_never_told_and_leaves_no_gap(feed):
    feed.add("One")

    def fail(session: Session) -> None:
        feed.note(session, "con_lost", "created")
        raise RuntimeError

    with pytest.raises(RuntimeError):
        feed.house.do(fail)
    with transaction(feed.house.engine) as session:
        feed.note(session, "con_lost", "created")
        session.rollback()

    feed.add("Two")

    assert [sequence for sequence, *_ in feed.told()] == [1, 2]


def test_one_organisation_never_sees_or_counts_anothers_changes(feed):
    other = Feed(feed.house)
    other.add("Theirs")

    own = feed.add("Ours")

    assert feed.told() == [(1, own, "created", 1)]


DEEDS = st.lists(
    st.tuples(st.sampled_from(["a", "b", "c"]), st.sampled_from(["created", "updated", "deleted"])),
    max_size=12,
)


@given(deeds=DEEDS)
def test_one_transaction_tells_each_row_once_as_it_ends(deeds):
    noted = [
        Noted(organisation="org", resource="contacts", id=row, deed=deed, version=version)
        for version, (row, deed) in enumerate(deeds, start=1)
    ]

    told = list(joined(noted))

    assert len({one.id for one in told}) == len(told)
    for one in told:
        own = [each for each in noted if each.id == one.id]
        assert one.version == own[-1].version
        assert one.deed in (own[-1].deed, "created")


def test_a_reader_never_meets_a_later_change_before_an_earlier_one(feed, rounds):
    """Writers commit at random while a reader follows; what it read is the whole feed, in order."""
    each = rounds(small=6, soak=60)
    done = threading.Event()
    read: list[int] = []

    def follow() -> None:
        while True:
            last = done.is_set()
            told = feed.told(after=read[-1] if read else 0)
            read.extend(sequence for sequence, *_ in told)
            if last and not told:
                return

    def write(writer: int) -> None:
        for number in range(each):
            resource = ("contacts", "invoices")[(writer + number) % 2]
            with transaction(feed.house.engine) as session:
                feed.note(session, f"{writer}-{number}", "created", resource=resource)

    with ThreadPoolExecutor(WRITERS + 1) as pool:
        reader = pool.submit(follow)
        list(pool.map(write, range(WRITERS)))
        done.set()
        reader.result()

    assert read == list(range(1, WRITERS * each + 1))
