"""Small numbers: one after the other, per organisation and table, whoever comes at once."""

import threading
from collections import defaultdict

import pytest

from app.storage.oids import next_oid
from app.storage.transaction import perform, transaction

COUNTERS = [("org_1", "invoices"), ("org_1", "contacts"), ("org_2", "invoices")]


def take(engine, organisation="org_1", table="invoices"):
    return perform(
        engine, lambda session: next_oid(session, organisation=organisation, table=table)
    )


def test_numbers_count_from_one_in_each_organisation_and_table(engine):
    for number in (1, 2, 3):
        assert [take(engine, *counter) for counter in COUNTERS] == [number] * 3


def test_several_numbers_may_be_taken_in_one_transaction(engine):
    with transaction(engine) as session:
        taken = [next_oid(session, organisation="org_1", table="invoices") for _ in range(5)]

    assert taken == [1, 2, 3, 4, 5]


def test_a_number_whose_transaction_failed_is_given_again(engine):
    def take_and_fail(session):
        assert next_oid(session, organisation="org_1", table="invoices") == 2
        raise KeyError

    assert take(engine) == 1
    with pytest.raises(KeyError):
        perform(engine, take_and_fail)

    assert take(engine) == 2


def test_numbers_have_no_gaps_and_no_twins_whoever_comes_at_once(engine, rounds):
    times = rounds(small=6, soak=100)
    together = threading.Barrier(4)
    taken = defaultdict(list)

    def take_often():
        together.wait()
        for _ in range(times):
            for counter in COUNTERS:
                taken[counter].append(take(engine, *counter))

    threads = [threading.Thread(target=take_often) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert {counter: sorted(numbers) for counter, numbers in taken.items()} == {
        counter: list(range(1, 4 * times + 1)) for counter in COUNTERS
    }


def test_numbers_rise_within_each_taker(engine):
    taken = [take(engine) for _ in range(10)]

    assert taken == sorted(set(taken))
